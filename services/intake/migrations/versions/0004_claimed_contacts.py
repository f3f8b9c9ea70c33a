"""Contacts that a message, without any proof, has added to a customer who was known before."""

from alembic import op

revision = "0004"
down_revision = "0003"

_CLAIMED = "ALTER TABLE contacts ADD COLUMN is_claimed boolean NOT NULL DEFAULT false;"

# Nobody noted by whom a later contact was added; until it is verified it counts as claimed.
_LATER = """
UPDATE contacts SET is_claimed = true FROM customers
WHERE contacts.customer_id = customers.customer_id
    AND contacts.created_at > customers.created_at
    AND NOT contacts.is_verified AND NOT contacts.is_from_directory;
"""


def upgrade() -> None:
    op.execute(_CLAIMED)
    op.execute(_LATER)
