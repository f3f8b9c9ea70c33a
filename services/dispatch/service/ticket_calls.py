"""Tickets: why they went where they went, who could have them, which may be grabbed."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.config import Config
from libs.common.database.unfinished import MOST_UNFINISHED, list_unfinished
from libs.common.errors import Forbidden
from services.dispatch.queries import candidates, decisions, pool
from services.dispatch.service import arguments as args
from services.dispatch.use_cases import follow_tickets
from services.dispatch.use_cases.grab_offered import grab_offered

Json = dict[str, Any]

_GATEWAY = "gateway"


class TicketCalls:
    """A part of dispatch's RPC class."""

    config: Config

    @query("ticket.read")
    def list_decisions(self, call: Call, *, number: Any, limit: Any = 20) -> Json:
        """Why a ticket has gone to whom it went, the newest first."""
        most = args.limit_of(limit, decisions.MOST)
        return decisions.list_decisions(call.uow, call.actor, args.number_of(number), most)

    @query("ticket.read")
    def list_candidates(
        self, call: Call, *, number: Any, group_id: Any = None, q: Any = None
    ) -> Json:
        """Who could be given a ticket by hand, with warnings."""
        return candidates.list_candidates(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            number=args.number_of(number),
            group_id=args.optional_uuid("group_id", group_id),
            q=args.optional_text("q", q),
        )

    @query("ticket.take")
    def list_pool(self, call: Call, *, limit: Any = 25, cursor: Any = None) -> Json:
        """What the actor may grab."""
        most, after = args.limit_of(limit, pool.MOST), args.optional_text("cursor", cursor)
        return pool.list_pool(call.uow, call.actor, call.now, most, after)

    @command("ticket.take")
    def grab_ticket(self, call: Call, *, number: Any) -> Json:
        """Take an offered ticket: {state, assignment_id}; ticketing has the last word."""
        wanted = args.number_of(number)
        answer = grab_offered(call.uow, call.actor, call.now, number=wanted)
        audit = {"object": wanted, "before": {}, "after": answer}
        return answer | {"audit": audit}

    @query("dispatch.reconcile")
    def list_unfinished(self, call: Call, *, after: Any = None, limit: Any = 50) -> Json:
        """Ids of the tickets that dispatch takes for unfinished, for comparing them."""
        place = args.optional_uuid("after", after)
        return list_unfinished(call.uow.session, place, args.limit_of(limit, MOST_UNFINISHED))

    @command("dispatch.reconcile")
    def reconcile_tickets(self, call: Call, *, items: Any) -> Json:
        """Settle tickets by the headers that ticketing has now."""
        if call.actor.kind != _GATEWAY:
            raise Forbidden("reconcile.forbidden", "only the gateway itself reconciles")
        listed = args.objects_of("items", items)
        return follow_tickets.reconcile_tickets(
            call.uow, listed, call.now, self.config.business_zone
        )
