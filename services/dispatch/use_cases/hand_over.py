"""Hands over all that somebody works on: to a named person, or back to the waiting lists."""

from datetime import datetime
from uuid import UUID

from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import Person, find_person
from libs.common.errors import field_error
from libs.common.ids import uuid7
from services.dispatch.domain.assignments import ACTIVE, HAND_OVER, PROPOSED, Assignment
from services.dispatch.domain.explaining import explain_plainly
from services.dispatch.domain.settling import Header
from services.dispatch.storage.assignment_rows import open_assignments, tickets_of
from services.dispatch.storage.ticket_copies import lock_tickets, read_headers
from services.dispatch.use_cases.ledger import Ledger
from services.dispatch.use_cases.telling import propose, withdraw


def hand_over(
    uow: UnitOfWork,
    now: datetime,
    *,
    person_id: UUID,
    reason: str,
    to_person_id: UUID | None = None,
) -> int:
    """Ask ticketing to take the tickets from this person; returns how many.

    What the person is only proposed for is not theirs yet, and what is being withdrawn no longer.
    Raises InvalidInput if `to_person_id` is nobody who could take them.
    """
    successor = _successor(uow, person_id, to_person_id) if to_person_id else None
    ids = tickets_of(uow.session, person_id)
    lock_tickets(uow.session, ids)
    headers = {one.ticket_id: one for one in read_headers(uow.session, ids)}
    ledger = Ledger(now)
    theirs = [
        one
        for one in open_assignments(uow.session, ids).values()
        if one.person_id == person_id and one.state == ACTIVE and one.withdrawn_at is None
    ]
    ledger.keep(theirs)
    for held in theirs:
        header = headers[held.ticket_id]
        if successor:
            _pass_on(uow, ledger, header, held, successor, reason)
        else:
            _take_away(uow, ledger, header, held, reason)
    ledger.write(uow.session)
    crash_point("dispatch_after_hand_over_before_commit")
    return len(theirs)


def _successor(uow: UnitOfWork, person_id: UUID, to_person_id: UUID) -> Person:
    found = find_person(uow.session, to_person_id)
    if found is None or not found.is_active or found.kind != "staff":
        raise field_error("to_person_id", "is nobody who could take the tickets")
    if to_person_id == person_id:
        raise field_error("to_person_id", "must be somebody else")
    return found


def _pass_on(
    uow: UnitOfWork,
    ledger: Ledger,
    header: Header,
    held: Assignment,
    successor: Person,
    reason: str,
) -> None:
    """One open assignment a ticket: the old one ends when the new one is proposed."""
    explanation = explain_plainly(
        HAND_OVER,
        group_id=header.group_id,
        person_id=successor.person_id,
        person_name=successor.name,
    )
    held.end(HAND_OVER, ledger.now)
    proposed = Assignment(
        assignment_id=uuid7(),
        ticket_id=held.ticket_id,
        customer_id=held.customer_id,
        person_id=successor.person_id,
        group_id=header.group_id,
        epoch=held.epoch + 1,
        state=PROPOSED,
        mode=HAND_OVER,
        weight=held.weight,
        decision_id=ledger.decide(header.ticket_id, "assigned", explanation, HAND_OVER),
        note=reason,
        proposed_at=ledger.now,
        sent_at=ledger.now,
    )
    ledger.begin(proposed)
    propose(uow, header, proposed, successor.name)


def _take_away(
    uow: UnitOfWork, ledger: Ledger, header: Header, held: Assignment, reason: str
) -> None:
    held.withdraw(HAND_OVER, ledger.now)
    ledger.decide(header.ticket_id, "withdrawn", explain_plainly(HAND_OVER), HAND_OVER)
    withdraw(uow, header, held, note=reason)
