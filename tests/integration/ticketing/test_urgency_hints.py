"""Words of urgency, and messages whose words hint at one."""

from uuid import uuid4

import pytest

from libs.common.errors import Conflict, Forbidden, InvalidInput, Stale
from tests.integration.ticketing.desk import Ask, Desk, agent, created, message, requester
from tests.support.actors import actor

ADMIN = actor("administrator", "管理员")


def arrived(desk: Desk, **fields):
    """What became of a message that opens a ticket."""
    event = message(**fields)
    desk.file(event)
    return desk.show(desk.number_of(event.data["ticket_id"])), event


def test_words_of_a_message_propose_and_raise_nothing(desk: Desk):
    ticket, event = arrived(desk, subject="机房起火", text="请马上来人")
    assert ticket["urgency"] == "normal"
    assert ticket["urgency_proposal"]["urgency"] == "critical"
    assert ticket["urgency_proposal"]["words"] == ["起火"]
    # The same message again is the same proposal.
    desk.file(event)
    again = desk.show(ticket["number"])
    assert again["urgency_proposal"] == ticket["urgency_proposal"]
    assert len(again["timeline"]["items"]) == len(ticket["timeline"]["items"])


def test_a_later_message_proposes_as_well_and_an_automatic_one_never(desk: Desk):
    ticket, event = arrived(desk)
    assert ticket["urgency_proposal"] is None
    told = {**event.data, "message_id": uuid4(), "opens": False, "is_auto_reply": True}
    desk.file(message(**told | {"text": "紧急:我在休假"}))
    assert desk.show(ticket["number"])["urgency_proposal"] is None
    desk.file(message(**told | {"message_id": uuid4(), "is_auto_reply": False, "text": "紧急!"}))
    assert desk.show(ticket["number"])["urgency_proposal"]["words"] == ["紧急"]


def test_who_accepts_raises_it_with_the_words_as_reason(ask: Ask, desk: Desk):
    ticket, event = arrived(desk, text="加急处理,谢谢")
    given = {"number": ticket["number"], "is_accepted": True}
    raised = ask("answer_urgency_hint", version=ticket["version"], **given)
    assert (raised["urgency"], raised["urgency_proposal"]) == ("urgent", None)
    assert raised["urgency_reason"] == "文字提示：加急"
    told = desk.events(event.data["ticket_id"])[-1]
    assert told["type"] == "ticket.edited"
    assert told["data"]["urgency_reason"] == "文字提示：加急"
    with pytest.raises(Stale):
        ask("answer_urgency_hint", version=ticket["version"], **given)
    with pytest.raises(Conflict) as refusal:
        ask("answer_urgency_hint", version=raised["version"], **given)
    assert refusal.value.code == "hint.none"


def test_who_ignores_it_leaves_one_entry(ask: Ask, desk: Desk):
    ticket, _ = arrived(desk, text="我要投诉")
    given = {"number": ticket["number"], "version": ticket["version"]}
    left = ask("answer_urgency_hint", is_accepted=False, **given)
    assert (left["urgency"], left["urgency_proposal"]) == ("normal", None)
    items = desk.show(ticket["number"])["timeline"]["items"]
    assert len(items) == len(ticket["timeline"]["items"]) + 1
    assert items[-1]["event"]["type"] == "ticket.hint_ignored"


def test_only_who_works_on_it_answers(ask: Ask, desk: Desk):
    li = agent()
    number = created(ask)["number"]
    ask("assign_ticket", number=number, assignee_id=str(li.subject), assignee_name="李雷")
    desk.scalar("SELECT 1")
    with pytest.raises(Conflict):
        ask("answer_urgency_hint", actor=li, number=number, is_accepted=False)


def test_administrators_keep_the_words_of_urgency(ask: Ask, desk: Desk):
    words = ask("get_urgency_words", actor=agent())
    assert [one["key"] for one in words["scales"]] == ["general", "it", "complaint"]
    with pytest.raises(Forbidden):
        ask("edit_urgency_words", actor=agent(), version=words["version"], changes={"hints": []})
    hints = [{"word": "火烧眉毛", "urgency": "urgent"}]
    change = {"actor": ADMIN, "version": words["version"]}
    changed = ask("edit_urgency_words", changes={"hints": hints}, **change)
    assert changed["hints"] == hints
    assert changed["scales"] == words["scales"]
    with pytest.raises(Stale):
        ask("edit_urgency_words", changes={"hints": []}, **change)
    ticket, _ = arrived(desk, text="火烧眉毛,紧急")
    assert ticket["urgency_proposal"]["words"] == ["火烧眉毛"]
    restored = {"hints": words["hints"]}
    ask("edit_urgency_words", actor=ADMIN, version=changed["version"], changes=restored)


def test_a_word_of_a_scale_sets_the_urgency_that_it_names(ask: Ask):
    ticket = created(ask, urgency_word="p1")
    assert (ticket["urgency"], ticket["urgency_word"]) == ("critical", "p1")
    given = {"number": ticket["number"], "version": None}
    lower = ask("edit_ticket", changes={"urgency_word": "p4"}, urgency_reason="已恢复", **given)
    assert (lower["urgency"], lower["urgency_word"]) == ("normal", "p4")
    assert lower["urgency_reason"] == "已恢复"
    with pytest.raises(InvalidInput) as refusal:
        ask("edit_ticket", changes={"urgency": "urgent"}, **given)
    assert list(refusal.value.details["errors"]) == ["urgency_reason"]
    plain = ask("edit_ticket", changes={"urgency": "urgent"}, urgency_reason="又出现了", **given)
    assert (plain["urgency"], plain["urgency_word"]) == ("urgent", None)
    with pytest.raises(InvalidInput) as refusal:
        ask("edit_ticket", changes={"urgency_word": "p9"}, **given)
    assert "urgency_word" in refusal.value.details["errors"]


def test_words_written_down_by_hand_propose_as_well(ask: Ask):
    ticket = created(ask, subject="机房起火", text="客户来电要求马上到场")
    assert (ticket["urgency"], ticket["urgency_proposal"]["words"]) == ("normal", ["起火"])
    # Whoever has said so much needs no proposal.
    said = created(ask, subject="机房起火", text="客户来电", urgency="critical")
    assert said["urgency_proposal"] is None


def test_words_of_a_request_in_the_portal_propose_as_well(ask: Ask):
    customer = requester()
    given = {"customer_name": customer.name, "subject": "机房起火", "text": "快来"}
    made = ask("create_request", actor=customer, channel="portal", **given)
    assert ask("get_ticket", number=made["number"])["urgency_proposal"]["words"] == ["起火"]
    # What staff make of it is none of the customer's business.
    assert "urgency_proposal" not in made
