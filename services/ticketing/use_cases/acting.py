"""Carries out what rules want done with a ticket; what does not apply is said and stops nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from libs.common.actions import Action, parse_actions
from libs.common.errors import DeskError, InvalidInput
from services.ticketing.domain.act import Act
from services.ticketing.domain.ruled import Target, carry_out
from services.ticketing.domain.ticket import Ticket
from services.ticketing.use_cases.targets import find_target


@dataclass
class Outcome:
    """The types of actions that were carried out, and {action, code} of those that were not."""

    done: list[str] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)


def follow_actions(
    session: Session,
    ticket: Ticket,
    raws: Iterable[Any],
    reason: str,
    act: Act,
    carry: Callable[[Ticket, Action, Target, str, Act], None] = carry_out,
) -> Outcome:
    """One after another; a refused one leaves an entry that says why."""
    outcome = Outcome()
    for raw, action in _read(raws):
        try:
            if isinstance(action, InvalidInput):
                raise action
            carry(ticket, action, find_target(session, ticket, action), reason, act)
            outcome.done.append(raw["type"])
        except DeskError as refusal:
            ticket.tell_skipped(raw, refusal.code, reason, act)
            kind = raw.get("type") if isinstance(raw, dict) else None
            outcome.skipped.append({"action": kind, "code": refusal.code})
    return outcome


def _read(raws: Iterable[Any]) -> Iterable[tuple[Any, Action | InvalidInput]]:
    """Each by itself: one that this release cannot read spoils no other."""
    for raw in raws:
        try:
            yield raw, parse_actions([raw])[0]
        except InvalidInput as wrong:
            yield raw, wrong
