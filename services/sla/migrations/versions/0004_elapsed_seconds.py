"""How much of a clock's time had passed when it ended.

Revision ID: sla_0004
"""

from alembic import op

revision = "sla_0004"
down_revision = "sla_0003"


def upgrade() -> None:
    """Null of what ended before: nobody counts it again."""
    op.execute("ALTER TABLE clocks ADD COLUMN IF NOT EXISTS elapsed_seconds double precision")
