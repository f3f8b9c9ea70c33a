"""What staff may look at: tickets, their timelines and files, as far as the actor's scope goes."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import query
from libs.common.config import Config
from services.ticketing.queries import headers, ticket_counts, ticket_lists, ticket_pages
from services.ticketing.queries.attachments import get_attachment
from services.ticketing.queries.customer_history import get_customer_history
from services.ticketing.queries.views import fitting_view
from services.ticketing.queries.wording import get_wording
from services.ticketing.service import arguments as args

Json = dict[str, Any]


class ReadingCalls:
    """Answers have the shapes of REST."""

    config: Config

    @query("ticket.read")
    def get_ticket(self, call: Call, *, number: str, timeline_limit: int = 50) -> Json:
        """A ticket with the newest page of its timeline."""
        return ticket_pages.get_ticket(call.uow, call.actor, args.number_of(number), timeline_limit)

    @query("ticket.read")
    def list_timeline(
        self, call: Call, *, number: str, limit: int = 50, cursor: str | None = None
    ) -> Json:
        """An older page of a timeline."""
        return ticket_pages.list_timeline(
            call.uow, call.actor, args.number_of(number), limit, cursor
        )

    @query("ticket.read")
    def get_wording(self, call: Call, *, number: str) -> Json:
        """What the ticket is about, for suggestions."""
        return get_wording(call.uow, call.actor, args.number_of(number))

    @query("ticket.read")
    def get_customer_history(self, call: Call, *, number: str) -> Json:
        """The customer's other tickets with their results."""
        return get_customer_history(call.uow, call.actor, args.number_of(number))

    @query("ticket.list")
    def list_tickets(
        self,
        call: Call,
        *,
        filters: Json | None = None,
        sort: str = "-updated_at",
        limit: int = 25,
        cursor: str | None = None,
    ) -> Json:
        """A page of tickets."""
        narrowed = args.object_of("filters", filters)
        zone, view = self.config.business_zone, narrowed.pop("saved_view", None)
        beside = [fitting_view(call.uow, call.actor, view, call.now, zone)] if view else []
        return ticket_lists.list_tickets(
            call.uow, call.actor, narrowed, sort, limit, cursor, beside=beside
        )

    @query("ticket.list")
    def count_tickets(self, call: Call, *, views: list[str] | None = None) -> Json:
        """How many each view holds, up to a thousand."""
        return ticket_counts.count_tickets(call.uow, call.actor, views)

    @query("dispatch.reconcile")
    def list_headers(self, call: Call, *, cursor: str | None = None, limit: int = 50) -> Json:
        """Unfinished tickets as events tell them, for comparing copies; the gateway alone asks."""
        return headers.list_headers(call.uow, limit, cursor)

    @query("dispatch.reconcile")
    def find_headers(self, call: Call, *, ticket_ids: list[str]) -> Json:
        """These tickets as events tell them, whatever has become of them."""
        wanted = [args.uuid_of("ticket_ids", one) for one in ticket_ids]
        return headers.find_headers(call.uow, wanted)

    @query("attachment.read")
    def get_attachment(self, call: Call, *, attachment_id: str) -> Json:
        """A file's facts and blob key."""
        wanted = args.uuid_of("attachment_id", attachment_id)
        return get_attachment(call.uow, call.actor, wanted)
