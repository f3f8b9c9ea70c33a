"""The copy of tickets knows how often their customers have urged, as rules may ask."""

from alembic import op

revision = "dispatch_0006"
down_revision = "dispatch_0005"


def upgrade() -> None:
    """Tickets that were urged before are known as such by their next event."""
    op.execute("ALTER TABLE tickets ADD COLUMN urge_count integer NOT NULL DEFAULT 0")
