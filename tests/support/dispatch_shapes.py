"""Answers of dispatch in the shapes of the contract, for tests of the gateway alone."""

from typing import Any
from uuid import uuid4

from tests.support import shapes

PERSON, GROUP, RULE, SKILL = (str(uuid4()) for _ in range(4))
SHIFT, LEAVE = str(uuid4()), str(uuid4())
NOW, LATER = "2026-10-01T02:00:00Z", "2026-10-02T02:00:00Z"
GROUP_NAME = {"group_id": GROUP, "name": "售后一组"}
WEEKLY = {"1": [["09:00", "12:00"], ["13:00", "24:00"]], "7": []}

NEW_RULE: dict[str, Any] = {
    "name": "投诉给售后",
    "condition": {"all": [{"field": "kind", "op": "is", "value": "complaint"}]},
    "group_id": GROUP,
    "required_skills": [{"skill_id": SKILL, "level": 2}],
}


def standing(**changes: Any) -> dict[str, Any]:
    return {
        "state": "online",
        "since": NOW,
        "is_available": False,
        "reasons": ["full"],
        "load": 10,
        "capacity": 10,
        "active": 7,
        "grabbed": 1,
        "grab_quota": 5,
        "heartbeat_seconds": 60,
        **changes,
    }


def rule(**changes: Any) -> dict[str, Any]:
    return {
        "rule_id": RULE,
        "position": 1,
        "name": "投诉给售后",
        "is_active": True,
        "condition": NEW_RULE["condition"],
        "group": GROUP_NAME,
        "group_id": GROUP,
        "mode": "push",
        "strategy": "least_loaded",
        "is_sticky": False,
        "matches_language": False,
        "required_skills": [{"skill_id": SKILL, "level": 2, "key": "refunds", "name": "退款"}],
        "preferred_skills": [],
        "overflow_group_ids": [],
        "overflow_groups": [],
        "grab_seconds": None,
        "version": 3,
        **changes,
    }


def agent_view(**changes: Any) -> dict[str, Any]:
    return {
        "person_id": PERSON,
        "name": "客服一号",
        "login": "CS001",
        "groups": [GROUP_NAME],
        "capacity": None,
        "default_capacity": 10,
        "seniority": 2,
        "languages": ["zh"],
        "skills": [{"skill_id": SKILL, "key": "refunds", "name": "退款", "level": 3}],
        "shift": {"shift_id": SHIFT, "name": "早班"},
        "grab_quota": None,
        "is_automatic": True,
        "note": "",
        "leaves": [leave()],
        "presence": {"state": "away", "since": NOW, "is_available": False, "reasons": ["away"]},
        "load": 3,
        "active": 2,
        "grabbed": 0,
        "version": 3,
        **changes,
    }


def leave() -> dict[str, Any]:
    span = {"starts_at": NOW, "ends_at": LATER}
    return {"leave_id": LEAVE, "person_id": PERSON, "reason": "年假", **span}


def skill(**changes: Any) -> dict[str, Any]:
    made = {"skill_id": SKILL, "key": "refunds", "name": "退款", "is_active": True, "version": 3}
    return {**made, **changes}


def shift(**changes: Any) -> dict[str, Any]:
    hours = {"zone": "Asia/Shanghai", "weekly": WEEKLY}
    return {"shift_id": SHIFT, "name": "早班", **hours, "version": 3, **changes}


def settings(**changes: Any) -> dict[str, Any]:
    return {
        "default_capacity": 10,
        "critical_excess": 2,
        "heartbeat_seconds": 60,
        "sticky_days": 30,
        "grab_quota": 5,
        "weights": {"urgency": {"normal": 1, "urgent": 2, "critical": 3}, "channel": {"phone": 1}},
        "pending_counts": False,
        "version": 3,
        **changes,
    }


def explanation() -> dict[str, Any]:
    comparison = {"field": "kind", "op": "is", "value": "complaint", "actual": "complaint"}
    parts = {"load_share": 0.3, "skill": 0.6, "seniority": 2, "sticky": False}
    return {
        "trigger": "new",
        "rules": [
            {
                "rule_id": RULE,
                "name": "投诉给售后",
                "holds": True,
                "why": [{**comparison, "holds": True}, {"any": [], "holds": False}],
            }
        ],
        "group_id": GROUP,
        "group_name": "售后一组",
        "strategy": "least_loaded",
        "candidates": [
            {
                "person_id": PERSON,
                "name": "客服一号",
                "score": 70.0,
                "parts": {**parts, "last_assigned": None},
            }
        ],
        "skipped": [{"person_id": str(uuid4()), "name": "客服二号", "reason": "full"}],
        "skipped_counts": {"full": 1},
        "chosen": {"person_id": PERSON, "name": "客服一号"},
        "overflow_from": None,
    }


def decisions() -> dict[str, Any]:
    made = {"decision_id": str(uuid4()), "decided_at": NOW, "outcome": "assigned"}
    return {"items": [{**made, "mode": "automatic", "explanation": explanation()}]}


def candidates() -> dict[str, Any]:
    person = {"person_id": PERSON, "name": "客服一号", "state": "busy", "is_available": False}
    lacks = [{"skill_id": SKILL, "key": "refunds", "name": "退款", "level": 2}]
    load = {"load": 10, "capacity": 10, "is_full": True}
    return {"items": [{**person, **load, "missing_skills": lacks, "warnings": ["full"]}]}


def pool() -> dict[str, Any]:
    row = shapes.row(urgency="critical")
    kept = ("ticket_id", "number", "subject", "kind", "channel", "urgency", "created_at")
    offer = {name: row[name] for name in (*kept, "next_due_at")}
    offer |= {"since": NOW, "ends_at": None, "group": GROUP_NAME}
    return {"items": [offer], "next_cursor": None, "quota": 5, "left": 4}


def board_line() -> dict[str, Any]:
    people = {"members": 3, "online": 2, "available": 1, "load": 12, "capacity": 30}
    waiting = {"total": 2, "critical": 1, "urgent": 0, "normal": 1, "oldest_since": NOW}
    return {**GROUP_NAME, **people, "waiting": waiting, "offers": 1, "unaccepted": 2}


def group_board() -> dict[str, Any]:
    line = board_line()
    row = shapes.row()
    ticket = {name: row[name] for name in ("ticket_id", "number", "subject", "urgency")}
    ticket |= {"since": NOW, "mode": "push", "rule_name": None, "next_due_at": None}
    line["waiting"] |= {"items": [ticket]}
    person = {"person_id": PERSON, "name": "客服一号", **standing(), "last_assigned_at": None}
    return {**line, "people": [person]}
