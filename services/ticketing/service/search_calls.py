"""Search over tickets, as far as the actor's scope goes."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import query
from services.ticketing.queries import ticket_search
from services.ticketing.service import arguments as args

Json = dict[str, Any]


class SearchCalls:
    """What search knows lags behind what is written by a moment."""

    @query("ticket.list")
    def search_tickets(
        self,
        call: Call,
        *,
        q: str,
        filters: Json | None = None,
        sort: str = "relevance",
        limit: int = 25,
        cursor: str | None = None,
    ) -> Json:
        """A page of tickets with what fits marked."""
        narrowed = args.object_of("filters", filters)
        return ticket_search.search_tickets(call.uow, call.actor, q, narrowed, sort, limit, cursor)
