"""Since when a group waits to be looked at: what dispatch is scaled by.

Revision ID: dispatch_0003
"""

from alembic import op

revision = "dispatch_0003"
down_revision = "dispatch_0002"


def upgrade() -> None:
    """A default that is computed for each row, so that the running release's inserts have it."""
    op.execute("ALTER TABLE wakes ADD COLUMN woken_at timestamptz NOT NULL DEFAULT now()")
