"""How tickets move beside their work: followed, urged, supervised, deleted and restored."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command
from libs.common.config import Config
from libs.common.errors import field_error
from services.ticketing.service import arguments as args
from services.ticketing.service.answers import changed
from services.ticketing.use_cases import binning, copying, supervising, urging

Json = dict[str, Any]


class MovingCalls:
    """Each answers with the ticket as it now is."""

    config: Config

    @command("ticket.cc")
    def change_copies(
        self,
        call: Call,
        *,
        number: str,
        added: list[Json] | None = None,
        removed: list[str] | None = None,
        note: str | None = None,
    ) -> Json:
        """Have people, groups or departments follow a ticket (抄送), or no longer."""
        ticket = copying.change_copies(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            added=[_copy(one) for one in added or ()],
            removed=args.uuids_of("removed", removed),
            note=note,
        )
        return changed(call, ticket)

    @command("ticket.urge")
    def urge_ticket(self, call: Call, *, number: str, note: str | None = None) -> Json:
        """The customer has asked how it goes (催单)."""
        ticket = urging.urge_ticket(
            call.uow, call.actor, call.now, number=args.number_of(number), note=note
        )
        return changed(call, ticket)

    @command("ticket.supervise")
    def supervise_ticket(
        self,
        call: Call,
        *,
        number: str,
        due_at: str,
        every_hours: int,
        note: str | None = None,
    ) -> Json:
        """Watch over a ticket (督办) until one signs it off."""
        ticket = supervising.supervise_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            due_at=args.instant_of("due_at", due_at),
            every_hours=args.count_of("every_hours", every_hours),
            note=note,
        )
        return changed(call, ticket)

    @command("ticket.supervise")
    def sign_off(self, call: Call, *, number: str, words: str) -> Json:
        """Be content with what has become of a ticket that one supervises."""
        ticket = supervising.sign_off(
            call.uow, call.actor, call.now, number=args.number_of(number), words=words
        )
        return changed(call, ticket)

    @command("ticket.supervise")
    def cancel_supervision(self, call: Call, *, number: str, reason: str) -> Json:
        """Have nobody supervise a ticket any more."""
        ticket = supervising.cancel_supervision(
            call.uow, call.actor, call.now, number=args.number_of(number), reason=reason
        )
        return changed(call, ticket)

    @command("ticket.delete")
    def delete_ticket(
        self, call: Call, *, number: str, reason: str, version: int | None = None
    ) -> Json:
        """Put a ticket into the bin."""
        ticket = binning.delete_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            reason=reason,
            version=args.optional_count("version", version),
        )
        return changed(call, ticket)

    @command("ticket.delete")
    def restore_ticket(self, call: Call, *, number: str) -> Json:
        """Take a ticket out of the bin."""
        ticket = binning.restore_ticket(
            call.uow, call.actor, call.now, number=args.number_of(number)
        )
        return changed(call, ticket)

    @command("ticket.purge")
    def purge_ticket(self, call: Call, *, number: str, confirmation: str) -> Json:
        """Remove what is in the bin for good; `confirmation` is its number once more.

        Blobs are left to the sweep of those that no row knows.
        """
        ticket, _ = binning.purge_ticket(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            confirmation=args.number_of(confirmation),
        )
        return {"number": ticket.number, "audit": ticket.trace()}


def _copy(raw: object) -> tuple[str, Any]:
    if not isinstance(raw, dict):
        raise field_error("added", "must be a list of objects")
    return str(raw.get("kind")), args.uuid_of("added.id", raw.get("id"))
