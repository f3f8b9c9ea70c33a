"""People's skills and presence, rules, waiting lists, assignments with their reasons.

Revision ID: dispatch_0001
"""

from alembic import op

from libs.common.customers.tables import create_customer_table
from libs.common.database.partitions import create_partitioned
from libs.common.database.platform_tables import create_platform_tables
from libs.common.directory.tables import create_directory_tables

revision = "dispatch_0001"
down_revision = None

# `rules_revision` counts changes of the rules: what waits by older ones is matched anew.
SETTINGS = """
CREATE TABLE settings (
    key boolean PRIMARY KEY DEFAULT true CHECK (key),
    default_capacity integer NOT NULL DEFAULT 10 CHECK (default_capacity >= 0),
    critical_excess integer NOT NULL DEFAULT 2 CHECK (critical_excess >= 0),
    heartbeat_seconds integer NOT NULL DEFAULT 120 CHECK (heartbeat_seconds > 0),
    sticky_days integer NOT NULL DEFAULT 30 CHECK (sticky_days >= 0),
    grab_quota integer NOT NULL DEFAULT 5 CHECK (grab_quota >= 0),
    weights jsonb NOT NULL
        DEFAULT '{"urgency": {"normal": 1, "urgent": 2, "critical": 3}, "channel": {}}',
    pending_counts boolean NOT NULL DEFAULT false,
    rules_revision bigint NOT NULL DEFAULT 1,
    version integer NOT NULL DEFAULT 1
);
INSERT INTO settings DEFAULT VALUES;
"""

# Of people only what is set for them; whoever has no row works by the settings.
PEOPLE = """
CREATE TABLE skills (
    skill_id uuid PRIMARY KEY,
    key text NOT NULL,
    name text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX uq_skills_key ON skills (key);

CREATE TABLE shifts (
    shift_id uuid PRIMARY KEY,
    name text NOT NULL,
    zone text NOT NULL,
    weekly jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1
);

CREATE TABLE agents (
    person_id uuid PRIMARY KEY,
    capacity integer CHECK (capacity >= 0),
    seniority smallint NOT NULL DEFAULT 0 CHECK (seniority BETWEEN 0 AND 5),
    languages text[] NOT NULL DEFAULT '{}',
    shift_id uuid REFERENCES shifts,
    grab_quota integer CHECK (grab_quota >= 0),
    is_automatic boolean NOT NULL DEFAULT true,
    note text NOT NULL DEFAULT '',
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX ix_agents_shift_id ON agents (shift_id) WHERE shift_id IS NOT NULL;

CREATE TABLE agent_skills (
    person_id uuid NOT NULL,
    skill_id uuid NOT NULL REFERENCES skills,
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    PRIMARY KEY (person_id, skill_id)
);
CREATE INDEX ix_agent_skills_skill_id ON agent_skills (skill_id);

CREATE TABLE leaves (
    leave_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason text NOT NULL DEFAULT '',
    CHECK (starts_at < ends_at)
);
CREATE INDEX ix_leaves_person ON leaves (person_id, ends_at);

CREATE TABLE presence (
    person_id uuid PRIMARY KEY,
    state text NOT NULL DEFAULT 'offline'
        CHECK (state IN ('online', 'busy', 'away', 'offline')),
    since timestamptz NOT NULL DEFAULT now(),
    heartbeat_at timestamptz
) WITH (fillfactor = 70);

-- Sums over `assignments`, changed in the same transactions; locked in the order of person_id.
CREATE TABLE loads (
    person_id uuid PRIMARY KEY,
    load integer NOT NULL DEFAULT 0,
    active integer NOT NULL DEFAULT 0,
    grabbed integer NOT NULL DEFAULT 0,
    last_assigned_at timestamptz
) WITH (fillfactor = 50);
"""

RULES = """
CREATE TABLE rules (
    rule_id uuid PRIMARY KEY,
    position integer NOT NULL,
    name text NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    condition jsonb NOT NULL,
    group_id uuid NOT NULL,
    mode text NOT NULL DEFAULT 'push' CHECK (mode IN ('push', 'grab')),
    strategy text NOT NULL DEFAULT 'least_loaded' CHECK (strategy IN
        ('least_loaded', 'round_robin', 'skill_match', 'senior_first')),
    is_sticky boolean NOT NULL DEFAULT false,
    matches_language boolean NOT NULL DEFAULT false,
    required_skills jsonb NOT NULL DEFAULT '[]',
    preferred_skills jsonb NOT NULL DEFAULT '[]',
    overflow_group_ids uuid[] NOT NULL DEFAULT '{}',
    grab_seconds integer CHECK (grab_seconds > 0),
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX ix_rules_position ON rules (position, rule_id);
"""

