"""Where the shared scope predicate finds what it needs in the copy of tickets."""

from typing import Any

from sqlalchemy import Row, Select, Uuid, column, func, select, table

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import Group
from libs.common.errors import NotFound
from libs.common.scope import ScopeColumns
from services.dispatch.storage.tables import tickets, waiting

TICKET_SCOPE = ScopeColumns(
    tickets.c.assignee_id,
    tickets.c.group_id,
    tickets.c.department_id,
    tickets.c.region_id,
    tickets.c.customer_id,
)

GROUPS = table(
    "directory_groups",
    *(column(name, Uuid) for name in ("group_id", "department_id", "region_id")),
)
# What waits in a group is the group's, as it will be for ticketing when somebody has it.
WAITING_SCOPE = ScopeColumns(
    tickets.c.assignee_id,
    waiting.c.group_id,
    func.coalesce(GROUPS.c.department_id, tickets.c.department_id),
    func.coalesce(GROUPS.c.region_id, tickets.c.region_id),
    tickets.c.customer_id,
)


def with_waiting_scope(statement: Select[Any], actor: Actor) -> Select[Any]:
    """A statement about `waiting` and `tickets`, for what the actor may see of it."""
    known = statement.outerjoin(GROUPS, GROUPS.c.group_id == waiting.c.group_id)
    return known.where(scope.visible(actor, WAITING_SCOPE))


def sees_all(actor: Actor) -> bool:
    """Whether there is no need to ask."""
    return any(isinstance(rule, scope.Everything) for rule in scope.rules_of(actor))


def find_ticket(uow: UnitOfWork, actor: Actor, number: str) -> Row[Any]:
    """The copy of a ticket; NotFound outside the actor's scope, as for one that never was."""
    row = _find(uow, number)
    if row is None or not scope.allows(actor, _scope_of(row)):
        raise _not_found()
    return row


def demand_grabbable(uow: UnitOfWork, actor: Actor, number: str) -> None:
    """Raise NotFound unless the actor sees the ticket, or did before somebody was quicker."""
    row = _find(uow, number)
    was_seen = row is not None and scope.allows(actor, {**_scope_of(row), "assignee": None})
    if not was_seen and not _waits_for(uow, actor, number):
        raise _not_found()


def _waits_for(uow: UnitOfWork, actor: Actor, number: str) -> bool:
    """Whether it waits in a group whose tickets the actor may see."""
    here = tickets.c.ticket_id == waiting.c.ticket_id
    statement = select(waiting.c.ticket_id).join(tickets, here).where(tickets.c.number == number)
    return uow.session.execute(with_waiting_scope(statement, actor)).first() is not None


def _find(uow: UnitOfWork, number: str) -> Row[Any] | None:
    return uow.session.execute(select(tickets).where(tickets.c.number == number)).one_or_none()


def _not_found() -> NotFound:
    return NotFound("ticket.not_found", "there is no such ticket")


def _scope_of(row: Any) -> dict[str, Any]:
    return {
        "assignee": row.assignee_id,
        "group": row.group_id,
        "department": row.department_id,
        "region": row.region_id,
        "requester": row.customer_id,
    }


def may_see_group(actor: Actor, group: Group) -> bool:
    """Whether the actor would see what waits in the group."""
    place = {
        "assignee": None,
        "group": group.group_id,
        "department": group.department_id,
        "region": group.region_id,
        "requester": None,
    }
    return scope.allows(actor, place)
