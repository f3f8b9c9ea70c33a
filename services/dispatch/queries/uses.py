"""Which rules name a category, a status, a tag or a field of tickets."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.conditions.naming import Named
from services.dispatch.storage import configuration as stored

Json = dict[str, Any]


def uses_of(session: Session, actor: Actor, asked: Sequence[Named]) -> Json:
    """{items}: for each that is asked after [{kind, id, name, is_active}], in their order.

    Whoever may not look at rules learns that there are some, and not what they are called.
    """
    rows = stored.list_rules(session)
    may_read = actor.may("dispatch.read")
    return {
        "items": [
            [_show(row, may_read) for row in rows if one.in_condition(row.condition)]
            for one in asked
        ]
    }


def _show(row: Row[Any], may_read: bool) -> Json:
    return {
        "kind": "dispatch_rule",
        "id": str(row.rule_id),
        "name": row.name if may_read else None,
        "is_active": row.is_active,
    }
