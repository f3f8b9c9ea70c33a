"""Work on many tickets: ordered here, done by the jobs, looked at until it is over."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.config import Config
from libs.common.errors import field_error
from services.ticketing.domain.bulks import MOST_TICKETS
from services.ticketing.queries import bulks as shown
from services.ticketing.queries.ticket_numbers import find_numbers
from services.ticketing.queries.views import fitting_view
from services.ticketing.service import arguments as args
from services.ticketing.use_cases.order_bulks import Order, cancel_bulk, create_bulk

Json = dict[str, Any]


class BulkCalls:
    """Everybody sees what they have ordered themselves."""

    config: Config

    @command("ticket.bulk")
    def create_bulk(
        self,
        call: Call,
        *,
        numbers: list[str] | None = None,
        filters: Json | None = None,
        actions: list[Json] | None = None,
        macro_id: str | None = None,
        reason: str | None = None,
        language: str = "zh",
        versions: Json | None = None,
        problem: str | None = None,
    ) -> Json:
        """On the tickets named, or on the first that the filters find."""
        if (numbers is None) == (filters is None):
            raise field_error("numbers", "give either numbers or filters")
        if [actions, macro_id, problem].count(None) != 2:
            raise field_error("actions", "give either actions, a macro or a problem")
        if numbers is None:
            found = self._found(call, args.object_of("filters", filters))
        else:
            found = [args.number_of(one) for one in numbers]
        given = args.object_of("versions", versions)
        order = Order(
            numbers=found,
            actions=actions or (),
            macro_id=args.optional_uuid("macro_id", macro_id),
            reason=reason,
            language=language,
            problem=args.number_of(problem) if problem is not None else None,
            versions={
                args.number_of(number): args.count_of("versions", version)
                for number, version in given.items()
            },
        )
        bulk_id = create_bulk(call.uow, call.actor, call.now, order)
        made = shown.get_bulk(call.uow.session, call.actor.subject, bulk_id)
        after = {"title": made["title"], "total": made["total"]}
        return made | {"audit": {"object": str(bulk_id), "before": {}, "after": after}}

    def _found(self, call: Call, narrowed: Json) -> list[str]:
        """What the same list would show, one's saved view with it."""
        zone, view = self.config.business_zone, narrowed.pop("saved_view", None)
        beside = [fitting_view(call.uow, call.actor, view, call.now, zone)] if view else []
        return find_numbers(call.uow, call.actor, narrowed, MOST_TICKETS, beside=beside)

    @query("ticket.bulk")
    def list_bulks(self, call: Call, *, limit: int = 25, cursor: str | None = None) -> Json:
        """The newest first."""
        return shown.list_bulks(call.uow.session, call.actor.subject, limit, cursor)

    @query("ticket.bulk")
    def get_bulk(self, call: Call, *, bulk_id: str) -> Json:
        """How far it is."""
        wanted = args.uuid_of("bulk_id", bulk_id)
        return shown.get_bulk(call.uow.session, call.actor.subject, wanted)

    @query("ticket.bulk")
    def list_bulk_items(
        self,
        call: Call,
        *,
        bulk_id: str,
        state: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Json:
        """What became of each ticket."""
        wanted = args.uuid_of("bulk_id", bulk_id)
        session, owner_id = call.uow.session, call.actor.subject
        return shown.list_items(session, owner_id, wanted, state, limit, cursor)

    @command("ticket.bulk")
    def cancel_bulk(self, call: Call, *, bulk_id: str) -> Json:
        """Leave the rest as it is."""
        wanted = args.uuid_of("bulk_id", bulk_id)
        cancel_bulk(call.uow, call.actor, call.now, wanted)
        left = shown.get_bulk(call.uow.session, call.actor.subject, wanted)
        after = {"status": left["status"], "skipped": left["skipped"]}
        return left | {"audit": {"object": bulk_id, "before": {}, "after": after}}
