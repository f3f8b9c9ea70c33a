"""Maps the domain's tickets onto their table, so that changes of loaded ones are written."""

from functools import cache

from sqlalchemy.orm import registry

from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage import tables
from services.ticketing.storage.sealed_tickets import watch_sealed


@cache
def start() -> None:
    """Make the mapping, once in a process, before a session sees a ticket."""
    computed = ["urgency_rank", "search_text", "watchers"]
    registry().map_imperatively(Ticket, tables.tickets, exclude_properties=computed)
    watch_sealed()
