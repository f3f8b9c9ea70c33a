"""What people promise one another about a ticket, by when: supervision 督办, collaboration 协作."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.reporting.domain import acts as words
from services.reporting.domain.facts import Part, TicketFact

_STARTED, _ANSWERED = "ticket.collaboration_started", "ticket.collaboration_answered"
_AGAIN, _OVERDUE = "ticket.collaboration_asked_again", "ticket.collaboration_overdue"


@dataclass(frozen=True)
class Promise:
    """An act to be: `told` is what it has beside the ticket's own group, agent and urgency."""

    what: str
    at: datetime
    told: dict[str, Any] = field(default_factory=dict)


def promises_of(life: Sequence[TicketFact]) -> list[Promise]:
    """What was asked, kept and missed; a deadline is missed once, when it has passed."""
    return [*_supervisions(life), *_collaborations(life)]


def _supervisions(life: Sequence[TicketFact]) -> list[Promise]:
    found: list[Promise] = []
    due_at: datetime | None = None
    is_missed = False
    for fact in life:
        if fact.type == "ticket.supervised":
            due_at, is_missed = fact.due_at, False
            found.append(Promise(words.SUPERVISED, fact.occurred_at))
        elif fact.type in ("ticket.supervision_urged", "ticket.supervision_ended"):
            is_late = due_at is not None and fact.occurred_at > due_at
            if is_late and due_at and not is_missed:
                is_missed = True
                found.append(Promise(words.SUPERVISION_MISSED, due_at))
            if fact.outcome == "signed_off":
                told = {"is_passed": due_at is not None and not is_missed}
                found.append(Promise(words.SIGNED_OFF, fact.occurred_at, told))
    return found


def _collaborations(life: Sequence[TicketFact]) -> list[Promise]:
    found: list[Promise] = []
    missed: set[str] = set()
    for fact in life:
        if fact.type == _STARTED:
            found += [Promise(words.ASKED, fact.occurred_at, _whose(one)) for one in fact.parts]
        part = fact.part
        if part is None:
            continue
        if fact.type == _AGAIN:
            # Another round has its own deadline.
            missed.discard(part.part_id)
        is_late = part.due_at is not None and fact.occurred_at > part.due_at
        if fact.type in (_OVERDUE, _ANSWERED) and is_late and part.part_id not in missed:
            missed.add(part.part_id)
            found.append(Promise(words.HELP_MISSED, part.due_at or fact.occurred_at, _whose(part)))
        if fact.type == _ANSWERED and part.due_at is not None:
            told = _whose(part) | {"is_passed": not is_late}
            found.append(Promise(words.HELPED, fact.occurred_at, told))
    return found


def _whose(part: Part) -> dict[str, Any]:
    """The department's, the group's or the person's that is asked, and nobody else's."""
    return {
        "department_id": part.target_id if part.target_kind == "department" else None,
        "group_id": part.target_id if part.target_kind == "group" else None,
        "agent_id": part.target_id if part.target_kind == "person" else None,
    }
