"""Statuses with their names and the texts that customers read."""

from typing import Any

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.ticketing.domain.naming import Named
from services.ticketing.queries.uses import told_uses
from services.ticketing.storage import status_rows as rows
from services.ticketing.storage.template_rows import all_templates

Json = dict[str, Any]

_COUNTED = 1_000


def list_statuses(uow: UnitOfWork) -> Json:
    """All statuses in the order in which people see them, archived ones, too: {items}."""
    return {"items": [show_status(row) for row in rows.all_statuses(uow.session)]}


def get_status(uow: UnitOfWork, actor: Actor, key: str) -> Json:
    """One of them, with where it is in use; raises NotFound."""
    row = rows.find_row(uow.session, key)
    if row is None:
        raise NotFound("status.unknown", "there is no such status")
    return show_status(row) | {"usage": show_usage(uow, actor, row)}


def show_usage(uow: UnitOfWork, actor: Actor, row: Any) -> Json:
    """How many tickets have it, which templates speak of it, and which rules and views."""
    counted = rows.count_tickets(uow.session, row, _COUNTED + 1)
    return {
        "tickets": {"value": min(counted, _COUNTED), "is_exact": counted <= _COUNTED},
        "templates": [
            {"key": one["key"], "name": {"zh": one["name_zh"], "en": one["name_en"]}}
            for one in all_templates(uow.session)
            if _speaks_of(one["content"].get("statuses"), row.key)
        ],
        **told_uses(uow.session, actor, Named(statuses={row.key})),
    }


def show_status(row: Any) -> Json:
    """A status as clients see it; `base` is the shipped one that it stands on."""
    return {
        "key": row.key,
        "category": row.category,
        "base": row.base,
        "is_own": row.base != row.key,
        "label": {"zh": row.label_zh, "en": row.label_en},
        "customer_text": {"zh": row.customer_text_zh, "en": row.customer_text_en},
        "color": row.color,
        "is_archived": row.is_archived,
        "position": row.position,
        "version": row.version,
    }


def _speaks_of(rules: Any, key: str) -> bool:
    """What an older release wrote may have any shape."""
    if not isinstance(rules, dict):
        return False
    moves = rules.get("moves") or {}
    return (
        key in (rules.get("offers") or ())
        or key in moves
        or any(key in row for row in moves.values())
    )
