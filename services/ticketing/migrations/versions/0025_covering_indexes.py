"""What is in the bin is told apart by the indexes themselves: counts read no rows.

Revision ID: ticketing_0025
"""

from alembic import op

revision = "ticketing_0025"
down_revision = "ticketing_0024"

_UNFINISHED = "status_category IN ('new', 'open', 'pending', 'on_hold')"

# By age, in narrow scopes. The planner takes status, group and assignee for independent, and would
# walk all tickets for some that are few or that there are none of.
_NEW = """
CREATE INDEX ix_tickets_assignee_created ON tickets (assignee_id, created_at, ticket_id)
    WHERE assignee_id IS NOT NULL;
CREATE INDEX ix_tickets_nobody_created ON tickets (status, created_at, ticket_id)
    WHERE assignee_id IS NULL;
CREATE INDEX ix_tickets_common_pool_created ON tickets (created_at, ticket_id)
    WHERE assignee_id IS NULL AND group_id IS NULL;
"""

# Name: keys, included, condition. Every list and count leaves out what is in the bin.
_COVERING = {
    "assignee": ("assignee_id, updated_at, ticket_id", "status", ""),
    "assignee_open": ("assignee_id, updated_at, ticket_id", "", _UNFINISHED),
    "nobody": ("status, updated_at, ticket_id", "group_id", "assignee_id IS NULL"),
    "pool": (
        "group_id, updated_at, ticket_id",
        "status",
        "assignee_id IS NULL AND group_id IS NOT NULL",
    ),
    "common_pool": (
        "updated_at, ticket_id",
        "status",
        "assignee_id IS NULL AND group_id IS NULL",
    ),
    "unassigned": ("updated_at, ticket_id", "", f"assignee_id IS NULL AND {_UNFINISHED}"),
    **{
        f"{unit}_waiting": (
            f"{unit}_id, updated_at, ticket_id",
            "",
            f"{unit}_id IS NOT NULL AND assignee_id IS NULL AND {_UNFINISHED}",
        )
        for unit in ("department", "region")
    },
    "follow_up_assignee": (
        "assignee_id, updated_at, ticket_id",
        "status_category",
        "is_dissatisfied OR status = 'follow_up'",
    ),
    **{
        unit: (f"{unit}_id, updated_at, ticket_id", "status, assignee_id", f"{unit}_id IS NOT NULL")
        for unit in ("group", "department", "region")
    },
    **{
        f"{unit}_open": (
            f"{unit}_id, updated_at, ticket_id",
            "assignee_id",
            f"{unit}_id IS NOT NULL AND {_UNFINISHED}",
        )
        for unit in ("group", "department", "region")
    },
    **{
        f"follow_up_{unit}": (
            f"{unit}_id, updated_at, ticket_id",
            "status_category, assignee_id",
            "is_dissatisfied OR status = 'follow_up'",
        )
        for unit in ("group", "department", "region")
    },
}


def upgrade() -> None:
    for name, (keys, included, condition) in _COVERING.items():
        covered = f"{included}, deleted_at" if included else "deleted_at"
        where = f" WHERE {condition}" if condition else ""
        op.execute(f"DROP INDEX ix_tickets_{name}")
        op.execute(f"CREATE INDEX ix_tickets_{name} ON tickets ({keys}) INCLUDE ({covered}){where}")
    op.execute(_NEW)
