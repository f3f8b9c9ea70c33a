"""Finds several tickets for one change, all locked in the order of ids, all within the scope."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.families import lock_family
from services.ticketing.storage.ticket_finders import ids_of, lock_by_ids
from services.ticketing.use_cases.finding import handled


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

    With `is_family` all above the ticket are locked as well. Raises Forbidden for whoever only
    watches the ticket itself.
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
    seen = _visible(actor, locked.values())
    if number not in seen:
        raise _unknown()
    return handled(actor, seen[number]), _named(actor, seen, numbers, field)


def find_listed(uow: UnitOfWork, actor: Actor, numbers: Sequence[str], field: str) -> list[Ticket]:
    """These tickets in their order; `field` is where they have been named."""
    wanted = list(dict.fromkeys(numbers))
    locked = lock_by_ids(uow.session, ids_of(uow.session, wanted).values())
    return _named(actor, _visible(actor, locked.values()), wanted, field)


def find_these(uow: UnitOfWork, actor: Actor, ids: Collection[UUID]) -> dict[UUID, Ticket]:
    """Those of the tickets that the actor may see, locked; Forbidden if one is only watched."""
    seen = _visible(actor, lock_by_ids(uow.session, ids).values())
    return {one.ticket_id: handled(actor, one) for one in seen.values()}


def _visible(actor: Actor, locked: Iterable[Ticket]) -> dict[str, Ticket]:
    """By number, without what is in the bin."""
    return {
        one.number: one
        for one in locked
        if one.deleted_at is None and scope.allows(actor, one.scope())
    }


def _named(
    actor: Actor, seen: Mapping[str, Ticket], numbers: Sequence[str], field: str
) -> list[Ticket]:
    """Those that somebody has named; raises InvalidInput for what is not there or only watched."""
    missing = [one for one in numbers if one not in seen]
    if missing:
        raise field_error(field, f"no such ticket: {', '.join(missing)}", "ticket.unknown")
    watched = [one for one in numbers if not scope.handles(actor, seen[one].scope())]
    if watched:
        message = f"you may only read: {', '.join(watched)}"
        raise field_error(field, message, "ticket.watched_only")
    return [seen[one] for one in numbers]


def _unknown() -> NotFound:
    return NotFound("ticket.not_found", "there is no such ticket")
