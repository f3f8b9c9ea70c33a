"""Whoever is outside a ticket's scope is told by every method that there is no such ticket."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.bus.rpc import OperatorCalls
from libs.common.errors import DeskError, NotFound
from services.ticketing.service.rpc import Service
from tests.integration.ticketing.desk import Ask, Desk, agent, created, requester, staged
from tests.support.directory import group

GROUP = group(name="维修组", department_id=uuid4(), region_id=uuid4())
MISSING = "G19990101001"

METHODS = {
    name
    for name in dir(Service)
    if hasattr(getattr(Service, name), "permission") and not hasattr(OperatorCalls, name)
}
# What each is given besides the number.
BY_NUMBER: dict[str, dict[str, Any]] = {
    "get_ticket": {},
    "get_wording": {},
    "list_timeline": {},
    "edit_ticket": {"version": None, "changes": {"subject": "新主题"}},
    "assign_ticket": {"assignee_id": str(uuid4()), "assignee_name": "韩梅梅"},
    "transfer_ticket": {"group_id": str(GROUP.data["group_id"])},
    "accept_ticket": {},
    "return_ticket": {"reason": "不是我负责的"},
    "reply": {"text": "您好"},
    "add_note": {"text": "备注"},
    "change_status": {"status": "closed", "reason": "重复"},
    "solve_ticket": {"text": "好了"},
    "reopen_ticket": {"reason": "没好"},
    "judge_ticket": {"is_satisfied": True, "words": "很好"},
    "get_request": {},
    "add_request_message": {"text": "还有一个问题"},
}
BY_FILE = {"get_attachment", "get_request_attachment"}
LISTS = {"list_tickets", "count_tickets", "list_requests"}
ABOUT_NO_TICKET = {
    "create_ticket",
    "create_request",
    "stage_attachment",
    "stage_request_attachment",
    "list_statuses",
    # The gateway's own, which has no scope to be outside of.
    "list_headers",
    "find_headers",
}
OF_REQUESTERS = {name for name in METHODS if "request" in name}


def test_every_method_has_a_case():
    assert set(BY_NUMBER) | BY_FILE | LISTS | ABOUT_NO_TICKET == METHODS


@pytest.fixture(scope="module")
def hidden(desk: Desk, ask: Ask) -> dict[str, Any]:
    """Somebody's ticket in a group, with a file in public and one inside."""
    desk.learn(GROUP)
    customer, li = requester("韩梅梅"), agent("李雷")
    number = created(ask, customer_id=str(customer.subject), subject="隐藏的主题")["number"]
    ask("transfer_ticket", number=number, group_id=str(GROUP.data["group_id"]))
    ask("assign_ticket", number=number, assignee_id=str(li.subject), assignee_name="李雷")
    ask("accept_ticket", actor=li, number=number)
    files = [staged(ask, actor=li)["attachment_id"] for _ in range(2)]
    ask("reply", actor=li, number=number, text="您好", attachment_ids=files[:1])
    ask("add_note", actor=li, number=number, text="备注", attachment_ids=files[1:])
    return {"number": number, "files": files, "customer": customer, "assignee": li}


def outsiders(method: str, desk: Desk) -> list[Actor]:
    """People with every permission there is, and other scopes."""
    if method in OF_REQUESTERS:
        return [requester("陈先生"), requester("赵六", "employee")]
    other = [str(uuid4())]
    narrow = [
        {"tickets": "own"},
        {"tickets": "own", "pools": True, "groups": other},
        {"tickets": "group", "pools": True, "groups": other},
        {"tickets": "department", "pools": True, "departments": other, "groups": other},
        {"tickets": "region", "pools": True, "regions": other},
        {"tickets": "none"},
        {},
    ]
    return [replace(desk.boss, subject=uuid4(), scopes=scopes) for scopes in narrow]


def refusal_of(change: Callable[[], Any]) -> tuple[type[DeskError], str, str, dict[str, Any]]:
    with pytest.raises(DeskError) as refusal:
        change()
    error = refusal.value
    return type(error), error.code, error.message, error.details


@pytest.mark.parametrize("method", BY_NUMBER)
def test_by_number_it_is_as_missing_as_one_that_never_was(desk, ask, hidden, method):
    before = ask("get_ticket", number=hidden["number"])
    for actor in outsiders(method, desk):
        given = dict(BY_NUMBER[method])
        outside, missing = (
            refusal_of(lambda: ask(method, actor=actor, number=number, **given))  # noqa: B023
            for number in (hidden["number"], MISSING)
        )
        assert outside == missing
        assert outside[:2] == (NotFound, "ticket.not_found")
    assert ask("get_ticket", number=hidden["number"]) == before


