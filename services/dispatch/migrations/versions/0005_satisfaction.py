"""The copy of tickets knows how content their customers are, as rules may ask."""

from alembic import op

revision = "dispatch_0005"
down_revision = "dispatch_0004"


def upgrade() -> None:
    """Tickets that were rated before are known as such by their next event."""
    op.execute("ALTER TABLE tickets ADD COLUMN score smallint")
    op.execute("ALTER TABLE tickets ADD COLUMN is_dissatisfied boolean NOT NULL DEFAULT false")
