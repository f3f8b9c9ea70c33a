"""Addresses, deliveries and notices."""

from alembic import op

from libs.common.database.partitions import create_partitioned
from libs.common.database.platform_tables import create_platform_tables

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE addresses (
    customer_id uuid PRIMARY KEY,
    version integer NOT NULL,
    display_name_encrypted bytea NOT NULL,
    language text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE contact_copies (
    contact_id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES addresses ON DELETE CASCADE,
    position integer NOT NULL,
    kind text NOT NULL,
    value_encrypted bytea NOT NULL,
    is_verified boolean NOT NULL
);
CREATE INDEX ix_contact_copies_customer_id ON contact_copies (customer_id);

-- Unpartitioned on purpose: "once" must hold across months.
CREATE TABLE delivery_keys (
    recipient_id uuid NOT NULL,
    channel text NOT NULL,
    occasion_key text NOT NULL,
    delivery_id uuid NOT NULL,
    PRIMARY KEY (recipient_id, channel, occasion_key)
);

CREATE TABLE notices (
    notice_id uuid PRIMARY KEY,
    recipient_id uuid NOT NULL,
    occasion text NOT NULL,
    occasion_key text NOT NULL,
    ticket_id uuid NOT NULL,
    ticket_number text NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    UNIQUE (recipient_id, occasion_key)
);
CREATE INDEX ix_notices_recipient_id ON notices (recipient_id, notice_id);
CREATE INDEX ix_notices_unread ON notices (recipient_id, notice_id) WHERE read_at IS NULL;
"""

_DELIVERIES = """
CREATE TABLE deliveries (
    delivery_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    status text NOT NULL
        CHECK (status IN ('waiting', 'sending', 'sent', 'failed', 'skipped')),
    channel text NOT NULL,
    occasion text NOT NULL,
    customer_id uuid NOT NULL,
    contact_id uuid,
    ticket_id uuid NOT NULL,
    ticket_number text NOT NULL,
    content_encrypted bytea NOT NULL,
    message_id text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz,
    lease_owner uuid,
    leased_until timestamptz,
    error text,
    sent_at timestamptz,
    PRIMARY KEY (delivery_id, created_at)
)
"""

_INDEXES = """
CREATE INDEX ix_deliveries_due ON deliveries (coalesce(leased_until, next_at))
    WHERE status IN ('waiting', 'sending');
CREATE INDEX ix_deliveries_waiting ON deliveries (customer_id) WHERE status = 'waiting';
CREATE INDEX ix_deliveries_ticket_id ON deliveries (ticket_id, delivery_id);
CREATE INDEX ix_deliveries_receipts ON deliveries (customer_id, created_at)
    WHERE occasion = 'receipt' AND status <> 'skipped';
"""


def upgrade() -> None:
    """Create everything."""
    create_platform_tables(op)
    op.execute(_TABLES)
    create_partitioned(op, _DELIVERIES, "created_at")
    op.execute(_INDEXES)
