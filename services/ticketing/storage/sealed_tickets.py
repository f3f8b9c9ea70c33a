"""Keeps solution and confidential fields of a loaded ticket readable, whatever form its row has."""

from typing import Any

from sqlalchemy import Connection, event, inspect
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from libs.common.crypto import Undecryptable
from services.ticketing.domain.confidential import split_fields
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.sealed_texts import (
    fields_context,
    open_fields,
    open_solution,
    seal_fields,
    sealing_keys,
    solution_context,
)

_HELD, _UNREADABLE = "_held", "_unreadable_fields"
# Whatever of these changes, the fields are divided anew.
_DIVIDING = ("fields", "is_confidential", "template_version_id")


def watch_sealed() -> None:
    """Open what is sealed when tickets are loaded, and seal it when they are written."""
    event.listen(Ticket, "load", _opened)
    event.listen(Ticket, "refresh", _opened)
    event.listen(Ticket, "before_update", _seal)
    event.listen(Ticket, "after_update", _show_again)


def _opened(ticket: Any, context: Any, _names: Any = None) -> None:
    for name, value in open_solution(context.session, ticket).items():
        set_committed_value(ticket, name, value)
    if ticket.sealed_fields is None:
        return
    secret = open_fields(context.session, ticket)
    vars(ticket)[_UNREADABLE] = secret is None
    set_committed_value(ticket, "fields", {**ticket.fields, **(secret or {})})


def _seal(_mapper: Any, _connection: Connection, ticket: Any) -> None:
    session = object_session(ticket)
    assert isinstance(session, Session)
    held: dict[str, Any] = {}
    if _changed(ticket, "solution", "is_confidential"):
        _seal_solution(session, ticket, held)
    if ticket.is_confidential and _changed(ticket, *_DIVIDING):
        _seal_fields(session, ticket, held)
    setattr(ticket, _HELD, held)


def _seal_solution(session: Session, ticket: Any, held: dict[str, Any]) -> None:
    keys = sealing_keys(session, is_confidential=ticket.is_confidential)
    solution = ticket.solution
    if keys is None or solution is None:
        ticket.sealed_solution = None
        return
    ticket.sealed_solution = keys.encrypt_text(solution, solution_context(ticket.ticket_id))
    held["solution"], ticket.solution = solution, None


def _seal_fields(session: Session, ticket: Any, held: dict[str, Any]) -> None:
    if vars(ticket).get(_UNREADABLE):
        # Written now, they would be lost for ever.
        raise Undecryptable(fields_context(ticket.ticket_id))
    keys = sealing_keys(session, is_confidential=True)
    assert keys is not None
    plain, secret = split_fields(ticket.fields, ticket.template, is_confidential=True)
    ticket.sealed_fields = seal_fields(keys, ticket.ticket_id, secret)
    held["fields"], ticket.fields = ticket.fields, plain


def _changed(ticket: Any, *names: str) -> bool:
    known = inspect(ticket).attrs
    return any(known[name].history.has_changes() for name in names)


def _show_again(_mapper: Any, _connection: Connection, ticket: Any) -> None:
    """The row has it sealed; whoever holds the ticket goes on reading."""
    for name, value in vars(ticket).pop(_HELD, {}).items():
        set_committed_value(ticket, name, value)
