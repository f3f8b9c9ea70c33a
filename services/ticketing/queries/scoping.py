"""Where the shared scope predicate finds what it needs in this service's tables."""

from libs.common.scope import ScopeColumns
from services.ticketing.storage.tables import tickets

TICKET_SCOPE = ScopeColumns(assignee=tickets.c.assignee_id)
