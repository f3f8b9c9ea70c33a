"""Tickets know which group they were taken from, and copy due times, along which lists are read.

Revision ID: ticketing_0004
"""

from alembic import op

revision = "ticketing_0004"
down_revision = "ticketing_0003"

COLUMNS = """
ALTER TABLE tickets ADD COLUMN waited_in_group_id uuid;
ALTER TABLE tickets ADD COLUMN sla_revision integer NOT NULL DEFAULT 0;
UPDATE tickets SET waited_in_group_id = group_id
    WHERE status = 'assigned' AND assignment_epoch > 1 AND group_id IS NOT NULL;
"""

# What has no due time comes last: null has no place in a cursor, a day far off has. Overdue ones
# are few, and each scope has them by itself.
INDEXES = """
CREATE INDEX ix_tickets_due ON tickets
    ((coalesce(next_due_at, timestamptz '9999-01-01 00:00:00+00')), ticket_id);
CREATE INDEX ix_tickets_due_open ON tickets
    ((coalesce(next_due_at, timestamptz '9999-01-01 00:00:00+00')), ticket_id)
    WHERE status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_overdue ON tickets (updated_at, ticket_id)
    WHERE is_overdue
    AND status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_overdue_assignee ON tickets (assignee_id, updated_at, ticket_id)
    WHERE is_overdue
    AND status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_overdue_group ON tickets (group_id, updated_at, ticket_id)
    WHERE group_id IS NOT NULL AND is_overdue
    AND status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_overdue_department ON tickets (department_id, updated_at, ticket_id)
    WHERE department_id IS NOT NULL AND is_overdue
    AND status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_overdue_region ON tickets (region_id, updated_at, ticket_id)
    WHERE region_id IS NOT NULL AND is_overdue
    AND status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_overdue_pool ON tickets (updated_at, ticket_id)
    WHERE assignee_id IS NULL AND group_id IS NULL AND is_overdue
    AND status_category IN ('new', 'open', 'pending', 'on_hold');
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    op.execute(INDEXES)
