"""Tickets, their timelines and what belongs to them.

Revision ID: ticketing_0001
"""

from alembic import op

from libs.common.database.partitions import create_partitioned
from libs.common.database.platform_tables import create_platform_tables

revision = "ticketing_0001"
down_revision = None

# The search text has every character doubled, so that a word of two characters, as most Chinese
# words are, makes whole trigrams ("登录" is found by the trigrams of "登登录录").
TICKETS = r"""
CREATE TABLE tickets (
    ticket_id uuid PRIMARY KEY,
    number text NOT NULL,
    number_order bigint NOT NULL,
    subject text NOT NULL,
    kind text NOT NULL,
    urgency text NOT NULL,
    channel text NOT NULL,
    status text NOT NULL,
    status_category text NOT NULL
        CHECK (status_category IN ('new', 'open', 'pending', 'on_hold', 'solved', 'closed')),
    customer_id uuid NOT NULL,
    customer_name text NOT NULL,
    contact_id uuid,
    channel_account_id uuid,
    conversation_id uuid,
    assignee_id uuid,
    assignee_name text,
    assignment_id uuid,
    assignment_epoch integer NOT NULL,
    group_id uuid,
    department_id uuid,
    region_id uuid,
    brand_id uuid,
    is_confidential boolean NOT NULL,
    fields jsonb NOT NULL,
    tags text[] NOT NULL,
    solution text,
    seq integer NOT NULL,
    last_entry_seq integer NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    last_entry_at timestamptz NOT NULL,
    last_customer_message_at timestamptz,
    accepted_at timestamptz,
    first_replied_at timestamptz,
    solved_at timestamptz,
    closed_at timestamptz,
    next_due_at timestamptz,
    is_overdue boolean NOT NULL,
    possibly_related_to uuid,
    follows_up uuid,
    followed_up_by uuid,
    urgency_rank smallint NOT NULL GENERATED ALWAYS AS
        (CASE urgency WHEN 'critical' THEN 3 WHEN 'urgent' THEN 2 ELSE 1 END) STORED,
    search_text text NOT NULL GENERATED ALWAYS AS
        (regexp_replace(lower(number || ' ' || subject || ' ' || customer_name),
                        '(.)', '\1\1', 'g')) STORED
);
"""

# Every list is read along one of these; `ticket_id` makes the order total for cursors.
INDEXES = """
CREATE UNIQUE INDEX uq_tickets_number ON tickets (number);
CREATE UNIQUE INDEX uq_tickets_number_order ON tickets (number_order);
CREATE INDEX ix_tickets_updated_at ON tickets (updated_at, ticket_id);
CREATE INDEX ix_tickets_created_at ON tickets (created_at, ticket_id);
CREATE INDEX ix_tickets_urgency ON tickets (urgency_rank, updated_at, ticket_id);
CREATE INDEX ix_tickets_assignee ON tickets (assignee_id, updated_at, ticket_id) INCLUDE (status);
CREATE INDEX ix_tickets_assignee_open ON tickets (assignee_id, updated_at, ticket_id)
    WHERE status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_unassigned ON tickets (updated_at, ticket_id)
    WHERE assignee_id IS NULL AND status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_nobody ON tickets (status, updated_at, ticket_id)
    WHERE assignee_id IS NULL;
CREATE INDEX ix_tickets_open ON tickets (updated_at, ticket_id)
    WHERE status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_status ON tickets (status, updated_at, ticket_id);
CREATE INDEX ix_tickets_customer ON tickets (customer_id, updated_at, ticket_id);
CREATE INDEX ix_tickets_search ON tickets USING gin (search_text gin_trgm_ops);
-- Nearly all that is nobody's is new: without this the planner takes the two for independent.
CREATE STATISTICS st_tickets_assignee (mcv) ON assignee_id, status_category, status FROM tickets;
"""

# No foreign key to tickets: entries are only ever written with their ticket's row locked.
TIMELINE = """
CREATE TABLE timeline_entries (
    entry_id uuid NOT NULL,
    ticket_id uuid NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('message', 'note', 'event')),
    direction text CHECK (direction IN ('in', 'out')),
    author_kind text NOT NULL,
    author_id uuid,
    author_name text NOT NULL,
    text text,
    html text,
    attachments jsonb NOT NULL,
    event jsonb,
    is_auto_reply boolean NOT NULL,
    message_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (entry_id, created_at)
)
"""

# Deferred references: numbers are taken last, so a ticket's row is written after its company.
COMPANY = """
CREATE INDEX ix_timeline_entries_ticket ON timeline_entries (ticket_id, seq DESC);

CREATE TABLE received_messages (
    message_id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES tickets DEFERRABLE INITIALLY DEFERRED,
    entry_id uuid NOT NULL
);

CREATE TABLE attachments (
    attachment_id uuid PRIMARY KEY,
    ticket_id uuid REFERENCES tickets DEFERRABLE INITIALLY DEFERRED,
    entry_id uuid,
    blob_key text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    staged_by uuid,
    created_at timestamptz NOT NULL
);
CREATE INDEX ix_attachments_staged ON attachments (created_at) WHERE ticket_id IS NULL;
CREATE INDEX ix_attachments_blob_key ON attachments (blob_key);
CREATE INDEX ix_attachments_ticket ON attachments (ticket_id) WHERE ticket_id IS NOT NULL;

CREATE TABLE number_serials (
    business_date date PRIMARY KEY,
    last integer NOT NULL
) WITH (fillfactor = 10);
"""

STATUSES = """
CREATE TABLE statuses (
    key text PRIMARY KEY,
    category text NOT NULL,
    label_zh text NOT NULL,
    label_en text NOT NULL,
    customer_text_zh text NOT NULL,
    customer_text_en text NOT NULL,
    position integer NOT NULL
);
INSERT INTO statuses VALUES
('unassigned', 'new', '待分配', 'Unassigned',
 '我们已收到您的请求,正在安排专人处理。',
 'We have your request and are finding someone for it.', 1),
('assigned', 'open', '待处理', 'To do',
 '您的请求已分配给专人,即将开始处理。', 'Your request has been given to a member of our team.', 2),
('in_progress', 'open', '处理中', 'In progress',
 '您的请求正在处理中。', 'We are working on your request.', 3),
('awaiting_approval', 'on_hold', '待审批', 'Awaiting approval',
 '您的请求正在内部审批。', 'Your request is waiting for an internal approval.', 4),
('awaiting_customer', 'pending', '待反馈', 'Awaiting customer',
 '我们需要您的反馈,请回复。', 'We need an answer from you.', 5),
('follow_up', 'open', '待跟进', 'Follow-up',
 '我们正在继续跟进您的请求。', 'We are following your request up.', 6),
('solved', 'solved', '已解决', 'Solved',
 '您的请求已解决;如仍有问题,请直接回复。',
 'Your request has been solved; just answer if it has not.', 7),
('closed', 'closed', '已关闭', 'Closed',
 '您的请求已关闭。', 'Your request has been closed.', 8),
('archived', 'closed', '已归档', 'Archived',
 '您的请求已归档。', 'Your request has been archived.', 9);
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    create_platform_tables(op)
    op.execute(TICKETS)
    op.execute(INDEXES)
    create_partitioned(op, TIMELINE, "created_at")
    op.execute(COMPANY)
    op.execute(STATUSES)
