"""Macros, canned replies, bulk jobs.

Revision ID: ticketing_0012
"""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids

revision = "ticketing_0012"
down_revision = "ticketing_0011"

_OWNED = """
    visibility text NOT NULL CHECK (visibility IN ('private', 'group', 'shared')),
    owner_id uuid NOT NULL,
    group_id uuid,
    usage_count bigint NOT NULL DEFAULT 0,
    last_used_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((visibility = 'group') = (group_id IS NOT NULL))
"""

KEPT = f"""
CREATE TABLE canned_replies (
    reply_id uuid PRIMARY KEY,
    name text NOT NULL,
    body text NOT NULL,
    folder text NOT NULL DEFAULT '',
    shortcut text,
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    {_OWNED}
);
CREATE INDEX ix_canned_replies_shared ON canned_replies (name, reply_id)
    WHERE visibility = 'shared';
CREATE INDEX ix_canned_replies_owner ON canned_replies (owner_id, name, reply_id);
CREATE INDEX ix_canned_replies_group ON canned_replies (group_id, name, reply_id)
    WHERE group_id IS NOT NULL;

CREATE TABLE macros (
    macro_id uuid PRIMARY KEY,
    name text NOT NULL,
    description text,
    actions jsonb NOT NULL,
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    is_active boolean NOT NULL DEFAULT true,
    {_OWNED}
);
CREATE INDEX ix_macros_shared ON macros (name, macro_id) WHERE visibility = 'shared';
CREATE INDEX ix_macros_owner ON macros (owner_id, name, macro_id);
CREATE INDEX ix_macros_group ON macros (group_id, name, macro_id) WHERE group_id IS NOT NULL;
"""

# The order (who asked, what shall be done) is sealed where ticket texts are.
BULKS = """
CREATE TABLE ticket_bulks (
    bulk_id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    title text NOT NULL,
    wanted jsonb,
    sealed bytea,
    total integer NOT NULL,
    created_at timestamptz NOT NULL,
    cancelled_at timestamptz,
    finished_at timestamptz,
    CHECK ((wanted IS NULL) <> (sealed IS NULL))
);
CREATE INDEX ix_ticket_bulks_owner ON ticket_bulks (owner_id, created_at, bulk_id);
CREATE INDEX ix_ticket_bulks_unfinished ON ticket_bulks (created_at, bulk_id)
    WHERE finished_at IS NULL;
CREATE INDEX ix_ticket_bulks_finished ON ticket_bulks (finished_at)
    WHERE finished_at IS NOT NULL;

CREATE TABLE ticket_bulk_items (
    bulk_id uuid NOT NULL REFERENCES ticket_bulks ON DELETE CASCADE,
    position integer NOT NULL,
    number text NOT NULL,
    version integer,
    state text NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'done', 'refused', 'skipped')),
    code text,
    message text,
    settled_at timestamptz,
    PRIMARY KEY (bulk_id, position)
);
CREATE INDEX ix_ticket_bulk_items_waiting ON ticket_bulk_items (bulk_id, position)
    WHERE state = 'waiting';
"""


def upgrade() -> None:
    """A release before it goes on: it knows none of these tables."""
    op.execute(KEPT)
    op.execute(BULKS)
    index_key_ids(op, "ticket_bulks", "sealed")
