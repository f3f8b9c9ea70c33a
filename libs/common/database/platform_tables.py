"""Tables that every service has: outbox, inbox, failures, commands, timers.

Their names are plain SQL here, because the shell around a use case talks to them without a model.
"""

from typing import Any

from libs.common.crypto.sealed_columns import index_key_ids
from libs.common.database.partitions import create_partitioned

_TABLES = """
CREATE TABLE outbox (
    outbox_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL,
    type text NOT NULL,
    is_urgent boolean NOT NULL DEFAULT false,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX ix_outbox_urgent ON outbox (outbox_id) WHERE is_urgent;

CREATE TABLE inbox_failures (
    failure_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid UNIQUE,
    type text NOT NULL,
    subject text NOT NULL DEFAULT '',
    body bytea NOT NULL,
    error text NOT NULL,
    attempts integer NOT NULL DEFAULT 1,
    failed_at timestamptz NOT NULL DEFAULT now(),
    next_at timestamptz,
    parked_at timestamptz
);
CREATE INDEX ix_inbox_failures_next_at ON inbox_failures (next_at) WHERE parked_at IS NULL;

CREATE TABLE commands (
    subject text NOT NULL,
    command_id text NOT NULL,
    method text NOT NULL,
    body_hash bytea NOT NULL,
    result text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subject, command_id)
);
CREATE INDEX ix_commands_created_at ON commands (created_at);

CREATE TABLE timers (
    timer_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    key text NOT NULL,
    due_at timestamptz NOT NULL,
    fact jsonb NOT NULL DEFAULT '{}',
    attempts integer NOT NULL DEFAULT 0,
    error text,
    try_at timestamptz NOT NULL,
    UNIQUE (kind, key)
);
CREATE INDEX ix_timers_try_at ON timers (try_at);
"""

_INBOX = """
CREATE TABLE inbox (
    event_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, occurred_at)
)
"""


# One of `body` and `sealed_body` holds the event; the hash is of bodies that are no events.
_SEALED = """
ALTER TABLE inbox_failures ALTER COLUMN body DROP NOT NULL;
ALTER TABLE inbox_failures ADD COLUMN IF NOT EXISTS sealed_body bytea;
ALTER TABLE inbox_failures ADD COLUMN IF NOT EXISTS body_hash bytea;
ALTER TABLE commands ADD COLUMN IF NOT EXISTS sealed_result bytea;
"""


def create_platform_tables(op: Any) -> None:
    """Called by each service's first migration with alembic's `op`."""
    op.execute(_TABLES)
    # By the event's own time, so that a redelivery after midnight meets the same partition.
    create_partitioned(op, _INBOX, "occurred_at")
    seal_platform_tables(op)


def seal_platform_tables(op: Any) -> None:
    """Called by a later migration of services that had these tables before results were sealed."""
    op.execute(_SEALED)
    index_key_ids(op, "commands", "sealed_result")
    index_key_ids(op, "inbox_failures", "sealed_body")
