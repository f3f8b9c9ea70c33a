"""Steps of macros and of bulk work: what people may do by hand, with their own rights."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from libs.common.actions import (
    AddNote,
    Assign,
    Reply,
    SetField,
    SetStatus,
    SetUrgency,
    Solve,
    Step,
    Transfer,
)
from libs.common.errors import Conflict
from services.ticketing.domain.act import Act
from services.ticketing.domain.ruled import Target, change
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.variables import Setting, check_variables, fill_in

# What a step is called to a person's roles; any other edits the ticket.
_PERMISSIONS: Mapping[type, str] = {
    SetStatus: "ticket.move",
    Transfer: "ticket.transfer",
    AddNote: "ticket.note",
    Reply: "ticket.reply",
    Solve: "ticket.solve",
}


def take_step(ticket: Ticket, step: Step, target: Target, reason: str | None, act: Act) -> None:
    """Carry one step out; what is so already stays without an entry.

    `reason` names the macro. Raises DeskError, as the same act by hand would.
    """
    act.actor.demand(permission_of(step, target, act))
    _TAKE.get(type(step), change)(ticket, step, target, reason, act)


def permission_of(step: Step, target: Target, act: Act) -> str:
    """What the act by hand would require."""
    if isinstance(step, Assign):
        is_taking = target.person_id is not None and target.person_id == act.actor.subject
        return "ticket.take" if is_taking else "ticket.assign"
    return _PERMISSIONS.get(type(step), "ticket.edit")


def check_texts(steps: tuple[Step, ...], where: str = "actions") -> None:
    """Refuse variables that there are not, naming the step; raises InvalidInput."""
    for place, step in enumerate(steps):
        if isinstance(step, Reply | Solve | AddNote):
            check_variables(f"{where}[{place}].text", step.text)


def filled_in(step: Step, setting: Setting) -> tuple[Step, tuple[str, ...]]:
    """The step with its variables filled in, and the names of those that had no value."""
    if not isinstance(step, Reply | Solve | AddNote):
        return step, ()
    filled = fill_in(step.text, setting)
    return replace(step, text=filled.text), filled.missing


def _set_urgency(ticket: Ticket, step: SetUrgency, _: Target, reason: str | None, act: Act) -> None:
    """People lower it, too."""
    ticket.edit({"urgency": step.urgency}, reason, act)


def _set_field(ticket: Ticket, step: SetField, _: Target, reason: str | None, act: Act) -> None:
    ticket.edit({"fields": {step.field: step.value}}, reason, act)


def _assign(ticket: Ticket, _: Assign, target: Target, reason: str | None, act: Act) -> None:
    if target.person_id is None:
        raise Conflict("person.unknown", "there is nobody to be given the ticket")
    if ticket.assignee_id != target.person_id:
        ticket.assign(target.person_id, target.name, reason, act, target.colleague)


def _reply(ticket: Ticket, step: Reply, _: Target, _reason: str | None, act: Act) -> None:
    _refuse_empty(step.text)
    ticket.reply(step.text, (), None, act)


def _solve(ticket: Ticket, step: Solve, _: Target, _reason: str | None, act: Act) -> None:
    _refuse_empty(step.text)
    ticket.solve(step.text, step.notify_customer, act)


def _add_note(ticket: Ticket, step: AddNote, _: Target, _reason: str | None, act: Act) -> None:
    _refuse_empty(step.text)
    ticket.note(step.text, (), act)


def _refuse_empty(text: str) -> None:
    if not text.strip():
        raise Conflict("macro.empty_text", "nothing is left of the text: its variables are empty")


_TAKE: Mapping[type, Callable[[Ticket, Any, Target, str | None, Act], None]] = {
    SetUrgency: _set_urgency,
    SetField: _set_field,
    Assign: _assign,
    Reply: _reply,
    Solve: _solve,
    AddNote: _add_note,
}
