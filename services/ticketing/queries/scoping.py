"""Where the shared scope predicate finds what it needs in this service's tables."""

from typing import Any

from libs.common.scope import ScopeColumns
from services.ticketing.storage.tables import tickets

SCOPE_COLUMNS = (tickets.c.assignee_id,)
TICKET_SCOPE = ScopeColumns(assignee=tickets.c.assignee_id)


def scope_of(row: Any) -> dict[str, Any]:
    """The scope of a ticket that has been read, for the predicate's test function."""
    return {"assignee": row.assignee_id}
