"""Steps that people take by hand: by the rules and with the rights that they have anyway."""

from dataclasses import replace
from typing import Any

import pytest

from libs.common.actions import (
    AddNote,
    AddTags,
    Assign,
    Reply,
    SetField,
    SetStatus,
    SetUrgency,
    Solve,
    Step,
    Transfer,
    parse_steps,
)
from libs.common.actor import Actor
from libs.common.errors import DeskError, InvalidInput
from services.ticketing.domain.by_hand import check_texts, take_step
from services.ticketing.domain.ruled import Target
from services.ticketing.domain.ticket import Ticket
from tests.support.actors import actor
from tests.unit.ticketing.making import (
    BOSS,
    HAN,
    LI,
    accepted_ticket,
    by,
    entered,
    id_of,
    new_ticket,
    solved_ticket,
    team,
)

HERSELF = Target(person_id=id_of(HAN), name="韩梅梅")
HIMSELF = Target(person_id=id_of(LI), name="李雷")


def take(ticket: Ticket, step: Step, who: Actor = LI, target: Target | None = None) -> Ticket:
    take_step(ticket, step, target or Target(), "退款流程", by(who))
    return ticket


def refusal_of(ticket: Ticket, step: Step, who: Actor, target: Target | None = None) -> str:
    with pytest.raises(DeskError) as refusal:
        take(ticket, step, who, target)
    assert not ticket.entries
    return refusal.value.code


def test_each_step_leaves_one_entry_with_the_macro_as_the_reason():
    ticket = accepted_ticket()
    for step in (SetUrgency("critical"), AddTags(("退款",)), SetField("订单号", "A-1")):
        take(ticket, step)
    assert entered(ticket) == ["ticket.edited"] * 3
    assert [entry.event and entry.event["reason"] for entry in ticket.entries] == ["退款流程"] * 3
    assert (ticket.urgency, ticket.tags, ticket.fields["订单号"]) == ("critical", ["退款"], "A-1")


def test_people_lower_the_urgency_as_well():
    ticket = new_ticket(urgency="critical")
    assert take(ticket, SetUrgency("normal"), BOSS).urgency == "normal"


def test_taking_and_answering_accepts_as_by_hand():
    ticket = new_ticket()
    take(ticket, Assign("me"), LI, HIMSELF)
    take(ticket, Reply("您好"), LI)
    assert entered(ticket) == ["ticket.assigned", "ticket.accepted", "message"]


def test_solving_keeps_the_words_as_the_solution():
    ticket = take(accepted_ticket(), Solve("已退款", notify_customer=False))
    assert (ticket.status, ticket.solution) == ("solved", "已退款")


def test_a_solved_ticket_may_be_closed_and_tagged():
    ticket = solved_ticket()
    take(ticket, AddTags(("已退款",)))
    assert take(ticket, SetStatus("closed")).status == "closed"


def test_what_is_so_already_leaves_no_entry():
    ticket = accepted_ticket(HAN)
    for step in (SetUrgency("normal"), SetStatus("in_progress"), SetField("x", None)):
        take(ticket, step, HAN)
    take(ticket, Assign("me"), HAN, HERSELF)
    assert entered(ticket) == []


@pytest.mark.parametrize(
    ("step", "permission"),
    [
        (SetUrgency("urgent"), "ticket.edit"),
        (SetField("x", 1), "ticket.edit"),
        (SetStatus("follow_up"), "ticket.move"),
        (AddNote("备注"), "ticket.note"),
        (Reply("您好"), "ticket.reply"),
        (Solve("好了"), "ticket.solve"),
    ],
)
def test_each_step_needs_the_right_to_it(step: Step, permission: str):
    poor = Actor(LI.subject, LI.name, permissions=LI.permissions - {permission})
    assert refusal_of(accepted_ticket(), step, poor) == "permission.missing"


def test_only_who_may_assign_gives_a_ticket_to_others():
    assert refusal_of(new_ticket(), Assign("person"), LI, HERSELF) == "permission.missing"
    assert take(new_ticket(), Assign("person"), BOSS, HERSELF).assignee_name == "韩梅梅"
    assert refusal_of(new_ticket(), Assign("person"), BOSS) == "person.unknown"


def test_agents_pass_nothing_on_without_the_right():
    step, target = Transfer(team().group_id), Target(team=team())
    poorer = replace(LI, permissions=LI.permissions - {"ticket.transfer"})
    assert refusal_of(accepted_ticket(), step, poorer, target) == "permission.missing"


def test_nobody_works_on_others_tickets():
    step: Any
    for step in (AddTags(("x",)), Reply("您好"), SetStatus("follow_up")):
        assert refusal_of(accepted_ticket(HAN), step, LI) == "ticket.not_assignee"


def test_a_text_of_which_nothing_is_left_is_not_sent():
    assert refusal_of(accepted_ticket(), Reply("  "), LI) == "macro.empty_text"


def test_an_unknown_variable_names_its_step():
    with pytest.raises(InvalidInput) as refusal:
        check_texts((AddTags(("a",)), Reply("{{customer.phone}}")))
    assert list(refusal.value.details["errors"]) == ["actions[1].text"]


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ([], "actions"),
        ([{"type": "reply"}], "actions[0].text"),
        ([{"type": "set_field", "field": "x", "value": {}}], "actions[0].value"),
        ([{"type": "set_field", "field": " "}], "actions[0].field"),
        ([{"type": "solve", "text": "x", "notify_customer": 1}], "actions[0].notify_customer"),
        ([{"type": "assign", "to": "customer"}], "actions[0].to"),
        ([{"type": "reply", "text": "a"}, {"type": "reply", "text": "b"}], "actions[1].type"),
    ],
)
def test_steps_that_cannot_be_are_refused_by_path(raw: Any, path: str):
    with pytest.raises(InvalidInput) as refusal:
        parse_steps(raw)
    assert list(refusal.value.details["errors"]) == [path]


def test_steps_are_read_as_they_are_written():
    for raw in (
        {"type": "reply", "text": "您好"},
        {"type": "solve", "text": "好了", "notify_customer": False},
        {"type": "set_field", "field": "x", "value": None},
        {"type": "assign", "to": "me"},
        {"type": "add_tags", "tags": ["a"]},
    ):
        assert parse_steps([raw])[0].as_json() == raw


def test_the_system_may_not_answer_customers():
    nobody = actor("auditor")
    assert refusal_of(accepted_ticket(), Reply("您好"), nobody) == "permission.missing"
