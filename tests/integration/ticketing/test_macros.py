"""Macros by RPC: all of their steps or none, in one transaction, with the person's own rights."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.errors import Conflict, DeskError, Forbidden, InvalidInput, NotFound, Stale
from tests.integration.ticketing.desk import Ask, Desk, agent, created, types
from tests.support import macro_shapes
from tests.support.directory import group, person

REPAIRS = uuid4()
STRANGER = uuid4()
TAKE_AND_ANSWER = [
    {"type": "assign", "to": "me"},
    {"type": "set_urgency", "urgency": "urgent"},
    {"type": "add_tags", "tags": ["退款"]},
    {"type": "set_field", "field": "退款原因", "value": "破损"},
    {"type": "reply", "text": "{{customer.name}}您好,{{agent.name}}正在处理{{ticket.number}}。"},
    {"type": "set_status", "status": "awaiting_customer"},
]


@pytest.fixture(scope="module", autouse=True)
def organisation(desk: Desk) -> None:
    desk.learn(group(REPAIRS, name="维修组"), person(STRANGER, name="高工"))


def kept(ask: Ask, actions: Any = TAKE_AND_ANSWER, who: Actor | None = None, **more: Any) -> str:
    values = {"name": "退款流程", "actions": actions, "visibility": "shared"} | more
    return str(ask("create_macro", actor=who, values=values)["macro_id"])


def test_all_steps_are_taken_as_if_by_hand(ask: Ask, desk: Desk):
    li, ticket = agent("李雷"), created(ask)
    number, macro_id = ticket["number"], kept(ask)
    done = ask("apply_macro", actor=li, number=number, macro_id=macro_id, version=1)
    assert (done["status"], done["urgency"], done["tags"]) == (
        "awaiting_customer",
        "urgent",
        ["退款"],
    )
    assert done["audit"]["after"]["macro"] == "退款流程"
    items = desk.show(number)["timeline"]["items"][2:]
    told = [one["event"]["type"] if one["event"] else one["text"] for one in items]
    assert told == [
        "ticket.assigned",
        *["ticket.edited"] * 3,
        "ticket.accepted",
        f"韩梅梅您好,李雷正在处理{number}。",
        "ticket.status_changed",
    ]
    assert [one["event"]["reason"] for one in items[1:4]] == ["退款流程"] * 3
    sent = desk.events(ticket["ticket_id"])
    assert [event["data"]["seq"] for event in sent] == list(range(1, len(sent) + 1))
    assert types(sent)[1:] == [*told[:5], "ticket.replied", told[-1]]
    assert ask("get_macro", macro_id=macro_id)["usage_count"] == 1


def test_a_step_that_is_refused_leaves_nothing_behind(ask: Ask, desk: Desk):
    ticket = created(ask)
    macro_id = kept(ask, [*TAKE_AND_ANSWER, {"type": "transfer", "group_id": str(REPAIRS)}])
    before = desk.show(ticket["number"])
    li = agent("李雷")
    poorer = replace(li, permissions=li.permissions - {"ticket.transfer"})
    with pytest.raises(DeskError) as refusal:
        ask("apply_macro", actor=poorer, number=ticket["number"], macro_id=macro_id)
    assert refusal.value.code == "permission.missing"
    assert (refusal.value.details["step"], refusal.value.details["type"]) == (6, "transfer")
    assert desk.show(ticket["number"]) == before
    assert types(desk.events(ticket["ticket_id"])) == ["ticket.created"]
    assert ask("get_macro", macro_id=macro_id)["usage_count"] == 0


def test_a_repeated_command_does_nothing_twice(ask: Ask, desk: Desk):
    li, ticket, macro_id = agent("李雷"), created(ask), kept(ask)
    given = {"number": ticket["number"], "macro_id": macro_id}
    first = ask("apply_macro", actor=li, command_id="same", **given)
    assert ask("apply_macro", actor=li, command_id="same", **given) == first
    assert types(desk.events(ticket["ticket_id"])).count("ticket.replied") == 1


def test_a_macro_refuses_what_somebody_changed_meanwhile(ask: Ask):
    ticket, macro_id = created(ask), kept(ask)
    with pytest.raises(Stale):
        ask("apply_macro", number=ticket["number"], macro_id=macro_id, version=7)


def test_a_trial_shows_the_steps_and_changes_nothing(ask: Ask, desk: Desk):
    li, ticket = agent("李雷"), created(ask)
    macro_id = kept(ask, [*TAKE_AND_ANSWER, {"type": "add_note", "text": "{{fields.无}}!"}])
    before = desk.show(ticket["number"])
    tried = ask("try_macro", actor=li, macro_id=macro_id, number=ticket["number"])
    assert tried["can_apply"]
    assert tried["steps"][4]["action"]["text"].startswith("韩梅梅您好,李雷")
    assert tried["steps"][6]["missing"] == ["fields.无"]
    assert desk.show(ticket["number"]) == before


def test_a_trial_tells_where_it_would_stop(ask: Ask):
    number = created(ask)["number"]
    actions = [
        {"type": "add_tags", "tags": ["a"]},
        {"type": "reply", "text": "您好"},
        {"type": "solve", "text": "好了"},
    ]
    tried = ask("try_macro", actor=agent(), macro_id=kept(ask, actions), number=number)
    assert not tried["can_apply"]
    assert tried["steps"][0]["refusal"]["code"] == "ticket.not_assignee"
    assert [step["is_reached"] for step in tried["steps"]] == [True, False, False]


def test_a_macro_that_is_switched_off_is_not_carried_out(ask: Ask):
    number = created(ask)["number"]
    with pytest.raises(Conflict):
        ask("apply_macro", number=number, macro_id=kept(ask, is_active=False))


def test_macros_are_private_shared_and_changed_as_replies_are(ask: Ask):
    li, han = agent("李雷"), agent("韩梅梅")
    mine = kept(ask, who=li, visibility="private")
    with pytest.raises(NotFound):
        ask("get_macro", actor=han, macro_id=mine)
    with pytest.raises(Forbidden):
        kept(ask, who=li)
    values = {"name": "我的", "actions": TAKE_AND_ANSWER[:1], "visibility": "private"}
    changed = ask("replace_macro", actor=li, macro_id=mine, version=1, values=values)
    assert (changed["name"], changed["version"]) == ("我的", 2)
    listed = ask("list_macros", actor=li, filters={"visibility": "private"})["items"]
    assert [one["macro_id"] for one in listed] == [mine]
    ask("remove_macro", actor=li, macro_id=mine, version=2)
    with pytest.raises(NotFound):
        ask("get_macro", actor=li, macro_id=mine)


@pytest.mark.parametrize(
    ("action", "path"),
    [
        ({"type": "reply", "text": "{{customer.phone}}"}, "actions[0].text"),
        ({"type": "transfer", "group_id": str(uuid4())}, "actions[0].group_id"),
        (
            {"type": "assign", "to": "person", "person_id": str(uuid4())},
            "actions[0].person_id",
        ),
        ({"type": "delete"}, "actions[0].type"),
    ],
)
def test_steps_that_cannot_work_are_not_kept(ask: Ask, action: dict[str, Any], path: str):
    with pytest.raises(InvalidInput) as refusal:
        kept(ask, [action])
    assert list(refusal.value.details["errors"]) == [path]


def test_somebody_of_the_organisation_is_given_the_ticket(ask: Ask):
    number = created(ask)["number"]
    actions = [{"type": "assign", "to": "person", "person_id": str(STRANGER)}]
    done = ask("apply_macro", number=number, macro_id=kept(ask, actions))
    assert done["assignee"] == {"person_id": str(STRANGER), "name": "高工"}


def test_answers_have_the_shapes_of_rest(ask: Ask):
    shown = ask("get_macro", macro_id=kept(ask))
    assert shown.keys() == macro_shapes.macro().keys()
    tried = ask("try_macro", macro_id=shown["macro_id"], number=created(ask)["number"])
    assert tried["steps"][0].keys() == macro_shapes.trial()["steps"][0].keys()
    values = {"name": "问候", "body": "您好"}
    made = ask("create_canned_reply", values=values)
    assert made.keys() - {"audit"} == macro_shapes.reply().keys()
    bulk = ask("create_bulk", numbers=["G1"], macro_id=shown["macro_id"])
    assert bulk.keys() - {"audit"} == macro_shapes.bulk().keys()
    [item] = ask("list_bulk_items", bulk_id=bulk["bulk_id"])["items"]
    assert item.keys() == macro_shapes.item().keys()


def test_a_macro_that_names_what_is_gone_says_so(ask: Ask, desk: Desk):
    closing = uuid4()
    desk.learn(group(closing, name="关闭的组"))
    moving, tagging = (
        kept(ask, [{"type": "transfer", "group_id": str(closing)}]),
        kept(ask, [{"type": "add_tags", "tags": ["x"]}]),
    )
    assert ask("get_macro", macro_id=moving)["problem"] is None
    with desk.database.begin() as uow:
        gone = text("UPDATE directory_groups SET is_active = false WHERE group_id = :id")
        uow.session.execute(gone, {"id": closing})
        uow.commit()
    listed = {one["macro_id"]: one["problem"] for one in ask("list_macros", limit=200)["items"]}
    assert listed[moving] == "actions[0].group_id: is not among the groups"
    assert listed[tagging] is None
