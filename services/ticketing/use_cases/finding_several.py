"""Finds several tickets for one change, all locked in the order of ids, all within the scope."""

from collections.abc import Collection, Sequence
from uuid import UUID

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.families import lock_family
from services.ticketing.storage.ticket_finders import ids_of, lock_by_ids


def find_several(
    uow: UnitOfWork,
    actor: Actor,
    number: str,
    others: Sequence[str],
    field: str,
    *,
    is_family: bool = False,
) -> tuple[Ticket, list[Ticket]]:
    """The ticket and the others in their order; `field` is where those have been named.

    With `is_family` all above the ticket are locked as well.
    """
    numbers = list(dict.fromkeys(others))
    ids = ids_of(uow.session, [number, *numbers])
    if number not in ids:
        raise _unknown()
    wanted = set(ids.values())
    if is_family:
        locked = lock_family(uow.session, ids[number], wanted)
    else:
        locked = lock_by_ids(uow.session, wanted)
    seen = {one.number: one for one in locked.values() if scope.allows(actor, one.scope())}
    if number not in seen:
        raise _unknown()
    missing = [one for one in numbers if one not in seen]
    if missing:
        raise field_error(field, f"no such ticket: {', '.join(missing)}", "ticket.unknown")
    return seen[number], [seen[one] for one in numbers]


def find_listed(uow: UnitOfWork, actor: Actor, numbers: Sequence[str], field: str) -> list[Ticket]:
    """These tickets in their order; `field` is where they have been named."""
    wanted = list(dict.fromkeys(numbers))
    found = find_these(uow, actor, list(ids_of(uow.session, wanted).values()))
    seen = {ticket.number: ticket for ticket in found.values()}
    missing = [one for one in wanted if one not in seen]
    if missing:
        raise field_error(field, f"no such ticket: {', '.join(missing)}", "ticket.unknown")
    return [seen[one] for one in wanted]


def find_these(uow: UnitOfWork, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Ticket]:
    """Those of the tickets that the actor may see, locked."""
    locked = lock_by_ids(uow.session, ids)
    return {key: one for key, one in locked.items() if scope.allows(actor, one.scope())}


def _unknown() -> NotFound:
    return NotFound("ticket.not_found", "there is no such ticket")
