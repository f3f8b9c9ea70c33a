"""Answers of sla in the shapes of the contract, for tests of the gateway alone."""

from typing import Any
from uuid import uuid4

from tests.support import shapes

POLICY, CALENDAR, CLOCK = (str(uuid4()) for _ in range(3))
NOW, LATER = "2026-10-01T02:00:00Z", "2026-10-01T04:00:00Z"
WEEKLY = {str(day): [["09:00", "12:00"], ["13:00", "18:00"]] for day in range(1, 6)}

STEP: dict[str, Any] = {
    "key": "overdue",
    "target": "first_reply",
    "offset_seconds": 0,
    "recipients": [{"to": "assignee"}, {"to": "title", "title": "技术总监"}],
    "actions": [
        {"type": "assign", "to": "group_lead"},
        {"type": "set_urgency", "urgency": "critical"},
    ],
}
NEW_POLICY: dict[str, Any] = {
    "name": "默认",
    "calendar_id": CALENDAR,
    "targets": {"first_reply": {"critical": 7200}, "status": {"assigned": 14400}},
    "steps": [STEP],
}
COMPLAINTS: dict[str, Any] = {
    "is_active": True,
    "count": 2,
    "days": 30,
    "recipients": [{"to": "group_leads"}],
    "actions": [{"type": "add_tags", "tags": ["重复投诉"]}],
}


def policy(**changes: Any) -> dict[str, Any]:
    unsaid = {"calendar": None, "repeat_seconds": None, "repeat_limit": None}
    return {
        **NEW_POLICY,
        "policy_id": POLICY,
        "position": 1,
        "is_active": True,
        "condition": {},
        "pause_statuses": ["awaiting_customer"],
        "steps": [{**STEP, **unsaid}],
        "version": 3,
        "revision": 2,
        **changes,
    }


def calendar(**changes: Any) -> dict[str, Any]:
    hours = {"zone": "Asia/Shanghai", "weekly": WEEKLY}
    return {"calendar_id": CALENDAR, "name": "工作日", **hours, "version": 3, **changes}


def day(**changes: Any) -> dict[str, Any]:
    told = {"date": "2026-10-01", "kind": "holiday", "periods": [], "name": "国庆节"}
    return {**told, "source": "CN", **changes}


def span(**changes: Any) -> dict[str, Any]:
    sums = {"seconds": 7200.0, "running_total": 7200.0}
    return {"from": NOW, "to": LATER, "counts": True, "why": "open", **sums, **changes}


def clocks() -> dict[str, Any]:
    clock = {
        "clock_id": CLOCK,
        "target": "first_reply",
        "cycle": 1,
        "state": "running",
        "is_breached": False,
        "started_at": NOW,
        "due_at": LATER,
        "met_at": None,
        "target_seconds": 7200,
        "remaining_seconds": 100.5,
        "policy": {"policy_id": POLICY, "name": "默认"},
        "explanation": [span(), span(to=None, counts=False, why="awaiting_customer")],
        "steps": [{"key": "overdue", "at": LATER, "phase": "due", "told_at": None}],
    }
    return {"items": [clock]}


def trial() -> dict[str, Any]:
    why = [{"field": "kind", "op": "is_set", "value": None, "actual": "repair", "holds": True}]
    clock = {
        "target": "first_reply",
        "seconds": 7200,
        "due_at": LATER,
        "steps": [{"key": "overdue", "at": LATER, "phase": "due"}],
        "explanation": [span()],
    }
    return {
        "policy": {"policy_id": POLICY, "name": "默认"},
        "tried": [{"policy_id": POLICY, "name": "默认", "holds": True, "why": why}],
        "clocks": [clock],
    }


def board() -> dict[str, Any]:
    group = {"group_id": None, "name": None, "running": 5, "due_soon": 2, "overdue": 1}
    ticket = {"number": shapes.NUMBER, "subject": "冰箱不制冷", "urgency": "normal"}
    ticket |= {"target": "first_reply", "due_at": LATER}
    ticket |= dict.fromkeys(("assignee_id", "assignee_name", "group_id", "group_name"))
    return {
        "groups": [{**group, "oldest_overdue_at": NOW}],
        "tickets": {"due_soon": [], "overdue": [ticket]},
    }


def settings(**changes: Any) -> dict[str, Any]:
    return {"repeated_complaint": COMPLAINTS, "version": 3, **changes}
