"""What the gateway may ask of sla. Answers have the shapes of REST."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.provide import ConfigProvider, DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.rpc import OperatorCalls, command, query
from libs.common.database.unfinished import MOST_UNFINISHED, list_unfinished
from services.sla.queries.board import get_sla_board
from services.sla.queries.clocks import list_clocks
from services.sla.service import arguments as args
from services.sla.service.calendar_calls import CalendarCalls
from services.sla.service.policy_calls import PolicyCalls
from services.sla.use_cases.reconcile import reconcile_tickets

Json = dict[str, Any]


class Service(PolicyCalls, CalendarCalls, OperatorCalls):
    """Commands answer with `audit` beside the rest: what the gateway's operation log keeps."""

    name = "sla"
    database = DatabaseProvider()
    config = ConfigProvider()
    relay = Relay()

    @query("board.read")
    def get_sla_board(self, call: Call) -> Json:
        """What runs, what is due soon, what is overdue, as far as the actor's scope goes."""
        return get_sla_board(call.uow, call.actor, call.now)

    @query("ticket.read")
    def list_clocks(self, call: Call, *, number: str) -> Json:
        """A ticket's clocks, explained."""
        return list_clocks(call.uow, call.actor, args.number_of(number), call.now)

    @query("sla.reconcile")
    def list_unfinished(self, call: Call, *, after: str | None = None, limit: int = 50) -> Json:
        """Ids of the tickets that sla takes for unfinished, for comparing them."""
        place = None if after is None else args.uuid_of("after", after)
        return list_unfinished(call.uow.session, place, min(limit, MOST_UNFINISHED))

    @command("sla.reconcile")
    def reconcile_tickets(self, call: Call, *, items: list[Json]) -> Json:
        """Copy what ticketing knows better."""
        return reconcile_tickets(call.uow, items, self.config.business_zone, call.now)
