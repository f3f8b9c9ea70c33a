"""Confidential tickets: who the customer is has to be checked before anything shows."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.ticketing.queries import identity_checks as queries
from services.ticketing.service import arguments as args
from services.ticketing.use_cases import identity

Json = dict[str, Any]


class ConfidentialCalls:
    """What was found out is shown by the ticket itself."""

    @query("ticket.read")
    def list_identity_checks(self, call: Call, *, number: str) -> Json:
        """All that were made."""
        return queries.list_identity_checks(call.uow, call.actor, args.number_of(number))

    @command("ticket.check_identity")
    def check_identity(
        self, call: Call, *, number: str, method: str, result: str, note: str | None = None
    ) -> Json:
        """Keep how somebody made sure of it, or could not."""
        ticket, done = identity.check_identity(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            method=method,
            result=result,
            note=note,
        )
        shown = queries.show_check(done)
        after = {name: shown[name] for name in ("method", "result", "valid_until")}
        return shown | {"audit": {"object": ticket.number, "before": {}, "after": after}}
