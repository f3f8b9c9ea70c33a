"""Tickets have places in the organisation, along which their lists are read; the directory's copy.

Revision ID: ticketing_0002
"""

from alembic import op

from libs.common.directory.tables import create_directory_tables

revision = "ticketing_0002"
down_revision = "ticketing_0001"

# Most tickets are in no region, many in no group: only those that are have an entry. The pools are
# what is nobody's; those in no group cannot be led by `group_id`, because no order follows a null.
# What is included answers counts from the index alone.
INDEXES = """
CREATE INDEX ix_tickets_group ON tickets (group_id, updated_at, ticket_id)
    INCLUDE (status, assignee_id)
    WHERE group_id IS NOT NULL;
CREATE INDEX ix_tickets_group_open ON tickets (group_id, updated_at, ticket_id)
    INCLUDE (assignee_id)
    WHERE group_id IS NOT NULL AND status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_department ON tickets (department_id, updated_at, ticket_id)
    INCLUDE (status, assignee_id)
    WHERE department_id IS NOT NULL;
CREATE INDEX ix_tickets_department_open ON tickets (department_id, updated_at, ticket_id)
    INCLUDE (assignee_id)
    WHERE department_id IS NOT NULL AND status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_region ON tickets (region_id, updated_at, ticket_id)
    INCLUDE (status, assignee_id)
    WHERE region_id IS NOT NULL;
CREATE INDEX ix_tickets_region_open ON tickets (region_id, updated_at, ticket_id)
    INCLUDE (assignee_id)
    WHERE region_id IS NOT NULL AND status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_pool ON tickets (group_id, updated_at, ticket_id)
    WHERE assignee_id IS NULL AND group_id IS NOT NULL;
CREATE INDEX ix_tickets_department_waiting ON tickets (department_id, updated_at, ticket_id)
    WHERE department_id IS NOT NULL AND assignee_id IS NULL
    AND status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_region_waiting ON tickets (region_id, updated_at, ticket_id)
    WHERE region_id IS NOT NULL AND assignee_id IS NULL
    AND status_category IN ('new', 'open', 'pending', 'on_hold');
CREATE INDEX ix_tickets_common_pool ON tickets (updated_at, ticket_id)
    WHERE assignee_id IS NULL AND group_id IS NULL;
"""


def upgrade() -> None:
    op.execute("ALTER TABLE tickets ADD COLUMN group_name text")
    op.execute(INDEXES)
    create_directory_tables(op)
