"""Which policies and settings name a category, a status, a tag or a field of tickets."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.conditions.naming import Named
from services.sla.storage.policy_rows import all_policies
from services.sla.storage.settings_row import read_settings

Json = dict[str, Any]


def uses_of(session: Session, actor: Actor, asked: Sequence[Named]) -> Json:
    """{items}: for each that is asked after [{kind, id, name, is_active}], in their order.

    Whoever may not look at policies learns that there are some, and not what they are called.
    Settings come last: there is one of them, so it has no id.
    """
    rows, complaint = all_policies(session), read_settings(session)["repeated_complaint"]
    may_read = actor.may("sla.read")
    return {
        "items": [
            [
                *(_show(row, may_read) for row in rows if _names(row, one)),
                *([_setting(complaint, may_read)] if one.in_actions(complaint["actions"]) else []),
            ]
            for one in asked
        ]
    }


def _names(row: RowMapping, named: Named) -> bool:
    return (
        named.in_condition(row["condition"])
        or any(status in named.statuses for status in row["pause_statuses"])
        or any(named.in_actions(step.get("actions")) for step in row["steps"])
    )


def _setting(complaint: Mapping[str, Any], may_read: bool) -> Json:
    return {
        "kind": "sla_setting",
        "id": None,
        "name": "repeated_complaint" if may_read else None,
        "is_active": complaint["is_active"],
    }


def _show(row: RowMapping, may_read: bool) -> Json:
    return {
        "kind": "sla_policy",
        "id": str(row["policy_id"]),
        "name": row["name"] if may_read else None,
        "is_active": row["is_active"],
    }
