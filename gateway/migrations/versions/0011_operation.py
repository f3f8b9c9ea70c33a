"""What was sent lately, and who is running: for operators."""

from alembic import op

from libs.common.database.operation_tables import create_operation_tables

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Two tables that every owner has."""
    create_operation_tables(op)
