"""Brings one ticket's assignment and place in a waiting list into line with its header.

A function of states, not of events, so that order and repetition do not matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.dispatch.domain.assignments import (
    ACCEPT_TIMEOUT,
    ACTIVE,
    ESCALATION,
    PROPOSED,
    Assignment,
)

FINISHED = frozenset(("solved", "closed"))


@dataclass(frozen=True, slots=True)
class Header:
    """A ticket as its newest known event tells it."""

    ticket_id: UUID
    number: str
    seq: int
    epoch: int
    status: str
    status_category: str
    urgency: str
    kind: str
    channel: str
    assignee_id: UUID | None
    group_id: UUID | None
    department_id: UUID | None
    region_id: UUID | None
    customer_id: UUID
    subject: str
    tags: Sequence[str]
    custom_fields: Mapping[str, Any]
    created_at: datetime
    occurred_at: datetime
    accepted_at: datetime | None
    score: int | None = None
    is_dissatisfied: bool = False
    urge_count: int = 0
    category_path: Sequence[UUID] = ()

    @property
    def is_finished(self) -> bool:
        """Nobody has to work on it any more."""
        return self.status_category in FINISHED

    def as_facts(self) -> dict[str, Any]:
        """What conditions ask of it."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True)
class Settlement:
    """What is to be done: end the assignment for a cause, confirm it, begin one, wait for one.

    What does not wait has no place in a waiting list.
    """

    ends: str | None = None
    confirms: bool = False
    begins: bool = False
    waits: bool = False


def settle(header: Header, held: Assignment | None) -> Settlement:
    """`held` is the ticket's assignment that has not ended.

    An active one of a later epoch than the header's was confirmed before the header came: the
    header is behind, and what it says of the assignee no longer holds.
    """
    if header.is_finished:
        return Settlement(ends="finished") if held and not _is_ahead(held, header) else Settlement()
    if held and (_is_ahead(held, header) or _is_open_proposal(held, header)):
        return Settlement()
    if header.assignee_id is None:
        return Settlement(ends="unassigned" if held else None, waits=True)
    if held and _is_theirs(held, header):
        return Settlement(confirms=held.state == PROPOSED)
    cause = "overtaken" if held and held.state == PROPOSED else "reassigned"
    return Settlement(ends=cause if held else None, begins=True)


def _is_ahead(held: Assignment, header: Header) -> bool:
    return held.state == ACTIVE and held.epoch > header.epoch


def _is_open_proposal(held: Assignment, header: Header) -> bool:
    """It fits the ticket as it is, so ticketing will answer it."""
    return held.state == PROPOSED and held.epoch == header.epoch + 1


def _is_theirs(held: Assignment, header: Header) -> bool:
    return held.epoch == header.epoch and held.person_id == header.assignee_id


def is_to_be_withdrawn(
    header: Header, held: Assignment | None, unaccepted_epoch: int | None
) -> bool:
    """Whether nobody has accepted the ticket in time and it is still with the same person.

    To whom it was escalated keeps it: there is no next candidate, and they have been told.
    """
    return (
        held is not None
        and held.state == ACTIVE
        and held.mode != ESCALATION
        and held.epoch == unaccepted_epoch == header.epoch
        and held.withdrawn_at is None
        and header.accepted_at is None
        and not header.is_finished
    )


def is_to_stay(header: Header, held: Assignment) -> bool:
    """Whether it was accepted while it was being withdrawn for not being so.

    Ticketing has let them keep it then, and says nothing of the withdrawal.
    """
    return (
        held.withdrawn_at is not None
        and held.end_cause == ACCEPT_TIMEOUT
        and held.epoch == header.epoch
        and header.accepted_at is not None
    )
