"""Merges tickets into one, and takes them apart again. The shell commits."""

from collections.abc import Sequence
from datetime import datetime

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound, field_error
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.merging import MOST_AT_ONCE
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.ticket_finders import ids_of, lock_by_ids, merged_into
from services.ticketing.use_cases.finding import handled
from services.ticketing.use_cases.finding_several import find_several
from services.ticketing.use_cases.keeping import keep


def merge_tickets(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    sources: Sequence[str],
    reason: str | None = None,
    is_confirmed: bool = False,
) -> Ticket:
    """The sources become part of this ticket; all or none. Returns this ticket."""
    if not sources or len(set(sources)) > MOST_AT_ONCE:
        raise field_error("numbers", f"must have 1 to {MOST_AT_ONCE} members", "field.invalid")
    reason = checks.optional_text("reason", reason)
    target, merged = find_several(uow, actor, number, sources, "numbers")
    target.absorb(merged, reason, Act(actor, now, uuid7), is_confirmed=is_confirmed)
    keep(uow, target, *merged)
    return target


def unmerge_ticket(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, reason: str | None = None
) -> Ticket:
    """This merged ticket is one of its own again. Returns it."""
    reason = checks.optional_text("reason", reason)
    ids, target_id = ids_of(uow.session, [number]), merged_into(uow.session, number)
    tickets = lock_by_ids(uow.session, [*ids.values(), *([target_id] if target_id else [])])
    source = tickets[ids[number]] if number in ids else None
    if source is None or source.deleted_at or not scope.allows(actor, source.scope()):
        raise NotFound("ticket.not_found", "there is no such ticket")
    handled(actor, source)
    # The other one is told even where the actor does not see it.
    if source.merged_into is None or source.merged_into not in tickets:
        raise Conflict("merge.not_merged", "the ticket is not merged into another one")
    target = tickets[source.merged_into]
    act = Act(actor, now, uuid7)
    source.unmerge_from(target, reason, act)
    source.wait_for_children(act)
    keep(uow, source, target)
    return source
