"""The platform's tables and the probe's own."""

from alembic import op

from libs.common.database.operation_tables import create_operation_tables
from libs.common.database.platform_tables import create_platform_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_platform_tables(op)
    create_operation_tables(op)
    op.execute("CREATE TABLE counts (key text PRIMARY KEY, amount bigint NOT NULL)")
    op.execute("CREATE TABLE heard (key text NOT NULL)")
