"""Robots in group chats; webhooks and what they are to be told."""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids
from libs.common.database.partitions import create_partitioned

revision = "0007"
down_revision = "0006"

_TABLES = """
CREATE TABLE endpoints (
    endpoint_id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('dingtalk_robot', 'wecom_robot')),
    url_encrypted bytea NOT NULL,
    secret_encrypted bytea,
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    last_error text,
    last_sent_at timestamptz,
    created_at timestamptz NOT NULL
);

-- `failures` in a row since `failing_since`; nothing is handed over before `resume_at`.
CREATE TABLE webhooks (
    webhook_id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    url text NOT NULL,
    types text[] NOT NULL,
    secret_encrypted bytea NOT NULL,
    previous_secret_encrypted bytea,
    previous_until timestamptz,
    is_active boolean NOT NULL DEFAULT true,
    disabled_reason text CHECK (disabled_reason IN ('gone', 'failing', 'by_hand')),
    disabled_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    failing_since timestamptz,
    resume_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_by uuid,
    created_at timestamptz NOT NULL
);

-- How far the events of a stream (a ticket) have come without a gap; `ahead` stand behind one.
CREATE TABLE webhook_streams (
    stream text PRIMARY KEY,
    upto bigint,
    ahead bigint[] NOT NULL DEFAULT '{}',
    gap_since timestamptz,
    touched_at timestamptz NOT NULL
);
CREATE INDEX ix_webhook_streams_touched_at ON webhook_streams (touched_at);
"""

# By the event's own time, so that once per webhook and event holds within a partition.
_DELIVERIES = """
CREATE TABLE webhook_deliveries (
    delivery_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    webhook_id uuid NOT NULL,
    event_id uuid NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    stream text NOT NULL,
    position bigint NOT NULL,
    body text NOT NULL,
    status text NOT NULL
        CHECK (status IN ('waiting', 'sending', 'sent', 'failed', 'dropped')),
    attempts integer NOT NULL DEFAULT 0,
    queued_at timestamptz NOT NULL,
    next_at timestamptz,
    lease_owner uuid,
    leased_until timestamptz,
    last_status integer,
    last_error text,
    duration_ms integer,
    tried_at timestamptz,
    sent_at timestamptz,
    PRIMARY KEY (delivery_id, occurred_at),
    UNIQUE (webhook_id, event_id, occurred_at)
)
"""

_INDEXES = """
CREATE INDEX ix_webhook_deliveries_due
    ON webhook_deliveries (webhook_id, coalesce(leased_until, next_at))
    WHERE status IN ('waiting', 'sending');
CREATE INDEX ix_webhook_deliveries_order
    ON webhook_deliveries (webhook_id, stream, position, event_id)
    WHERE status IN ('waiting', 'sending');
CREATE INDEX ix_webhook_deliveries_log ON webhook_deliveries (webhook_id, delivery_id);
"""


def upgrade() -> None:
    """Create everything."""
    op.execute(_TABLES)
    create_partitioned(op, _DELIVERIES, "occurred_at")
    op.execute(_INDEXES)
    for table, column in (
        ("endpoints", "url_encrypted"),
        ("endpoints", "secret_encrypted"),
        ("webhooks", "secret_encrypted"),
        ("webhooks", "previous_secret_encrypted"),
    ):
        index_key_ids(op, table, column)
