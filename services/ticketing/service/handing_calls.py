"""How staff hand tickets to one another: taken, given, confirmed, passed on, given back."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import changed
from services.ticketing.use_cases import passing, working

Json = dict[str, Any]


class HandingCalls:
    """A version, where one is given, is what the actor was looking at."""

    @command("ticket.take")
    def assign_ticket(
        self,
        call: Call,
        *,
        number: str,
        assignee_id: str,
        assignee_name: str,
        note: str | None = None,
        version: int | None = None,
    ) -> Json:
        """Give a ticket to somebody, or take it."""
        ticket = working.assign_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            assignee_id=args.uuid_of("assignee_id", assignee_id),
            assignee_name=assignee_name,
            note=note,
            version=args.optional_count("version", version),
        )
        return changed(call, ticket)

    @command("ticket.transfer")
    def transfer_ticket(
        self,
        call: Call,
        *,
        number: str,
        group_id: str | None = None,
        person_id: str | None = None,
        department_id: str | None = None,
        note: str | None = None,
        version: int | None = None,
    ) -> Json:
        """Pass a ticket to a group, a person or a department."""
        ticket = passing.transfer_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            group_id=args.optional_uuid("group_id", group_id),
            person_id=args.optional_uuid("person_id", person_id),
            department_id=args.optional_uuid("department_id", department_id),
            note=note,
            version=args.optional_count("version", version),
        )
        return changed(call, ticket)

    @command("ticket.return")
    def return_ticket(
        self,
        call: Call,
        *,
        number: str,
        reason: str,
        to: str | None = None,
        version: int | None = None,
    ) -> Json:
        """Give a ticket back (退回): `to` its group, whom it came from (previous), or the pool."""
        ticket = passing.return_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            reason=reason,
            to=to,
            version=args.optional_count("version", version),
        )
        return changed(call, ticket)

    @command("ticket.accept")
    def accept_ticket(self, call: Call, *, number: str) -> Json:
        """Confirm (确认接收)."""
        ticket = working.accept_ticket(
            call.uow, call.actor, call.now, number=args.number_of(number)
        )
        return changed(call, ticket)
