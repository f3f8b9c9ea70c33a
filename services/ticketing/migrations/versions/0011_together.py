"""Collaborations, requests for material, drafts, effort.

Revision ID: ticketing_0011
"""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids

revision = "ticketing_0011"
down_revision = "ticketing_0010"

TICKETS = """
ALTER TABLE tickets
    ADD COLUMN open_collaborations integer NOT NULL DEFAULT 0,
    ADD COLUMN effort_minutes integer NOT NULL DEFAULT 0;
"""

# No foreign keys to tickets: rows are only ever written with their ticket's row locked, or found.
# People's words stand in `words`, or in `sealed` where they are to be sealed.
COLLABORATIONS = """
CREATE TABLE collaborations (
    collaboration_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    target_kind text NOT NULL CHECK (target_kind IN ('department', 'group', 'person')),
    target_id uuid NOT NULL,
    target_name text NOT NULL,
    requester_id uuid NOT NULL,
    requester_name text NOT NULL,
    state text NOT NULL
        CHECK (state IN ('asked', 'taken', 'answered', 'declined', 'accepted', 'cancelled')),
    round integer NOT NULL,
    due_at timestamptz,
    is_overdue boolean NOT NULL,
    taker_id uuid,
    taker_name text,
    asked_at timestamptz NOT NULL,
    taken_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    updated_at timestamptz NOT NULL,
    materials jsonb NOT NULL,
    answer_files jsonb NOT NULL,
    score integer CHECK (score BETWEEN 1 AND 5),
    rated_at timestamptz,
    words jsonb,
    sealed bytea
);
CREATE INDEX ix_collaborations_ticket ON collaborations (ticket_id, asked_at);
CREATE INDEX ix_collaborations_target ON collaborations
    (target_id, asked_at DESC, collaboration_id DESC);
CREATE INDEX ix_collaborations_target_open ON collaborations (target_id)
    WHERE state IN ('asked', 'taken');
CREATE INDEX ix_collaborations_requester ON collaborations
    (requester_id, asked_at DESC, collaboration_id DESC);
CREATE INDEX ix_collaborations_plain ON collaborations ((true)) WHERE sealed IS NULL;
"""

EFFORTS = """
CREATE TABLE efforts (
    effort_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    person_id uuid NOT NULL,
    person_name text NOT NULL,
    minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    worked_on date NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    words jsonb,
    sealed bytea
);
CREATE INDEX ix_efforts_ticket ON efforts (ticket_id, created_at DESC, effort_id DESC);
CREATE INDEX ix_efforts_plain ON efforts ((true)) WHERE sealed IS NULL;
"""

MATERIAL = """
CREATE TABLE material_requests (
    request_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    kinds text[] NOT NULL,
    max_files integer NOT NULL CHECK (max_files BETWEEN 1 AND 10),
    uploads integer NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'received', 'revoked')),
    requester_id uuid NOT NULL,
    requester_name text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    received_at timestamptz,
    revoked_at timestamptz,
    words jsonb,
    sealed bytea
);
CREATE INDEX ix_material_requests_ticket ON material_requests (ticket_id, created_at DESC);
CREATE INDEX ix_material_requests_plain ON material_requests ((true)) WHERE sealed IS NULL;
"""

# What somebody is writing changes every few seconds: room for that on the page itself.
DRAFTS = """
CREATE TABLE drafts (
    draft_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('reply', 'note')),
    updated_at timestamptz NOT NULL,
    words jsonb,
    sealed bytea,
    UNIQUE (person_id, ticket_id, kind)
) WITH (fillfactor = 70);
CREATE INDEX ix_drafts_ticket ON drafts (ticket_id);
CREATE INDEX ix_drafts_plain ON drafts ((true)) WHERE sealed IS NULL;
CREATE INDEX ix_drafts_updated_at ON drafts (updated_at);
"""


def upgrade() -> None:
    """A release that knows none of it goes on."""
    for statement in (TICKETS, COLLABORATIONS, EFFORTS, MATERIAL, DRAFTS):
        op.execute(statement)
    for table in ("collaborations", "efforts", "material_requests", "drafts"):
        index_key_ids(op, table, "sealed")
