"""Candidates, rules and headers for tests of the rules."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.conditions import parse_condition
from services.dispatch.domain.assignments import Assignment
from services.dispatch.domain.candidates import Candidate
from services.dispatch.domain.choosing import Ask, Board, Pool
from services.dispatch.domain.rules import Rule
from services.dispatch.domain.settling import Header

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
GROUP, OTHER_GROUP = UUID(int=1), UUID(int=2)
TICKET = UUID(int=500)
LI, HAN, WANG = (UUID(int=n) for n in (101, 102, 103))


def candidate(person_id: UUID = LI, **fields: Any) -> Candidate:
    return Candidate(person_id, f"客服{person_id.int}", **{"capacity": 10, **fields})


def rule(condition: dict[str, Any] | None = None, **fields: Any) -> Rule:
    usual = {"rule_id": UUID(int=900), "name": "规则", "group_id": GROUP}
    read = parse_condition(condition or {"all": []}, known=None)
    return Rule(**{**usual, "condition": read, **fields})


def board(*candidates: Candidate, others: tuple[Candidate, ...] = (), excess: int = 2) -> Board:
    pools = {GROUP: Pool.of("一线", candidates), OTHER_GROUP: Pool.of("二线", others)}
    return Board(pools, critical_excess=excess, now=NOW)


def ask(**fields: Any) -> Ask:
    return Ask(**{"rule": rule(), "group_id": GROUP, "weight": 1, **fields})


def header(**fields: Any) -> Header:
    usual = {
        "ticket_id": TICKET,
        "number": "G20261102001",
        "seq": 1,
        "epoch": 0,
        "status": "unassigned",
        "status_category": "new",
        "urgency": "normal",
        "kind": "inquiry",
        "channel": "mail",
        "assignee_id": None,
        "group_id": None,
        "department_id": None,
        "region_id": None,
        "customer_id": UUID(int=700),
        "subject": "订单漏发",
        "tags": (),
        "custom_fields": {},
        "created_at": NOW,
        "occurred_at": NOW,
        "accepted_at": None,
    }
    return Header(**{**usual, **fields})


def assignment(**fields: Any) -> Assignment:
    usual = {
        "assignment_id": UUID(int=800),
        "ticket_id": TICKET,
        "customer_id": UUID(int=700),
        "person_id": LI,
        "group_id": GROUP,
        "epoch": 1,
        "state": "active",
        "mode": "automatic",
        "weight": 1,
    }
    return Assignment(**{**usual, **fields})
