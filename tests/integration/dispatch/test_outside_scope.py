"""Whoever is outside a ticket's scope is told by every method that there is no such ticket."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.actor import Actor
from libs.common.bus.rpc import OperatorCalls
from libs.common.errors import Forbidden, NotFound
from services.dispatch.service.rpc import Service
from tests.integration.dispatch.calling import GATEWAY, agent, errors_of, refusal_of, supervisor
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask
from tests.support.tickets import Life

METHODS = {
    name
    for name in dir(Service)
    if hasattr(getattr(Service, name), "permission") and not hasattr(OperatorCalls, name)
}
BY_NUMBER = ("list_decisions", "list_candidates", "grab_ticket", "try_rules")
BOARDS = {"get_board", "get_group_board", "list_pool"}
OWN = {"get_own_presence", "set_own_presence", "heartbeat"}
ABOUT_NO_TICKET = {
    *("list_skills", "create_skill", "edit_skill"),
    *("list_agents", "get_agent", "edit_agent", "set_presence", "hand_over"),
    *("add_leave", "remove_leave"),
    *("list_shifts", "create_shift", "edit_shift", "remove_shift"),
    *("list_rules", "get_rule", "create_rule", "replace_rule", "remove_rule", "order_rules"),
    *("get_settings", "edit_settings", "find_uses"),
}


def test_every_method_has_a_case():
    known = {*BY_NUMBER, "reconcile_tickets", "list_unfinished"} | BOARDS | OWN | ABOUT_NO_TICKET
    assert known == METHODS


@pytest.fixture
def hidden(floor: Floor) -> Life:
    """Somebody's ticket in a group."""
    group = floor.group("售后")
    life = floor.ticket(group_id=group, subject="隐藏的主题")
    floor.hear(life.assign(floor.person(group)))
    return life


def outsiders() -> list[Actor]:
    """People with every permission there is, and other scopes."""
    boss, other = supervisor(), [str(uuid4())]
    everything = frozenset(getattr(Service, name).permission for name in METHODS)
    narrow: list[dict[str, Any]] = [
        {"tickets": "own"},
        {"tickets": "own", "pools": True, "groups": other},
        {"tickets": "group", "pools": True, "groups": other},
        {"tickets": "department", "pools": True, "departments": other, "groups": other},
        {"tickets": "region", "pools": True, "regions": other},
        {"tickets": "none"},
        {},
    ]
    return [replace(boss, subject=uuid4(), scopes=one, permissions=everything) for one in narrow]


@pytest.mark.parametrize("method", BY_NUMBER)
def test_by_number_it_is_as_missing_as_one_that_never_was(ask: Ask, hidden: Life, method: str):
    for who in outsiders():
        outside, missing = (
            refusal_of(lambda: ask(method, who, number=number))  # noqa: B023
            for number in (hidden.number, "G19990101001")
        )
        assert isinstance(outside, NotFound)
        told = (outside.code, outside.message, outside.details)
        assert told == (missing.code, missing.message, missing.details)
        assert outside.code == "ticket.not_found"


def test_boards_and_pools_show_outsiders_nothing(ask: Ask, floor: Floor, hidden: Life):
    group = hidden.header["group_id"]
    floor.ticket(group_id=group)
    for who in outsiders():
        assert ask("list_pool", who)["items"] == []
        assert ask("get_board", who)["groups"] == []
        refusal = refusal_of(lambda: ask("get_group_board", who, group_id=group))  # noqa: B023
        assert isinstance(refusal, NotFound)


def test_who_has_the_ticket_sees_why(ask: Ask, hidden: Life):
    mine = agent(hidden.assignee_id)
    assert ask("list_decisions", mine, number=hidden.number)["items"]
    assert ask("list_candidates", mine, number=hidden.number)["items"]


@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_method_is_refused_without_its_permission(ask: Ask, floor: Floor, method: str):
    nobody = replace(supervisor(), permissions=frozenset())
    assert refusal_of(lambda: ask(method, nobody)).code == "permission.missing"


def test_agents_change_nothing_and_auditors_only_read(ask: Ask, floor: Floor):
    auditor = replace(agent(), permissions=frozenset({"dispatch.read"}))
    for name in METHODS:
        permission = getattr(Service, name).permission
        if permission == "dispatch.manage":
            for who in (agent(), auditor):
                assert isinstance(refusal_of(lambda: ask(name, who)), Forbidden)  # noqa: B023
    assert ask("list_rules", auditor) == {"items": []}


def test_only_the_gateway_itself_reconciles(ask: Ask, floor: Floor):
    group = floor.group()
    person = floor.person(group)
    life = floor.quiet_ticket(group_id=group)
    life.create()
    life.assign(person)
    items = [{**life.header, "occurred_at": life.now, "scope": {"group": group}}]
    pretender = replace(supervisor(), permissions=GATEWAY.permissions)
    refusal = refusal_of(lambda: ask("reconcile_tickets", pretender, items=items))
    assert isinstance(refusal, Forbidden)
    assert ask("reconcile_tickets", GATEWAY, items=items) == {"seen": 1, "changed": 1}
    assert floor.holder(life) == person
    assert ask("reconcile_tickets", GATEWAY, items=items) == {"seen": 1, "changed": 0}
    odds: list[Any] = [[{}], ["x"], "x"]
    for odd in odds:
        assert errors_of(lambda: ask("reconcile_tickets", GATEWAY, items=odd))  # noqa: B023


def test_decisions_come_newest_first_with_their_explanations(ask: Ask, floor: Floor):
    group = floor.group()
    person: UUID = floor.person(group, name="李雷")
    floor.rule(group, name="一切")
    life = floor.ticket()
    floor.work()
    floor.now += timedelta(minutes=1)
    floor.hear(life.give_back())
    items = ask("list_decisions", number=life.number)["items"]
    assert items[-1]["outcome"] == "assigned"
    assert items[-1]["explanation"]["chosen"] == {"person_id": str(person), "name": "李雷"}
    assert set(items[0]) == {"decision_id", "decided_at", "outcome", "mode", "explanation"}
    assert len(ask("list_decisions", number=life.number, limit=1)["items"]) == 1
    assert "limit" in errors_of(lambda: ask("list_decisions", number=life.number, limit=0))


@pytest.mark.parametrize("odd", ["", "x\x00", None, 7, ["G"]])
def test_what_is_no_number_finds_no_ticket(ask: Ask, floor: Floor, odd: Any):
    for method in ("list_decisions", "list_candidates", "grab_ticket"):
        assert isinstance(refusal_of(lambda: ask(method, number=odd)), NotFound)  # noqa: B023
