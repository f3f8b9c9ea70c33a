"""Counts of what is overdue, and of what waits in the common pool, read no rows either.

Revision ID: ticketing_0028
"""

from alembic import op

revision = "ticketing_0028"
down_revision = "ticketing_0027"

_UNFINISHED = "status_category IN ('new', 'open', 'pending', 'on_hold')"
_OVERDUE = f"is_overdue AND {_UNFINISHED}"
_NOBODYS = "assignee_id IS NULL AND group_id IS NULL"

# Name: keys, included, condition. Every list and count leaves out what is in the bin.
_COVERING = {
    "overdue": ("updated_at, ticket_id", "deleted_at", _OVERDUE),
    "overdue_assignee": ("assignee_id, updated_at, ticket_id", "deleted_at", _OVERDUE),
    **{
        f"overdue_{unit}": (
            f"{unit}_id, updated_at, ticket_id",
            "assignee_id, deleted_at",
            f"{unit}_id IS NOT NULL AND {_OVERDUE}",
        )
        for unit in ("group", "department", "region")
    },
    "overdue_pool": ("updated_at, ticket_id", "deleted_at", f"{_NOBODYS} AND {_OVERDUE}"),
    "common_pool": ("updated_at, ticket_id", "status, status_category, deleted_at", _NOBODYS),
}


def upgrade() -> None:
    for name, (keys, included, condition) in _COVERING.items():
        op.execute(f"DROP INDEX ix_tickets_{name}")
        op.execute(
            f"CREATE INDEX ix_tickets_{name} ON tickets ({keys}) INCLUDE ({included})"
            f" WHERE {condition}"
        )