def test_nor_can_it_be_taken(desk, ask, hidden):
    for actor in outsiders("assign_ticket", desk):
        taking = {"assignee_id": str(actor.subject), "assignee_name": actor.name}
        outside, missing = (
            refusal_of(lambda: ask("assign_ticket", actor=actor, number=number, **taking))  # noqa: B023
            for number in (hidden["number"], MISSING)
        )
        assert outside == missing


def test_who_may_assign_takes_nothing_that_has_left_the_own_scope(desk, ask):
    number, li = created(ask)["number"], agent("李雷")
    ask("assign_ticket", number=number, assignee_id=str(li.subject), assignee_name="李雷")
    lead = replace(desk.boss, subject=uuid4(), scopes={"tickets": "own", "pools": True})
    taking = {"assignee_id": str(lead.subject), "assignee_name": lead.name}
    refusal = refusal_of(lambda: ask("assign_ticket", actor=lead, number=number, **taking))
    assert refusal[1] == "ticket.already_assigned"
    assert ask("get_ticket", number=number)["assignee"]["person_id"] == str(li.subject)


@pytest.mark.parametrize("relation", ["possibly_related_to", "follows_up"])
def test_a_related_tickets_number_is_for_those_who_may_see_that_one(
    desk, ask, hidden, database, relation
):
    number, other = created(ask)["number"], requester()
    with database.engine.begin() as connection:
        connection.execute(
            text(
                f"UPDATE tickets SET {relation} = "
                "(SELECT ticket_id FROM tickets WHERE number = :hidden) WHERE number = :number"
            ),
            {"hidden": hidden["number"], "number": number},
        )
    narrow = replace(desk.boss, subject=other.subject, scopes={"tickets": "own", "pools": True})
    taking = {"assignee_id": str(narrow.subject), "assignee_name": "某人"}
    assert ask("get_ticket", number=number)[relation] == {"number": hidden["number"]}
    assert ask("get_ticket", actor=narrow, number=number)[relation] is None
    assert ask("assign_ticket", actor=narrow, number=number, **taking)[relation] is None


@pytest.mark.parametrize("method", sorted(BY_FILE))
def test_its_files_are_as_missing_as_any(desk, ask, hidden, method):
    for actor in outsiders(method, desk):
        missing = refusal_of(lambda: ask(method, actor=actor, attachment_id=str(uuid4())))  # noqa: B023
        assert missing[:2] == (NotFound, "attachment.not_found")
        for file in hidden["files"]:
            outside = refusal_of(lambda: ask(method, actor=actor, attachment_id=file))  # noqa: B023
            assert outside == missing


@pytest.mark.parametrize("method", sorted(LISTS))
def test_lists_and_counters_show_nothing_of_it(desk, ask, hidden, method):
    filters = [
        {},
        {"q": hidden["number"]},
        {"q": "隐藏的主题"},
        {"assignee": str(hidden["assignee"].subject)},
        {"group": str(GROUP.data["group_id"])},
        {"department": str(GROUP.data["department_id"])},
        {"region": str(GROUP.data["region_id"])},
        {"customer_id": str(hidden["customer"].subject)},
        *({"view": view} for view in ("mine", "unassigned", "open", "solved", "all")),
    ]
    for actor in outsiders(method, desk):
        if method == "count_tickets":
            counted = ask(method, actor=actor)
            assert {one["value"] for one in counted.values()} == {0}
        elif method == "list_requests":
            assert ask(method, actor=actor)["items"] == []
        else:
            for one in filters:
                assert ask(method, actor=actor, filters=one)["items"] == []


def test_staff_have_no_requests_whatever_they_see(desk, ask, hidden):
    everything = replace(desk.boss, permissions=desk.boss.permissions | {"request.own"})
    for method, given in (
        ("list_requests", {}),
        ("get_request", {"number": hidden["number"]}),
        ("add_request_message", {"number": hidden["number"], "text": "x"}),
        ("get_request_attachment", {"attachment_id": hidden["files"][0]}),
    ):
        assert refusal_of(lambda: ask(method, actor=everything, **given))[1] == "requester.unknown"  # noqa: B023


def test_a_method_is_refused_without_its_permission(desk, ask, hidden):
    for method in METHODS:
        actor = replace(desk.boss, permissions=frozenset())
        assert refusal_of(lambda: ask(method, actor=actor))[1] == "permission.missing"  # noqa: B023
