"""Policies, calendars, and the clocks of tickets.

Revision ID: sla_0001
"""

from alembic import op

from libs.common.customers.tables import create_customer_table
from libs.common.database.partitions import create_partitioned
from libs.common.database.platform_tables import create_platform_tables
from libs.common.directory.tables import create_directory_tables

revision = "sla_0001"
down_revision = None

# `book` has one row: its revision counts the changes of policies and calendars, and tickets
# remember by which one their clocks were computed.
POLICIES = """
CREATE TABLE book (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    revision bigint NOT NULL DEFAULT 1,
    behind_until timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO book DEFAULT VALUES;

CREATE TABLE calendars (
    calendar_id uuid PRIMARY KEY,
    name text NOT NULL,
    zone text NOT NULL,
    weekly jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    -- Clocks that have ended may still count by it.
    is_removed boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX uq_calendars_name ON calendars (name) WHERE NOT is_removed;

CREATE TABLE calendar_days (
    calendar_id uuid NOT NULL REFERENCES calendars ON DELETE CASCADE,
    date date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('holiday', 'workday', 'special')),
    periods jsonb NOT NULL,
    name text NOT NULL,
    source text NOT NULL CHECK (source IN ('manual', 'shipped', 'library')),
    PRIMARY KEY (calendar_id, date)
);

CREATE TABLE policies (
    policy_id uuid PRIMARY KEY,
    position integer NOT NULL,
    name text NOT NULL,
    is_active boolean NOT NULL,
    condition jsonb NOT NULL,
    calendar_id uuid REFERENCES calendars,
    pause_statuses jsonb NOT NULL,
    targets jsonb NOT NULL,
    steps jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    revision integer NOT NULL DEFAULT 1
);
CREATE INDEX ix_policies_calendar ON policies (calendar_id);

-- What held from `since` (null: from ever) until `until` (null: still): clocks that have ended are
-- judged by what held at their end.
CREATE TABLE policy_revisions (
    policy_id uuid NOT NULL,
    revision integer NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    policy jsonb NOT NULL,
    since timestamptz,
    until timestamptz,
    PRIMARY KEY (policy_id, revision)
);

CREATE TABLE settings (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    repeated_complaint jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1
);
"""

# A ticket is a copy of what ticketing tells (the header with the highest seq), with what its
# clocks say for lists. `facts_from`: no fact of it is older, so that old partitions stay unread.
TICKETS = """
CREATE TABLE tickets (
    ticket_id uuid PRIMARY KEY,
    number text NOT NULL,
    seq integer NOT NULL,
    subject text NOT NULL,
    kind text NOT NULL,
    urgency text NOT NULL,
    status text NOT NULL,
    status_category text NOT NULL,
    customer_id uuid NOT NULL,
    assignee_id uuid,
    group_id uuid,
    department_id uuid,
    region_id uuid,
    created_at timestamptz NOT NULL,
    facts_from timestamptz NOT NULL,
    header jsonb NOT NULL,
    revision integer NOT NULL DEFAULT 0,
    book_revision bigint NOT NULL DEFAULT 0,
    next_due_at timestamptz,
    is_overdue boolean NOT NULL DEFAULT false,
    next_step_at timestamptz
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX uq_tickets_number ON tickets (number);
CREATE INDEX ix_tickets_stale ON tickets (book_revision, ticket_id)
    WHERE status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_due ON tickets (next_due_at, ticket_id)
    WHERE next_due_at IS NOT NULL;
CREATE INDEX ix_tickets_group_due ON tickets (group_id, next_due_at, ticket_id)
    INCLUDE (assignee_id, is_overdue)
    WHERE next_due_at IS NOT NULL;
CREATE INDEX ix_tickets_assignee_due ON tickets (assignee_id, next_due_at, ticket_id)
    INCLUDE (group_id, is_overdue)
    WHERE next_due_at IS NOT NULL;
CREATE INDEX ix_tickets_department_due ON tickets (department_id, next_due_at, ticket_id)
    INCLUDE (group_id, assignee_id, is_overdue)
    WHERE next_due_at IS NOT NULL AND department_id IS NOT NULL;
CREATE INDEX ix_tickets_region_due ON tickets (region_id, next_due_at, ticket_id)
    INCLUDE (group_id, assignee_id, is_overdue)
    WHERE next_due_at IS NOT NULL AND region_id IS NOT NULL;
CREATE INDEX ix_tickets_complaints ON tickets (customer_id, created_at) WHERE kind = 'complaint';
CREATE INDEX ix_tickets_customer_open ON tickets (customer_id)
    WHERE status_category IN ('new', 'open', 'pending', 'on_hold');
"""

# `seen` facts are made up by the reconciler; the event with that seq, if it ever comes, holds.
FACTS = """
CREATE TABLE ticket_facts (
    ticket_id uuid NOT NULL,
    seq integer NOT NULL,
    occurred_at timestamptz NOT NULL,
    is_seen boolean NOT NULL DEFAULT false,
    fact jsonb NOT NULL,
    PRIMARY KEY (ticket_id, seq, is_seen, occurred_at)
)
"""

# What has been told of a clock stays, even where a policy has undone the clock meanwhile.
CLOCKS = """
CREATE TABLE clocks (
    clock_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    target text NOT NULL,
    cycle integer NOT NULL,
    state text NOT NULL,
    started_at timestamptz NOT NULL,
    due_at timestamptz,
    target_seconds integer NOT NULL,
    policy_id uuid NOT NULL,
    revision integer NOT NULL,
    is_breached boolean NOT NULL,
    is_paused boolean NOT NULL,
    ended_at timestamptz,
    remaining_seconds double precision,
    pauses jsonb NOT NULL,
    assignment_epoch integer NOT NULL,
    status text
) WITH (fillfactor = 80);
CREATE INDEX ix_clocks_ticket ON clocks (ticket_id);

CREATE TABLE clock_steps (
    clock_id uuid NOT NULL,
    step text NOT NULL,
    ticket_id uuid NOT NULL,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (clock_id, step)
);
CREATE INDEX ix_clock_steps_ticket ON clock_steps (ticket_id);

CREATE TABLE abnormalities (
    abnormality_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    kind text NOT NULL,
    found_at timestamptz NOT NULL,
    facts jsonb NOT NULL
);
CREATE UNIQUE INDEX uq_abnormalities_ticket ON abnormalities (ticket_id, kind);

-- Timers come and go all day: what is dead must not lie before what is due.
ALTER TABLE timers SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
"""


def upgrade() -> None:
    create_platform_tables(op)
    create_directory_tables(op)
    create_customer_table(op)
    op.execute(POLICIES)
    op.execute(TICKETS)
    create_partitioned(op, FACTS, "occurred_at")
    op.execute(CLOCKS)
