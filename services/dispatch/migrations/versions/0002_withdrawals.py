"""Withdrawals that ticketing has passed over are found quickly, and sent again."""

from alembic import op

revision = "dispatch_0002"
down_revision = "dispatch_0001"


def upgrade() -> None:
    """Few rows at a time, and none for long."""
    op.execute(
        "CREATE INDEX ix_assignments_withdrawn ON assignments (withdrawn_at) "
        "WHERE state = 'active' AND withdrawn_at IS NOT NULL"
    )
