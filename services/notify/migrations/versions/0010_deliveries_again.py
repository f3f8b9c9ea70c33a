"""Deliveries are found by their ticket's number, and those sent again by hand are tried anew."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """`tried_since`: the days of trying count from there, if somebody has sent it once more."""
    op.execute("ALTER TABLE deliveries ADD COLUMN tried_since timestamptz")
    # It serves the list's order, too.
    op.execute("CREATE INDEX ix_deliveries_number ON deliveries (ticket_number, delivery_id)")
