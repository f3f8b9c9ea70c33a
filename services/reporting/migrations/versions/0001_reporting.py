"""The archive, facts of tickets, what is counted of them, and its sums.

Revision ID: reporting_0001
"""

from alembic import op

from libs.common.customers.tables import create_customer_table
from libs.common.database.operation_tables import create_operation_tables
from libs.common.database.partitions import create_partitioned
from libs.common.database.platform_tables import create_platform_tables
from libs.common.directory.tables import create_directory_tables

revision = "reporting_0001"
down_revision = None

# Public events as they came; `seq` is a ticket's, of other events null.
ARCHIVE = """
CREATE TABLE archive (
    event_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    seq integer,
    body text NOT NULL,
    PRIMARY KEY (occurred_at, event_id)
)
"""

# `source` and `key`: ticket and seq, clock and its id with revision, survey and its id with what
# happened, use and its id.
FACTS = """
CREATE TABLE facts (
    ticket_id uuid NOT NULL,
    source text NOT NULL,
    key text NOT NULL,
    occurred_at timestamptz NOT NULL,
    fact jsonb NOT NULL,
    PRIMARY KEY (ticket_id, source, key, occurred_at)
)
"""

# A ticket's row is locked while its figures change. `missing`: events that must be between those
# that are known; `missing_since` is null once they have been told of, or have come. `facts_from`:
# no fact is older, so that old partitions stay unread. The rest is what the newest event says.
TICKETS = """
CREATE TABLE tickets (
    ticket_id uuid PRIMARY KEY,
    facts_from timestamptz NOT NULL,
    number text,
    seq integer,
    status text,
    status_category text,
    customer_id uuid,
    assignee_id uuid,
    group_id uuid,
    department_id uuid,
    region_id uuid,
    score smallint,
    created_at timestamptz,
    missing integer NOT NULL DEFAULT 0,
    missing_since timestamptz
) WITH (fillfactor = 80);
CREATE INDEX ix_tickets_customer ON tickets (customer_id);
CREATE INDEX ix_tickets_assignee ON tickets (assignee_id);
CREATE INDEX ix_tickets_group ON tickets (group_id);
CREATE INDEX ix_tickets_department ON tickets (department_id) WHERE department_id IS NOT NULL;
CREATE INDEX ix_tickets_region ON tickets (region_id) WHERE region_id IS NOT NULL;
CREATE INDEX ix_tickets_missing ON tickets (missing_since) WHERE missing_since IS NOT NULL;

-- Each state of a customer, because a ticket's tier is that of its creation.
CREATE TABLE customer_states (
    customer_id uuid NOT NULL,
    version bigint NOT NULL,
    told_at timestamptz NOT NULL,
    tier text,
    PRIMARY KEY (customer_id, version)
);
"""

# These five are built anew in the schema `shadow` and then take the place of the old ones.
FIGURES = """
CREATE TABLE {schema}.acts (
    ticket_id uuid NOT NULL,
    what text NOT NULL,
    nth integer NOT NULL,
    at timestamptz NOT NULL,
    day date NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    tier text,
    region_id uuid,
    group_id uuid,
    agent_id uuid,
    urgency text NOT NULL,
    seconds bigint,
    business_seconds bigint,
    handling_seconds bigint,
    score smallint,
    nps smallint,
    is_first boolean NOT NULL,
    is_single_contact boolean NOT NULL,
    is_reopened boolean NOT NULL,
    was_overdue boolean NOT NULL,
    is_settled boolean NOT NULL,
    is_answered boolean NOT NULL,
    PRIMARY KEY (ticket_id, what, nth)
);
CREATE INDEX ix_acts_day ON {schema}.acts (day, what);
CREATE INDEX ix_acts_agent ON {schema}.acts (agent_id, day);
CREATE INDEX ix_acts_group ON {schema}.acts (group_id, day);

CREATE TABLE {schema}.stays (
    ticket_id uuid NOT NULL,
    nth integer NOT NULL,
    started_at timestamptz NOT NULL,
    start_day date NOT NULL,
    end_day date,
    status text NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    tier text,
    region_id uuid,
    group_id uuid,
    agent_id uuid,
    urgency text NOT NULL,
    PRIMARY KEY (ticket_id, nth)
);
CREATE INDEX ix_stays_start ON {schema}.stays (start_day);
CREATE INDEX ix_stays_end ON {schema}.stays (end_day, start_day);

-- Sums of a day (level 1), month (2) or year (3) by one dimension; the dimension '' is all. `key`
-- is '' for what has none. `change`: by how many more tickets are unresolved.
CREATE TABLE {schema}.cells (
    dimension text NOT NULL,
    level smallint NOT NULL,
    start date NOT NULL,
    key text NOT NULL,
    {measures},
    PRIMARY KEY (dimension, level, start, key)
);

-- How often each duration (see definitions: rounded minutes) occurs in a cell.
CREATE TABLE {schema}.spreads (
    dimension text NOT NULL,
    level smallint NOT NULL,
    start date NOT NULL,
    key text NOT NULL,
    spread text NOT NULL,
    minutes integer[] NOT NULL,
    counts integer[] NOT NULL,
    PRIMARY KEY (dimension, level, start, spread, key)
);

-- Days, months and years whose sums do not hold any more; as many marks as there were changes.
CREATE TABLE {schema}.marks (
    mark_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    level smallint NOT NULL,
    start date NOT NULL,
    marked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_marks_start ON {schema}.marks (level, start);
"""

MEASURES = (
    "created", "complaints", "settled", "replied", "reply_seconds", "replied_business",
    "reply_business_seconds", "solved", "resolution_seconds", "solved_business",
    "resolution_business_seconds", "handling_seconds", "first_solved", "single_contact",
    "reopened_later", "overdue_solved", "reopened", "transferred", "breached", "surveyed",
    "survey_answered", "scored", "score_sum", "good", "bad", "nps_given", "promoters",
    "detractors", "suggested", "change",
)  # fmt: skip

# One row: where the rebuild stands. `cursor_at`, `cursor_id`: what of the archive has been read;
# `ticket_id`: how far tickets have been folded.
REBUILDS = """
CREATE TABLE rebuild (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    phase text NOT NULL DEFAULT 'none'
        CHECK (phase IN ('none', 'reading', 'folding', 'summing', 'done')),
    started_at timestamptz,
    finished_at timestamptz,
    cursor_at timestamptz,
    cursor_id uuid,
    ticket_id uuid,
    events bigint NOT NULL DEFAULT 0,
    tickets bigint NOT NULL DEFAULT 0
);
INSERT INTO rebuild DEFAULT VALUES;

-- Tickets whose figures changed while the rebuild went on; folded once more before it ends.
CREATE TABLE rebuild_again (
    ticket_id uuid PRIMARY KEY
);
CREATE SCHEMA shadow;
"""


def upgrade() -> None:
    create_platform_tables(op)
    create_operation_tables(op)
    create_directory_tables(op)
    create_customer_table(op)
    create_partitioned(op, ARCHIVE, "occurred_at")
    create_partitioned(op, FACTS, "occurred_at")
    op.execute(TICKETS)
    measures = ",\n".join(f"{name} bigint NOT NULL DEFAULT 0" for name in MEASURES)
    op.execute(FIGURES.format(schema="public", measures=measures))
    op.execute(REBUILDS)
