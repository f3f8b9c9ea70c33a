"""What open consoles are told as it happens: updates in the order of their commits."""

from alembic import op

revision = "0010"
down_revision = "0009"

# Ids are given under a lock that ends with the transaction: whoever has read one has read all that
# are lower. `scope` is the ticket's, by which it is judged who may know; `previous` are those that
# it had before, so that whoever loses a ticket hears of it; `recipients` hear of it in any case.
_UPDATES = """
CREATE TABLE live_updates (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_live_updates PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL CONSTRAINT ck_live_updates_kind
        CHECK (kind IN ('ticket', 'clock', 'offer', 'notice', 'survey')),
    ticket_id uuid,
    scope jsonb,
    previous jsonb NOT NULL DEFAULT '[]',
    recipients uuid[] NOT NULL DEFAULT '{}',
    is_public boolean NOT NULL DEFAULT false,
    body jsonb NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX ix_live_updates_created_at ON live_updates (created_at);
"""

# A ticket as it was told last.
_TICKETS = """
CREATE TABLE live_tickets (
    ticket_id uuid CONSTRAINT pk_live_tickets PRIMARY KEY,
    seq integer NOT NULL,
    scope jsonb NOT NULL,
    body jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 80);
CREATE INDEX ix_live_tickets_updated_at ON live_tickets (updated_at);
"""

# The highest id that is no longer kept.
_KEPT = """
CREATE TABLE live_kept (
    is_only boolean CONSTRAINT pk_live_kept PRIMARY KEY DEFAULT true CHECK (is_only),
    forgotten_to bigint NOT NULL DEFAULT 0
);
INSERT INTO live_kept DEFAULT VALUES;
"""


def upgrade() -> None:
    """Tables beside those that are there."""
    for statement in (_UPDATES, _TICKETS, _KEPT):
        op.execute(statement)