# The columns from assignee_id to customer_id are those that libs.common.scope needs.
TICKETS = """
CREATE TABLE tickets (
    ticket_id uuid PRIMARY KEY,
    number text NOT NULL,
    seq integer NOT NULL,
    epoch integer NOT NULL,
    status text NOT NULL,
    status_category text NOT NULL,
    urgency text NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    assignee_id uuid,
    group_id uuid,
    department_id uuid,
    region_id uuid,
    customer_id uuid NOT NULL,
    subject text NOT NULL,
    tags text[] NOT NULL,
    custom_fields jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    occurred_at timestamptz NOT NULL,
    accepted_at timestamptz
);
CREATE UNIQUE INDEX uq_tickets_number ON tickets (number);
CREATE INDEX ix_tickets_customer ON tickets (customer_id);

-- What sla tells, which may come before the ticket itself; the highest revision holds.
CREATE TABLE dues (
    ticket_id uuid PRIMARY KEY,
    revision integer NOT NULL,
    next_due_at timestamptz,
    -- The newest assignment that nobody accepted in time.
    unaccepted_epoch integer
);
"""

# `epoch`: the ticket's while it is theirs; of a proposal, the one that it would get.
ASSIGNMENTS = """
CREATE TABLE assignments (
    assignment_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    person_id uuid NOT NULL,
    group_id uuid,
    epoch integer NOT NULL,
    state text NOT NULL CHECK (state IN ('proposed', 'active', 'ended')),
    mode text NOT NULL CHECK (mode IN ('manual', 'automatic', 'grab', 'hand_over', 'escalation')),
    weight integer NOT NULL,
    decision_id uuid,
    note text,
    waiting_since timestamptz,
    proposed_at timestamptz,
    sent_at timestamptz,
    confirmed_at timestamptz,
    accepted_at timestamptz,
    withdrawn_at timestamptz,
    ended_at timestamptz,
    end_cause text
);
CREATE UNIQUE INDEX uq_assignments_open ON assignments (ticket_id) WHERE state <> 'ended';
CREATE INDEX ix_assignments_ticket ON assignments (ticket_id, ended_at);
CREATE INDEX ix_assignments_person ON assignments (person_id, ticket_id) WHERE state <> 'ended';
CREATE INDEX ix_assignments_customer ON assignments (customer_id, confirmed_at DESC)
    WHERE confirmed_at IS NOT NULL;
CREATE INDEX ix_assignments_sent ON assignments (sent_at) WHERE state = 'proposed';

CREATE TABLE waiting (
    ticket_id uuid PRIMARY KEY,
    group_id uuid,
    rule_id uuid,
    mode text NOT NULL CHECK (mode IN ('push', 'grab')),
    urgency_rank smallint NOT NULL,
    since timestamptz NOT NULL,
    trigger text NOT NULL DEFAULT 'new',
    not_before timestamptz,
    offer_id uuid,
    offer_ends_at timestamptz,
    offered_to uuid[] NOT NULL DEFAULT '{}',
    excluded jsonb NOT NULL DEFAULT '{}',
    tried jsonb NOT NULL DEFAULT '[]',
    rules_revision bigint NOT NULL,
    -- Whether a decision says why it waits.
    is_explained boolean NOT NULL DEFAULT false
);
-- The order in which a group's tickets are decided.
CREATE INDEX ix_waiting_order ON waiting (group_id, urgency_rank DESC, since, ticket_id);
CREATE INDEX ix_waiting_push ON waiting (group_id, urgency_rank DESC, since, ticket_id)
    WHERE mode = 'push' AND rule_id IS NOT NULL;
CREATE INDEX ix_waiting_unoffered ON waiting (ticket_id) WHERE mode = 'grab' AND offer_id IS NULL;
CREATE INDEX ix_waiting_offers ON waiting (offer_ends_at) WHERE offer_id IS NOT NULL;
CREATE INDEX ix_waiting_revision ON waiting (rules_revision);

CREATE TABLE wakes (
    wake_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_id uuid NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
"""

DECISIONS = """
CREATE TABLE decisions (
    decision_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    outcome text NOT NULL CHECK (outcome IN
        ('assigned', 'waiting', 'unmatched', 'manual', 'grabbed', 'withdrawn')),
    mode text,
    explanation jsonb NOT NULL,
    PRIMARY KEY (decision_id, decided_at)
)
"""


def upgrade() -> None:
    create_platform_tables(op)
    create_directory_tables(op)
    create_customer_table(op)
    op.execute(SETTINGS)
    op.execute(PEOPLE)
    op.execute(RULES)
    op.execute(TICKETS)
    op.execute(ASSIGNMENTS)
    create_partitioned(op, DECISIONS, "decided_at")
    op.execute("CREATE INDEX ix_decisions_ticket ON decisions (ticket_id, decided_at DESC)")
