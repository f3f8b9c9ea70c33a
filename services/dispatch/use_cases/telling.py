"""Dispatch's own events."""

from collections.abc import Mapping
from uuid import UUID

from libs.common.contracts.dispatch import (
    AssignmentProposed,
    AssignmentWithdrawn,
    OfferClosed,
    OfferOpened,
)
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import UnitOfWork
from services.dispatch.domain.assignments import Assignment
from services.dispatch.domain.settings import CRITICAL
from services.dispatch.domain.settling import Header
from services.dispatch.domain.waiting import Waiting


def propose(uow: UnitOfWork, header: Header, proposed: Assignment, name: str) -> None:
    """Ask ticketing to make it so; critical tickets on the urgent lane."""
    uow.emit(
        AssignmentProposed,
        subject=str(header.ticket_id),
        urgent=header.urgency == CRITICAL,
        data={
            "assignment_id": proposed.assignment_id,
            "ticket_id": proposed.ticket_id,
            "number": header.number,
            "assignee_id": proposed.person_id,
            "assignee_name": name,
            "group_id": proposed.group_id,
            # The ticket's own: what it must still be.
            "epoch": proposed.epoch - 1,
            "mode": proposed.mode,
            "decision_id": proposed.decision_id,
            "note": proposed.note,
        },
    )


def withdraw(
    uow: UnitOfWork,
    header: Header,
    held: Assignment,
    *,
    note: str | None = None,
    cause: Event | None = None,
) -> None:
    """Ask ticketing to take the ticket away from its assignee; the cause stands in `held`."""
    uow.emit(
        AssignmentWithdrawn,
        subject=str(header.ticket_id),
        urgent=header.urgency == CRITICAL,
        cause=cause,
        data={
            "assignment_id": held.assignment_id,
            "ticket_id": held.ticket_id,
            "number": header.number,
            "assignee_id": held.person_id,
            "epoch": held.epoch,
            "cause": held.end_cause,
            "note": note,
        },
    )


def open_offer(uow: UnitOfWork, header: Header, waiting: Waiting) -> None:
    """Tell those of the group who are there."""
    uow.emit(
        OfferOpened,
        subject=str(header.ticket_id),
        urgent=header.urgency == CRITICAL,
        data={
            "offer_id": waiting.offer_id,
            "ticket_id": header.ticket_id,
            "number": header.number,
            "group_id": waiting.group_id,
            "urgency": header.urgency,
            "ends_at": waiting.offer_ends_at,
            "recipients": waiting.offered_to,
        },
    )


def close_offer(
    uow: UnitOfWork,
    header: Header,
    waiting: Waiting,
    cause: str,
    *,
    taken_by: UUID | None = None,
    names: Mapping[UUID, str] | None = None,
) -> None:
    """Tell the same people, but not who took it; nothing where there was no offer."""
    if waiting.offer_id is None:
        return
    uow.emit(
        OfferClosed,
        subject=str(header.ticket_id),
        data={
            "offer_id": waiting.offer_id,
            "ticket_id": header.ticket_id,
            "number": header.number,
            "group_id": waiting.group_id,
            "cause": cause,
            "taken_by": taken_by,
            "taken_by_name": (names or {}).get(taken_by) if taken_by else None,
            "recipients": [one for one in waiting.offered_to if one != taken_by],
        },
    )
