"""Where the shared scope predicate finds what it needs in this service's tables."""

from typing import Any

from libs.common.scope import ScopeColumns
from services.ticketing.storage.tables import tickets

SCOPE_COLUMNS = (
    tickets.c.assignee_id,
    tickets.c.group_id,
    tickets.c.department_id,
    tickets.c.region_id,
    tickets.c.customer_id,
)
TICKET_SCOPE = ScopeColumns(*SCOPE_COLUMNS)


def scope_of(row: Any) -> dict[str, Any]:
    """The scope of a ticket that has been read, for the predicate's test function."""
    return {
        "assignee": row.assignee_id,
        "group": row.group_id,
        "department": row.department_id,
        "region": row.region_id,
        "requester": row.customer_id,
    }
