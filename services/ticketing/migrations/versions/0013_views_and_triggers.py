"""Saved views, who has worked on what, triggers and automations.

Revision ID: ticketing_0013
"""

from alembic import op

revision = "ticketing_0013"
down_revision = "ticketing_0012"

VIEWS = """
CREATE TABLE views (
    view_id uuid PRIMARY KEY,
    name text NOT NULL,
    name_en text,
    visibility text NOT NULL CHECK (visibility IN ('private', 'group', 'shared')),
    owner_id uuid NOT NULL,
    group_id uuid,
    condition jsonb NOT NULL,
    sort text NOT NULL,
    columns text[] NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((visibility = 'group') = (group_id IS NOT NULL))
);
CREATE INDEX ix_views_owner ON views (owner_id) WHERE visibility = 'private';
CREATE INDEX ix_views_public ON views (visibility, group_id) WHERE visibility <> 'private';
-- In which order a person has them; what is not in it comes behind.
CREATE TABLE view_orders (
    person_id uuid PRIMARY KEY,
    view_ids uuid[] NOT NULL
);
CREATE TABLE ticket_workers (
    person_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, ticket_id)
);
"""

# Null for what is older than this: such tickets go by `updated_at` until they are touched.
INSTANTS = """
ALTER TABLE tickets ADD COLUMN status_changed_at timestamptz;
ALTER TABLE tickets ADD COLUMN touched_at timestamptz;
"""

RULES = """
CREATE TABLE rules (
    rule_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('trigger', 'automation')),
    name text NOT NULL,
    is_active boolean NOT NULL,
    events text[] NOT NULL,
    anchor text,
    delay_minutes integer,
    condition jsonb NOT NULL,
    actions jsonb NOT NULL,
    position integer NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
-- What they did. `chain`: the triggers that led to it, itself among them.
CREATE TABLE rule_runs (
    run_id uuid PRIMARY KEY,
    rule_id uuid NOT NULL REFERENCES rules ON DELETE CASCADE,
    ticket_id uuid NOT NULL,
    event_id uuid,
    cause text NOT NULL,
    chain uuid[] NOT NULL,
    done text[] NOT NULL,
    skipped jsonb NOT NULL,
    ran_at timestamptz NOT NULL
);
CREATE INDEX ix_rule_runs_rule ON rule_runs (rule_id, run_id);
CREATE UNIQUE INDEX uq_rule_runs_event ON rule_runs (event_id, rule_id) WHERE event_id IS NOT NULL;
CREATE INDEX ix_rule_runs_ran_at ON rule_runs (ran_at);
-- For which cause an automation has handled a ticket last.
CREATE TABLE rule_marks (
    rule_id uuid NOT NULL REFERENCES rules ON DELETE CASCADE,
    ticket_id uuid NOT NULL,
    anchor_at timestamptz NOT NULL,
    ran_at timestamptz NOT NULL,
    PRIMARY KEY (rule_id, ticket_id)
);
CREATE INDEX ix_rule_marks_ran_at ON rule_marks (ran_at);
"""

# What automations look through: of a million tickets the few thousand that are not closed.
INDEX = """
CREATE INDEX ix_tickets_alive ON tickets (created_at, ticket_id)
    WHERE status_category <> 'closed';
"""


def upgrade() -> None:
    """Tables, two instants that time-based rules count from, and the index they read along."""
    op.execute(VIEWS)
    op.execute(INSTANTS)
    op.execute(RULES)
    op.execute(INDEX)
