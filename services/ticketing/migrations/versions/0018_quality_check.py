"""质检: score sheets with their versions, sampling rules, and reviews.

Revision ID: ticketing_0018
"""

from alembic import op

from libs.common.crypto.sealed_columns import index_key_ids

revision = "ticketing_0018"
down_revision = "ticketing_0017"

SHEETS = """
-- `content` is what is being edited; reviews use the versions, which never change.
CREATE TABLE score_sheets (
    sheet_id uuid PRIMARY KEY,
    name text NOT NULL,
    description text,
    state text NOT NULL CHECK (state IN ('draft', 'active', 'archived')),
    content jsonb NOT NULL,
    number integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE score_sheet_versions (
    sheet_id uuid NOT NULL REFERENCES score_sheets,
    number integer NOT NULL,
    name text NOT NULL,
    content jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    published_by_name text NOT NULL,
    PRIMARY KEY (sheet_id, number)
);
"""
RULES = """
CREATE TABLE quality_rules (
    rule_id uuid PRIMARY KEY,
    name text NOT NULL,
    is_active boolean NOT NULL,
    event text NOT NULL CHECK (event IN ('solved', 'closed')),
    condition jsonb NOT NULL,
    percent integer,
    per_agent integer,
    period text CHECK (period IN ('day', 'week', 'month')),
    reviewer_kind text NOT NULL CHECK (reviewer_kind IN ('person', 'group')),
    reviewer_id uuid NOT NULL,
    sheet_id uuid NOT NULL REFERENCES score_sheets,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((percent IS NULL) <> (per_agent IS NULL)),
    CHECK ((per_agent IS NULL) = (period IS NULL))
);
-- How many of an agent's tickets a rule has taken in a period; its row's lock is the turn.
CREATE TABLE quality_counts (
    rule_id uuid NOT NULL REFERENCES quality_rules ON DELETE CASCADE,
    agent_id uuid NOT NULL,
    period_start date NOT NULL,
    taken integer NOT NULL,
    PRIMARY KEY (rule_id, agent_id, period_start)
);
"""
REVIEWS = """
CREATE TABLE quality_reviews (
    review_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('rule', 'sample', 'manual')),
    -- Stays when the rule goes.
    rule_id uuid,
    sheet_id uuid NOT NULL,
    sheet_number integer NOT NULL,
    handler_id uuid NOT NULL,
    handler_name text NOT NULL,
    group_id uuid,
    group_name text,
    department_id uuid,
    region_id uuid,
    customer_id uuid NOT NULL,
    reviewer_id uuid,
    reviewer_name text,
    reviewer_group_id uuid,
    reviewer_group_name text,
    state text NOT NULL CHECK (
        state IN ('waiting', 'scored', 'appealed', 'upheld', 'changed', 'confirmed')),
    points jsonb NOT NULL,
    entry_ids uuid[] NOT NULL,
    total integer,
    first_total integer,
    is_passed boolean,
    is_fatal boolean NOT NULL,
    drawn_at timestamptz NOT NULL,
    scored_at timestamptz,
    appealed_at timestamptz,
    decided_at timestamptz,
    confirmed_at timestamptz,
    due_at timestamptz,
    updated_at timestamptz NOT NULL,
    steps jsonb NOT NULL,
    version integer NOT NULL,
    words jsonb,
    sealed bytea,
    FOREIGN KEY (sheet_id, sheet_number) REFERENCES score_sheet_versions
);
-- A rule takes a ticket once, whatever is told again.
CREATE UNIQUE INDEX uq_quality_reviews_rule ON quality_reviews (ticket_id, rule_id)
    WHERE rule_id IS NOT NULL;
CREATE INDEX ix_quality_reviews_ticket ON quality_reviews (ticket_id);
CREATE INDEX ix_quality_reviews_drawn ON quality_reviews (drawn_at, review_id);
CREATE INDEX ix_quality_reviews_handler ON quality_reviews (handler_id, drawn_at, review_id);
CREATE INDEX ix_quality_reviews_reviewer ON quality_reviews (reviewer_id, drawn_at, review_id);
CREATE INDEX ix_quality_reviews_waiting ON quality_reviews (reviewer_group_id, drawn_at)
    WHERE state = 'waiting';
CREATE INDEX ix_quality_reviews_scored ON quality_reviews (scored_at) WHERE scored_at IS NOT NULL;
CREATE INDEX ix_quality_reviews_plain ON quality_reviews ((true)) WHERE sealed IS NULL;
"""


def upgrade() -> None:
    """New tables alone: a release that knows none of them goes on."""
    op.execute(SHEETS)
    op.execute(RULES)
    op.execute(REVIEWS)
    index_key_ids(op, "quality_reviews", "sealed")
