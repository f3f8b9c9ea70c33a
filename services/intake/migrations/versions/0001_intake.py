"""Accounts, receipts with their raw messages, customers, conversations."""

from alembic import op

from libs.common.database.partitions import create_partitioned
from libs.common.database.platform_tables import create_platform_tables

revision = "0001"
down_revision = None

_ACCOUNTS = """
CREATE TABLE channel_accounts (
    account_id uuid PRIMARY KEY,
    channel text NOT NULL,
    name text NOT NULL,
    address text UNIQUE,
    key_hash bytea NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT mail_has_an_address CHECK (channel <> 'mail' OR address IS NOT NULL)
);
CREATE UNIQUE INDEX uq_channel_accounts_form_key ON channel_accounts (key_hash)
    WHERE channel = 'web_form';
"""

# No foreign key to the account: its row would be locked by every message that comes in.
_RECEIPTS = """
CREATE TABLE receipts (
    receipt_id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    external_id text NOT NULL,
    state text NOT NULL DEFAULT 'accepted'
        CONSTRAINT known_state CHECK (state IN ('accepted', 'filed', 'ignored', 'failed')),
    size integer NOT NULL,
    conversation_id uuid,
    ticket_id uuid,
    number text,
    received_at timestamptz NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    error text,
    UNIQUE (account_id, external_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
CREATE INDEX ix_receipts_waiting ON receipts (received_at, receipt_id) WHERE state = 'accepted';
CREATE INDEX ix_receipts_failed ON receipts (received_at, receipt_id) WHERE state = 'failed';
CREATE INDEX ix_receipts_unnumbered ON receipts (ticket_id)
    WHERE state = 'filed' AND number IS NULL;

CREATE TABLE stored_blobs (
    blob_key text PRIMARY KEY,
    receipt_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_stored_blobs_receipt ON stored_blobs (receipt_id);
"""

_RAW_MESSAGES = """
CREATE TABLE raw_messages (
    receipt_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    media_type text NOT NULL,
    body bytea,
    blob_key text,
    remote_address text,
    PRIMARY KEY (receipt_id, received_at),
    CONSTRAINT body_in_one_place CHECK ((body IS NULL) <> (blob_key IS NULL))
)
"""

# The contacts' customer is checked at commit: contacts are inserted first, because whoever
# wins a contact registers the customer.
_CUSTOMERS = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE customers (
    customer_id uuid PRIMARY KEY,
    display_name text NOT NULL,
    salutation text,
    language text NOT NULL DEFAULT 'zh',
    tier text,
    region_id uuid,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
);
CREATE INDEX ix_customers_name ON customers USING gin (display_name gin_trgm_ops);

CREATE TABLE contacts (
    contact_id uuid PRIMARY KEY,
    customer_id uuid NOT NULL REFERENCES customers DEFERRABLE INITIALLY DEFERRED,
    kind text NOT NULL CONSTRAINT known_kind CHECK (kind IN ('email', 'phone')),
    value_encrypted bytea NOT NULL,
    value_index bytea NOT NULL,
    is_verified boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    UNIQUE (kind, value_index)
);
CREATE INDEX ix_contacts_customer ON contacts (customer_id);
"""

_CONVERSATIONS = """
CREATE TABLE conversations (
    conversation_id uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    channel text NOT NULL,
    account_id uuid,
    ticket_id uuid NOT NULL UNIQUE,
    number text UNIQUE,
    subject text NOT NULL,
    last_message_at timestamptz NOT NULL
);
CREATE INDEX ix_conversations_customer ON conversations (customer_id, last_message_at);

CREATE TABLE former_tickets (
    ticket_id uuid PRIMARY KEY,
    number text UNIQUE,
    conversation_id uuid NOT NULL REFERENCES conversations
);
CREATE INDEX ix_former_tickets_conversation ON former_tickets (conversation_id);

CREATE TABLE mail_references (
    message_id_hash bytea PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES conversations,
    customer_id uuid
);
CREATE INDEX ix_mail_references_conversation ON mail_references (conversation_id);
"""

_MESSAGES = """
CREATE TABLE messages (
    message_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    receipt_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    direction text NOT NULL DEFAULT 'in',
    is_auto_reply boolean NOT NULL DEFAULT false,
    PRIMARY KEY (message_id, received_at)
)
"""


def upgrade() -> None:
    create_platform_tables(op)
    op.execute(_ACCOUNTS)
    op.execute(_RECEIPTS)
    create_partitioned(op, _RAW_MESSAGES, "received_at")
    op.execute(_CUSTOMERS)
    op.execute(_CONVERSATIONS)
    create_partitioned(op, _MESSAGES, "received_at")
    op.execute("CREATE INDEX ix_messages_conversation ON messages (conversation_id, received_at)")
