"""Links, parents and children, merging and splitting, problem records.

Revision ID: ticketing_0010
"""

from alembic import op

revision = "ticketing_0010"
down_revision = "ticketing_0009"

# `merged_before` is what unmerging restores. `open_children` is kept with the parent's row locked.
COLUMNS = """
ALTER TABLE tickets ADD COLUMN parent_id uuid;
ALTER TABLE tickets ADD COLUMN open_children integer NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN merged_into uuid;
ALTER TABLE tickets ADD COLUMN merged_at timestamptz;
ALTER TABLE tickets ADD COLUMN merged_before jsonb;
ALTER TABLE tickets ADD COLUMN split_from uuid;
ALTER TABLE tickets ADD COLUMN problem_id uuid;
"""

# Few of many tickets have any of these.
INDEXES = """
CREATE INDEX ix_tickets_parent ON tickets (parent_id, ticket_id) WHERE parent_id IS NOT NULL;
CREATE INDEX ix_tickets_merged_into ON tickets (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX ix_tickets_split_from ON tickets (split_from) WHERE split_from IS NOT NULL;
CREATE INDEX ix_tickets_problem ON tickets (problem_id, created_at, ticket_id)
    WHERE problem_id IS NOT NULL;
"""

# A symmetric link has the older ticket first, so that it cannot be made twice. No foreign keys to
# tickets: these rows are only ever written with the rows of the tickets locked.
LINKS = """
CREATE TABLE ticket_links (
    link_id uuid PRIMARY KEY,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('relates_to', 'duplicates', 'causes', 'blocks')),
    created_at timestamptz NOT NULL,
    created_by uuid,
    created_by_name text NOT NULL,
    CHECK (from_id <> to_id),
    UNIQUE (from_id, to_id, kind)
);
CREATE INDEX ix_ticket_links_to ON ticket_links (to_id);
"""

PROBLEMS = """
CREATE TABLE problem_serials (
    business_date date PRIMARY KEY,
    last integer NOT NULL
);
CREATE TABLE problems (
    problem_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    title text NOT NULL,
    description text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'known', 'solved')),
    workaround text,
    solution text,
    owner_id uuid,
    owner_name text,
    group_id uuid,
    group_name text,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid,
    created_by_name text NOT NULL,
    updated_at timestamptz NOT NULL,
    solved_at timestamptz
);
CREATE INDEX ix_problems_updated_at ON problems (updated_at, problem_id);
CREATE INDEX ix_problems_status ON problems (status, updated_at, problem_id);
CREATE INDEX ix_problems_title ON problems USING gin (lower(title) gin_trgm_ops);

CREATE TABLE problem_answers (
    answer_id uuid PRIMARY KEY,
    problem_id uuid NOT NULL REFERENCES problems,
    text text NOT NULL,
    solves boolean NOT NULL,
    status text NOT NULL CHECK (status IN ('running', 'finished', 'stopped')),
    total integer NOT NULL,
    actor jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz
);
CREATE INDEX ix_problem_answers_problem ON problem_answers (problem_id, created_at);
-- One at a time for each problem.
CREATE UNIQUE INDEX uq_problem_answers_running ON problem_answers (problem_id)
    WHERE status = 'running';

CREATE TABLE problem_answer_items (
    answer_id uuid NOT NULL REFERENCES problem_answers,
    ticket_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting', 'answered', 'skipped')),
    code text,
    settled_at timestamptz,
    PRIMARY KEY (answer_id, ticket_id)
);
CREATE INDEX ix_problem_answer_items_waiting ON problem_answer_items (answer_id, ticket_id)
    WHERE status = 'waiting';
"""


def upgrade() -> None:
    """A release that knows none of it goes on: what it inserts stands alone."""
    op.execute(COLUMNS)
    op.execute(INDEXES)
    op.execute(LINKS)
    op.execute(PROBLEMS)
