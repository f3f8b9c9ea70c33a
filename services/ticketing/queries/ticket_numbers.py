"""The numbers of the first tickets of a list, for work on all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, text, union_all

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.queries.filters import clauses, known_scope
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.storage.tables import tickets

_ORDER = text("updated_at DESC, ticket_id DESC")


def find_numbers(
    uow: UnitOfWork,
    actor: Actor,
    filters: Mapping[str, Any],
    most: int,
    *,
    beside: Sequence[ColumnElement[bool]] = (),
) -> list[str]:
    """Of what the actor may see and the filters let through, the newest first.

    `beside` narrows it further.
    """
    conditions = [*clauses(filters, actor), *beside]
    branches = scope.branches(actor, TICKET_SCOPE, known_scope(filters, actor))
    columns = select(tickets.c.number, tickets.c.updated_at, tickets.c.ticket_id)
    parts = [columns.where(part, *conditions).order_by(_ORDER).limit(most) for part in branches]
    if not parts:
        return []
    merged: Any = parts[0] if len(parts) == 1 else union_all(*parts).order_by(_ORDER).limit(most)
    return [row.number for row in uow.session.execute(merged)]
