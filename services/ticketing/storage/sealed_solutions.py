"""Keeps the solution of a loaded ticket readable, whatever form its row has."""

from typing import Any

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.sealed_texts import open_solution, sealing_keys, solution_context

_HELD = "_held_solution"


def watch_solutions() -> None:
    """Open solutions when tickets are loaded, and seal them when they are written."""
    event.listen(Ticket, "load", _opened)
    event.listen(Ticket, "refresh", _opened)
    event.listen(Ticket, "before_update", _seal)
    event.listen(Ticket, "after_update", _show_again)


def _opened(ticket: Any, context: Any, _names: Any = None) -> None:
    for name, value in open_solution(context.session, ticket).items():
        set_committed_value(ticket, name, value)


def _seal(_mapper: Any, _connection: Connection, ticket: Any) -> None:
    if not inspect(ticket).attrs.solution.history.has_changes():
        return
    session = object_session(ticket)
    assert isinstance(session, Session)
    keys, solution = sealing_keys(session), ticket.solution
    if keys is None or solution is None:
        ticket.sealed_solution = None
        return
    ticket.sealed_solution = keys.encrypt_text(solution, solution_context(ticket.ticket_id))
    ticket.solution = None
    setattr(ticket, _HELD, solution)


def _show_again(_mapper: Any, _connection: Connection, ticket: Any) -> None:
    """The row has it sealed; whoever holds the ticket goes on reading."""
    if held := vars(ticket).pop(_HELD, None):
        set_committed_value(ticket, "solution", held)
