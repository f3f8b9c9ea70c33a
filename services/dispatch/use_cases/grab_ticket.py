"""Somebody takes a ticket that is offered to their group: one of all who try gets it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import Person, find_person, names_of
from libs.common.directory.tables import GROUPS
from libs.common.errors import Conflict, Forbidden, NotFound
from libs.common.ids import uuid7
from services.dispatch.domain.assignments import PROPOSED, Assignment
from services.dispatch.domain.explaining import explain_plainly
from services.dispatch.domain.rules import GRAB
from services.dispatch.domain.settings import Settings
from services.dispatch.domain.settling import Header
from services.dispatch.domain.waiting import Waiting
from services.dispatch.storage.candidates import quota_of
from services.dispatch.storage.load_rows import lock_loads
from services.dispatch.storage.rule_book import load_settings
from services.dispatch.storage.ticket_copies import lock_by_number
from services.dispatch.storage.waiting_rows import waiting_of
from services.dispatch.use_cases.ledger import Ledger
from services.dispatch.use_cases.telling import close_offer, propose


def grab_ticket(uow: UnitOfWork, now: datetime, *, person_id: UUID, number: str) -> dict[str, Any]:
    """Give the ticket to this person, as far as dispatch is concerned; ticketing has to confirm.

    Raises NotFound for an unknown ticket, Forbidden outside the group, Conflict `offer.closed`
    when somebody else was quicker or time is up, `grab.quota` with as many grabbed as one may
    have. How much else they have to do is no reason: who grabs knows that best.
    """
    header = lock_by_number(uow.session, number)
    if header is None:
        raise NotFound("ticket.not_found", "there is no such ticket")
    waiting = waiting_of(uow.session, [header.ticket_id]).get(header.ticket_id)
    if waiting is None or not _is_offered(waiting, now):
        raise Conflict("offer.closed", "the ticket can no longer be grabbed")
    person = find_person(uow.session, person_id)
    if person is None or not person.is_active or waiting.group_id not in person.group_ids:
        raise Forbidden("offer.not_yours", "the ticket is offered to another group")
    settings = load_settings(uow.session)
    _check_quota(uow, person_id, settings)
    grabbed = _grab(uow, header, waiting, person, settings, now)
    crash_point("dispatch_after_grab_before_commit")
    return {"state": "pending", "assignment_id": str(grabbed.assignment_id)}


def _is_offered(waiting: Waiting, now: datetime) -> bool:
    is_over = waiting.offer_ends_at is not None and waiting.offer_ends_at <= now
    return waiting.mode == GRAB and waiting.offer_id is not None and not is_over


def _check_quota(uow: UnitOfWork, person_id: UUID, settings: Settings) -> None:
    quota = quota_of(uow.session, person_id, settings)
    # Held until the commit, so that two grabs of one person count one another.
    if lock_loads(uow.session, [person_id])[person_id].grabbed >= quota:
        raise Conflict("grab.quota", f"at most {quota} grabbed tickets at a time", {"quota": quota})


def _grab(
    uow: UnitOfWork,
    header: Header,
    waiting: Waiting,
    person: Person,
    settings: Settings,
    now: datetime,
) -> Assignment:
    ledger = Ledger(now)
    assert waiting.group_id is not None
    explanation = explain_plainly(
        GRAB,
        group_id=waiting.group_id,
        group_name=names_of(uow.session, GROUPS, [waiting.group_id]).get(waiting.group_id),
        person_id=person.person_id,
        person_name=person.name,
        tried=waiting.tried,
    )
    grabbed = Assignment(
        assignment_id=uuid7(),
        ticket_id=header.ticket_id,
        customer_id=header.customer_id,
        person_id=person.person_id,
        group_id=waiting.group_id,
        epoch=header.epoch + 1,
        state=PROPOSED,
        mode=GRAB,
        weight=settings.weight_of(header.urgency, header.channel, header.status_category),
        decision_id=ledger.decide(header.ticket_id, "grabbed", explanation, GRAB),
        waiting_since=waiting.since,
        proposed_at=now,
        sent_at=now,
    )
    ledger.begin(grabbed)
    ledger.leave(waiting)
    ledger.write(uow.session)
    propose(uow, header, grabbed, person.name)
    names = {person.person_id: person.name}
    close_offer(uow, header, waiting, "grabbed", taken_by=person.person_id, names=names)
    return grabbed
