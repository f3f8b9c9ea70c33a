"""Why a ticket has gone to whom it went."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from services.dispatch.queries.scoping import find_ticket
from services.dispatch.queries.shapes import show_instant
from services.dispatch.storage.tables import decisions

MOST = 100
# No decision is older than its ticket but for clocks that differ: older partitions are not read.
_SKEW = timedelta(days=1)


def list_decisions(uow: UnitOfWork, actor: Actor, number: str, limit: int) -> dict[str, Any]:
    """The newest first. Raises NotFound outside the actor's scope."""
    ticket = find_ticket(uow, actor, number)
    statement = (
        select(decisions)
        .where(
            decisions.c.ticket_id == ticket.ticket_id,
            decisions.c.decided_at >= ticket.created_at - _SKEW,
        )
        .order_by(decisions.c.decided_at.desc(), decisions.c.decision_id.desc())
        .limit(limit)
    )
    return {"items": [_show(row) for row in uow.session.execute(statement)]}


def _show(row: Any) -> dict[str, Any]:
    return {
        "decision_id": str(row.decision_id),
        "decided_at": show_instant(row.decided_at),
        "outcome": row.outcome,
        "mode": row.mode,
        "explanation": row.explanation,
    }
