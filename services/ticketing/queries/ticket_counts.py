"""Counters beside the views: exact up to a thousand, because more is not read anyway."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, literal, select, union_all

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from services.ticketing.queries.filters import VIEWS, known_scope
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.storage.tables import tickets

_LIMIT = 1000
_ENOUGH = _LIMIT + 1


def count_tickets(
    uow: UnitOfWork, actor: Actor, views: Sequence[str] | None = None
) -> dict[str, dict[str, Any]]:
    """{view: {value, is_exact}} of what the actor may see."""
    counted = {view: _count(uow, actor, view) for view in views or VIEWS}
    return {
        view: {"value": min(found, _LIMIT), "is_exact": found <= _LIMIT}
        for view, found in counted.items()
    }


def _count(uow: UnitOfWork, actor: Actor, view: str) -> int:
    if view not in VIEWS:
        raise field_error("views", f"must be among {', '.join(VIEWS)}", "filter.invalid")
    branches = scope.branches(actor, TICKET_SCOPE, known_scope({"view": view}, actor))
    some = [
        select(literal(1)).select_from(tickets).where(part, *VIEWS[view](actor)).limit(_ENOUGH)
        for part in branches
    ]
    if not some:
        return 0
    together = some[0] if len(some) == 1 else union_all(*some).limit(_ENOUGH)
    counted = select(func.count()).select_from(together.subquery())
    return int(uow.session.execute(counted).scalar_one())
