"""A customer's other tickets with their results, for whoever works for that customer now."""

from typing import Any

from sqlalchemy import bindparam, false, select

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.ticketing.queries.scoping import SCOPE_COLUMNS, TICKET_SCOPE, scope_of
from services.ticketing.queries.shapes import show_instant
from services.ticketing.storage.sealed_texts import open_solution
from services.ticketing.storage.tables import tickets

_SHOWN = 10
_LONGEST = 500  # characters of a result
# Scopes that keep units apart: their holders see no other unit's work, whoever the customer is.
_APART = ("department", "region")

_TICKET = select(tickets.c.ticket_id, tickets.c.customer_name, *SCOPE_COLUMNS).where(
    tickets.c.number == bindparam("number")
)
_OTHERS = (
    select(
        tickets.c.ticket_id,
        tickets.c.number,
        tickets.c.subject,
        tickets.c.kind,
        tickets.c.urgency,
        tickets.c.status,
        tickets.c.status_category,
        tickets.c.own_status,
        tickets.c.solution,
        tickets.c.sealed_solution,
        tickets.c.score,
        tickets.c.assignee_name,
        tickets.c.created_at,
        tickets.c.solved_at,
        *SCOPE_COLUMNS,
    )
    .where(
        tickets.c.customer_id == bindparam("customer_id"),
        tickets.c.ticket_id != bindparam("ticket_id"),
        tickets.c.is_confidential == false(),
        tickets.c.deleted_at.is_(None),
    )
    .order_by(tickets.c.updated_at.desc(), tickets.c.ticket_id.desc())
    .limit(_SHOWN + 1)
)


def get_customer_history(uow: UnitOfWork, actor: Actor, number: str) -> dict[str, Any]:
    """The ticket's customer, and the lately changed other tickets: {customer, tickets, has_more}.

    Nobody asks a customer again what a colleague was told: subject and result are shown to whoever
    may see this ticket, also of tickets that they may not open (`may_open`). Not of confidential
    ones, and not to holders of scopes that keep units apart.
    """
    row = uow.session.execute(_TICKET, {"number": number}).one_or_none()
    if row is None or not scope.allows(actor, scope_of(row)):
        raise NotFound("ticket.not_found", "there is no such ticket")
    statement = _OTHERS
    if actor.scopes.get("tickets") in _APART:
        statement = statement.where(scope.visible(actor, TICKET_SCOPE))
    wanted = {"customer_id": row.customer_id, "ticket_id": row.ticket_id}
    found = uow.session.execute(statement, wanted).all()
    return {
        "customer": {"customer_id": str(row.customer_id), "name": row.customer_name},
        "tickets": [_show(uow, one, actor) for one in found[:_SHOWN]],
        "has_more": len(found) > _SHOWN,
    }


def _show(uow: UnitOfWork, row: Any, actor: Actor) -> dict[str, Any]:
    solution = open_solution(uow.session, row).get("solution", row.solution)
    return {
        "number": row.number,
        "subject": row.subject,
        "kind": row.kind,
        "urgency": row.urgency,
        "status": row.status,
        "status_category": row.status_category,
        "own_status": row.own_status,
        "result": solution and solution[:_LONGEST],
        "score": row.score,
        "assignee_name": row.assignee_name,
        "created_at": show_instant(row.created_at),
        "solved_at": show_instant(row.solved_at),
        "may_open": scope.allows(actor, scope_of(row)),
    }
