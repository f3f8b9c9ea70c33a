"""Time spent on tickets."""

from datetime import date
from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.config import Config
from libs.common.errors import field_error
from services.ticketing.domain.effort import Effort
from services.ticketing.domain.ticket import Ticket
from services.ticketing.queries import efforts as queries
from services.ticketing.queries.together_shapes import show_effort
from services.ticketing.service import arguments as args
from services.ticketing.use_cases import efforts

Json = dict[str, Any]


class EffortCalls:
    """Everybody keeps their own."""

    config: Config

    @query("ticket.read")
    def list_efforts(
        self, call: Call, *, number: str, limit: int = 25, cursor: str | None = None
    ) -> Json:
        """What everybody has spent, with the totals."""
        return queries.list_efforts(call.uow, call.actor, args.number_of(number), limit, cursor)

    @command("ticket.log_effort")
    def log_effort(
        self,
        call: Call,
        *,
        number: str,
        minutes: int,
        note: str | None = None,
        worked_on: str | None = None,
    ) -> Json:
        """So many minutes on a day; without one today."""
        done = efforts.log_effort(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            number=args.number_of(number),
            minutes=args.count_of("minutes", minutes),
            note=note,
            worked_on=_day(worked_on),
        )
        return _answer(*done)

    @command("ticket.log_effort")
    def edit_effort(
        self,
        call: Call,
        *,
        number: str,
        effort_id: str,
        minutes: int,
        note: str | None = None,
        worked_on: str | None = None,
    ) -> Json:
        """Correct one's own."""
        done = efforts.edit_effort(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            number=args.number_of(number),
            effort_id=args.uuid_of("effort_id", effort_id),
            minutes=args.count_of("minutes", minutes),
            note=note,
            worked_on=_day(worked_on),
        )
        return _answer(*done)

    @command("ticket.log_effort")
    def remove_effort(self, call: Call, *, number: str, effort_id: str) -> Json:
        """Take one's own back."""
        done = efforts.remove_effort(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            effort_id=args.uuid_of("effort_id", effort_id),
        )
        return _answer(*done)


def _answer(ticket: Ticket, effort: Effort) -> Json:
    after = {"minutes": effort.minutes, "total_minutes": ticket.effort_minutes}
    trace = {"object": ticket.number, "before": {}, "after": after}
    return show_effort(effort) | {"audit": trace}


def _day(value: object) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (ValueError, TypeError):
        raise field_error("worked_on", "must be a day (YYYY-MM-DD)") from None
