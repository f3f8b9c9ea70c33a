"""The directory's copy: who leads a group, who has which title."""

from alembic import op

from libs.common.directory.tables import create_directory_tables

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """It fills within a day, when all is told again, or by `gateway.organisation.publish`."""
    create_directory_tables(op)
