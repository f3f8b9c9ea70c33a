"""Answers of ticketing about canned replies, macros and bulk work, for tests of the gateway."""

from typing import Any
from uuid import uuid4

from tests.support import shapes

REPLY, MACRO, BULK, OWNER = (str(uuid4()) for _ in range(4))
_NOW = "2026-10-01T02:00:00Z"
_KEPT: dict[str, Any] = {
    "language": "zh",
    "visibility": "shared",
    "group_id": None,
    "group": None,
    "owner_id": OWNER,
    "owner": {"person_id": OWNER, "name": "王主管"},
    "is_own": False,
    "can_change": True,
    "usage_count": 7,
    "last_used_at": None,
    "created_at": _NOW,
    "updated_at": _NOW,
    "version": 3,
}
ACTIONS: list[dict[str, Any]] = [
    {"type": "assign", "to": "me"},
    {"type": "set_field", "field": "退款原因", "value": "破损"},
    {"type": "reply", "text": "{{customer.name}}您好"},
]
NEW_REPLY: dict[str, Any] = {"name": "问候", "body": "{{customer.name}}您好"}
NEW_MACRO: dict[str, Any] = {"name": "退款流程", "actions": ACTIONS}
NEW_BULK: dict[str, Any] = {"numbers": [shapes.NUMBER], "actions": ACTIONS[:2]}


def reply(**changes: Any) -> dict[str, Any]:
    text = {"reply_id": REPLY, "folder": "", "shortcut": None}
    return {**_KEPT, **NEW_REPLY, **text, **changes}


def macro(**changes: Any) -> dict[str, Any]:
    own = {"macro_id": MACRO, "description": None, "is_active": True, "problem": None}
    return {**_KEPT, **NEW_MACRO, **own, **changes}


def bulk(**changes: Any) -> dict[str, Any]:
    return {
        "bulk_id": BULK,
        "title": "assign, set_field",
        "status": "running",
        "total": 4,
        "waiting": 2,
        "done": 1,
        "refused": 1,
        "skipped": 0,
        "actions": ACTIONS[:2],
        "macro_id": None,
        "problem": None,
        "created_at": _NOW,
        "finished_at": None,
        **changes,
    }


def item(**changes: Any) -> dict[str, Any]:
    return {
        "position": 0,
        "number": shapes.NUMBER,
        "state": "refused",
        "code": "ticket.closed",
        "message": "the ticket is closed",
        "settled_at": _NOW,
        **changes,
    }


def trial() -> dict[str, Any]:
    refusal = {"code": "ticket.closed", "message": "the ticket is closed"}
    step = {"action": ACTIONS[2], "missing": [], "refusal": refusal, "is_reached": True}
    return {"can_apply": False, "steps": [step]}
