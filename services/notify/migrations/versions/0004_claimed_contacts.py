"""Addresses that nobody has proven are no place for answers to other tickets."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """The copies that stand are what intake had proven or taken for granted."""
    op.execute("ALTER TABLE contact_copies ADD COLUMN is_claimed boolean NOT NULL DEFAULT false")
