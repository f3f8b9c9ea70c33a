"""Statuses with their names and the texts that customers read."""

from typing import Any

from sqlalchemy import select

from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.storage.tables import statuses


def list_statuses(uow: UnitOfWork) -> dict[str, Any]:
    """All statuses in the order of a ticket's life: {items}."""
    rows = uow.session.execute(select(statuses).order_by(statuses.c.position))
    return {"items": [_show(row) for row in rows]}


def _show(row: Any) -> dict[str, Any]:
    return {
        "key": row.key,
        "category": row.category,
        "label": {"zh": row.label_zh, "en": row.label_en},
        "customer_text": {"zh": row.customer_text_zh, "en": row.customer_text_en},
        "position": row.position,
    }
