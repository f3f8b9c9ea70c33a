"""抄送: who follows a ticket. The shell commits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.copying import COPY_KINDS, Copied
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.directory import find_copied, find_members
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep

_MOST = 50


def change_copies(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    added: Sequence[tuple[str, UUID]] = (),
    removed: Sequence[UUID] = (),
    note: str | None = None,
) -> Ticket:
    """Have people, groups and departments follow the ticket, or no longer."""
    note = checks.optional_text("note", note)
    ticket = find_ticket(uow, actor, number)
    known = _known(uow, added)
    new = [one for one in known if one.id not in ticket.cc]
    members = find_members(uow.session, [one.id for one in new])
    ticket.change_copies(known, removed, note, Act(actor, now, uuid7), members)
    keep(uow, ticket)
    return ticket


def _known(uow: UnitOfWork, wanted: Sequence[tuple[str, UUID]]) -> list[Copied]:
    """Each once; raises InvalidInput for whom the organisation does not know."""
    if len(wanted) > _MOST:
        raise field_error("added", f"must have at most {_MOST} members", "field.too_long")
    for kind, _ in wanted:
        checks.one_of("added.kind", kind, COPY_KINDS)
    found = find_copied(uow.session, wanted)
    missing = [str(one) for _, one in wanted if one not in found]
    if missing:
        message = f"not in the organisation: {', '.join(missing)}"
        raise field_error("added", message, "copy.unknown")
    return list(found.values())
