"""Actions of rules on a ticket: the same changes that people make, by the same rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from libs.common.actions import (
    Action,
    AddNote,
    AddTags,
    Assign,
    RemoveTags,
    SetStatus,
    SetUrgency,
    Transfer,
)
from libs.common.errors import Conflict
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import ESCALATION, Handing
from services.ticketing.domain.closing import Closing
from services.ticketing.domain.passing import transfer_note
from services.ticketing.domain.placing import Colleague, Team
from services.ticketing.domain.settings import Settings
from services.ticketing.domain.statuses import OwnStatuses, is_unfinished
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.vocabulary import URGENCIES


@dataclass(frozen=True)
class Target:
    """To whom an action gives the ticket, as far as somebody has been found.

    `settings` are those that bind people, too, when they do the same by hand. `own`: the company's
    own statuses, for an action that sets one.
    """

    team: Team | None = None
    person_id: UUID | None = None
    name: str = ""
    colleague: Colleague | None = None
    settings: Settings = field(default_factory=Settings)
    own: OwnStatuses = field(default_factory=dict)


def carry_out(ticket: Ticket, action: Action, target: Target, reason: str, act: Act) -> None:
    """Change the ticket; what is so already stays without an entry.

    `reason` says which rule wants it. Raises DeskError for what no longer applies.
    """
    if not is_unfinished(ticket.status) and not isinstance(action, AddNote):
        raise Conflict("ticket.finished", "the ticket is solved or closed")
    change(ticket, action, target, reason, act)


def change(ticket: Ticket, action: Action, target: Target, reason: str | None, act: Act) -> None:
    """The same on finished tickets, too, as far as people may do it by hand."""
    _CARRY_OUT[type(action)](ticket, action, target, reason, act)


def _set_urgency(ticket: Ticket, action: SetUrgency, _: Target, reason: str, act: Act) -> None:
    is_raised = URGENCIES.index(action.urgency) > URGENCIES.index(ticket.urgency)
    if is_raised or action.may_lower:
        ticket.edit({"urgency": action.urgency}, reason, act)


def _add_tags(ticket: Ticket, action: AddTags, _: Target, reason: str, act: Act) -> None:
    ticket.edit({"tags": list(dict.fromkeys([*ticket.tags, *action.tags]))}, reason, act)


def _remove_tags(ticket: Ticket, action: RemoveTags, _: Target, reason: str, act: Act) -> None:
    left = [tag for tag in ticket.tags if tag not in action.tags]
    ticket.edit({"tags": left}, reason, act)


def _set_status(ticket: Ticket, action: SetStatus, target: Target, reason: str, act: Act) -> None:
    if ticket.standing.key != action.status:
        closing = Closing(needs_confirmation=target.settings.needs_confirmation)
        ticket.change_status(action.status, reason, act, closing=closing, own=target.own)


def _transfer(ticket: Ticket, _: Transfer, target: Target, reason: str | None, act: Act) -> None:
    """The name of the rule or macro, which is its reason, is a note as well."""
    if target.team is None:
        raise Conflict("group.unknown", "no group that can be given tickets")
    if ticket.group_id != target.team.group_id or ticket.assignee_id is not None:
        ticket.transfer(target.team, transfer_note(reason, target.settings), act)


def _assign(ticket: Ticket, _: Assign, target: Target, reason: str, act: Act) -> None:
    if target.person_id is None:
        raise Conflict("person.unknown", "there is nobody to be given the ticket")
    if ticket.assignee_id != target.person_id:
        handing = Handing(target.colleague, mode=ESCALATION)
        ticket.hand(target.person_id, target.name, reason, handing, act)


def _add_note(ticket: Ticket, action: AddNote, _: Target, _reason: str, act: Act) -> None:
    ticket.note(action.text, (), act)


_CARRY_OUT: Mapping[type, Callable[[Ticket, Any, Target, Any, Act], None]] = {
    SetUrgency: _set_urgency,
    AddTags: _add_tags,
    RemoveTags: _remove_tags,
    SetStatus: _set_status,
    Transfer: _transfer,
    Assign: _assign,
    AddNote: _add_note,
}
