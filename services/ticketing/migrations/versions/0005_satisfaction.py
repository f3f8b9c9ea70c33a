"""Tickets know how content their customer is (待跟进 until satisfied); notes know whom they name.

Revision ID: ticketing_0005
"""

from alembic import op

revision = "ticketing_0005"
down_revision = "ticketing_0004"

COLUMNS = """
ALTER TABLE tickets ADD COLUMN solved_seq integer;
ALTER TABLE tickets ADD COLUMN score smallint CHECK (score BETWEEN 1 AND 5);
ALTER TABLE tickets ADD COLUMN is_dissatisfied boolean NOT NULL DEFAULT false;
ALTER TABLE tickets ADD COLUMN dissatisfied_at timestamptz;
ALTER TABLE tickets ADD COLUMN judged_at timestamptz;
ALTER TABLE timeline_entries ADD COLUMN mentions jsonb;
"""

# 待跟进 is few of many: each scope has it by itself, as what is overdue.
INDEXES = """
CREATE INDEX ix_tickets_follow_up ON tickets (updated_at, ticket_id)
    WHERE is_dissatisfied OR status = 'follow_up';
CREATE INDEX ix_tickets_follow_up_assignee ON tickets (assignee_id, updated_at, ticket_id)
    WHERE is_dissatisfied OR status = 'follow_up';
CREATE INDEX ix_tickets_follow_up_group ON tickets (group_id, updated_at, ticket_id)
    WHERE is_dissatisfied OR status = 'follow_up';
CREATE INDEX ix_tickets_follow_up_department ON tickets (department_id, updated_at, ticket_id)
    WHERE is_dissatisfied OR status = 'follow_up';
CREATE INDEX ix_tickets_follow_up_region ON tickets (region_id, updated_at, ticket_id)
    WHERE is_dissatisfied OR status = 'follow_up';
CREATE INDEX ix_tickets_score ON tickets (score, updated_at, ticket_id) WHERE score IS NOT NULL;
"""


def upgrade() -> None:
    """A release that knows none of it goes on: what it inserts is not rated."""
    op.execute(COLUMNS)
    op.execute(INDEXES)
