"""Closes a ticket's open descendants with it: all of them, or nothing is changed at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, DeskError, Forbidden, NotFound
from services.ticketing.domain.act import Act
from services.ticketing.domain.closing import Closing
from services.ticketing.domain.family import MOST_CLOSED_TOGETHER
from services.ticketing.domain.rights import may_work
from services.ticketing.domain.statuses import OwnStatuses
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.families import lock_with_open_below
from services.ticketing.storage.ticket_finders import ids_of
from services.ticketing.use_cases.finding import find_ticket, handled

Json = dict[str, Any]


@dataclass(frozen=True)
class Ending:
    """How all of them are closed."""

    status: str
    reason: str | None
    closing: Closing
    own: OwnStatuses


def find_family(
    uow: UnitOfWork, actor: Actor, number: str, *, with_children: bool
) -> tuple[Ticket, list[Ticket]]:
    """The ticket and, if wanted, its open descendants, those farthest below first; all locked."""
    ids = ids_of(uow.session, [number]) if with_children else {}
    if number not in ids:
        return find_ticket(uow, actor, number), []
    *below, ticket = lock_with_open_below(uow.session, ids[number], MOST_CLOSED_TOGETHER).values()
    if ticket.deleted_at or not scope.allows(actor, ticket.scope()):
        raise NotFound("ticket.not_found", "there is no such ticket")
    return handled(actor, ticket), below


def close_below(ticket: Ticket, below: Sequence[Ticket], ending: Ending, act: Act) -> None:
    """Close the descendants as people close each of them; raises Conflict naming all that refuse.

    Of those that the actor may not see it says how many there are.
    """
    if below and not may_work(ticket.assignee_id, act.actor):
        raise Forbidden("ticket.not_assignee", "only the assignee works on this ticket")
    if len(below) > MOST_CLOSED_TOGETHER:
        message = f"no more than {MOST_CLOSED_TOGETHER} tickets are closed with the one above them"
        raise Conflict("family.too_many_open", message)
    closing = replace(ending.closing, with_parent=ticket.number)
    above = {one.ticket_id: one for one in (*below, ticket)}
    refused: list[Json] = []
    hidden = 0
    for child in below:
        if not scope.allows(act.actor, child.scope()):
            hidden += 1
        elif refusal := _refusal(child, replace(ending, closing=closing), act):
            refused.append({"number": child.number} | refusal)
        # Of one that refuses, too: what is above it must not be named for that alone.
        assert child.parent_id is not None
        above[child.parent_id].end_together(child)
    if refused or hidden:
        named = ", ".join(one["number"] for one in refused)
        message = f"cannot be closed with it: {named or f'{hidden} that you may not see'}"
        raise Conflict("family.not_closed", message, {"children": refused, "hidden": hidden})


def _refusal(child: Ticket, ending: Ending, act: Act) -> Json | None:
    try:
        if not scope.handles(act.actor, child.scope()):
            raise Forbidden("ticket.watched_only", "you may read this ticket, not work on it")
        child.change_status(ending.status, ending.reason, act, None, ending.closing, ending.own)
    except DeskError as refusal:
        return {"code": refusal.code, "message": refusal.message}
    return None
