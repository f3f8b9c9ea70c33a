"""How tickets move: copies to others, urging, supervision, kinds of closing, the bin.

Revision ID: ticketing_0009
"""

from alembic import op

revision = "ticketing_0009"
down_revision = "ticketing_0007"

COLUMNS = """
ALTER TABLE tickets
    ADD COLUMN close_kind text
        CHECK (close_kind IN ('normal', 'duplicate', 'invalid', 'withdrawn')),
    ADD COLUMN duplicate_of uuid,
    ADD COLUMN confirmation jsonb,
    ADD COLUMN urge_count integer NOT NULL DEFAULT 0,
    ADD COLUMN last_urged_at timestamptz,
    ADD COLUMN is_supervised boolean NOT NULL DEFAULT false,
    ADD COLUMN supervision jsonb,
    ADD COLUMN previous_assignee_id uuid,
    ADD COLUMN previous_assignee_name text,
    ADD COLUMN deleted_at timestamptz,
    ADD COLUMN deletion jsonb,
    ADD COLUMN cc_shown jsonb NOT NULL DEFAULT '[]';
"""

# Supervised, urged and deleted tickets are few of many: each has an index of its own. Solved and
# closed ones are looked through by their age, to be closed and archived by themselves.
INDEXES = """
CREATE INDEX ix_tickets_supervised ON tickets (updated_at, ticket_id) WHERE is_supervised;
CREATE INDEX ix_tickets_urged ON tickets (updated_at, ticket_id) WHERE urge_count > 0;
CREATE INDEX ix_tickets_urge_count ON tickets (urge_count, updated_at, ticket_id);
CREATE INDEX ix_tickets_deleted ON tickets (updated_at, ticket_id) WHERE deleted_at IS NOT NULL;
CREATE INDEX ix_tickets_to_close ON tickets (solved_at) WHERE status = 'solved';
CREATE INDEX ix_tickets_to_archive ON tickets (closed_at) WHERE status = 'closed';
"""

SETTINGS = """
CREATE TABLE ticket_settings (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    settings jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1
);
INSERT INTO ticket_settings DEFAULT VALUES;
"""


def upgrade() -> None:
    """A release that knows none of it goes on: what it inserts has none of it."""
    op.execute(COLUMNS)
    op.execute(INDEXES)
    op.execute(SETTINGS)
