"""The copy of tickets knows where in the tree of categories they lie, as rules may ask.

Revision ID: dispatch_0007
"""

from alembic import op

revision = "dispatch_0007"
down_revision = "dispatch_0006"


def upgrade() -> None:
    """Tickets that had a category before are known as such by their next event."""
    op.execute("ALTER TABLE tickets ADD COLUMN category_path uuid[] NOT NULL DEFAULT '{}'")
