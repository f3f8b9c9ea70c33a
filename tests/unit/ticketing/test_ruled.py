"""Actions of rules: carried out by the rules that people are under, or refused like theirs."""

from typing import Any

import pytest

from libs.common.actions import (
    Action,
    AddNote,
    AddTags,
    Assign,
    RemoveTags,
    SetStatus,
    SetUrgency,
    Transfer,
)
from libs.common.errors import Conflict, DeskError
from services.ticketing.domain.automatic import RULES
from services.ticketing.domain.placing import Colleague
from services.ticketing.domain.ruled import Target, carry_out
from services.ticketing.domain.ticket import Ticket
from tests.unit.ticketing.making import (
    HAN,
    LI,
    accepted_ticket,
    assigned_ticket,
    by,
    closed_ticket,
    entered,
    facts,
    id_of,
    new_ticket,
    solved_ticket,
    team,
    waiting_ticket,
)

REPAIRS = team("维修组")
HERSELF = Target(person_id=id_of(HAN), name="韩梅梅")


def apply(ticket: Ticket, action: Action, target: Target | None = None) -> Ticket:
    carry_out(ticket, action, target or Target(), "APP 崩溃 · escalate", by(RULES))
    return ticket


def event_of(ticket: Ticket) -> dict[str, Any]:
    [entry] = ticket.entries
    assert entry.event is not None
    return entry.event


def refusal_of(ticket: Ticket, action: Action, target: Target | None = None) -> str:
    with pytest.raises(DeskError) as refusal:
        apply(ticket, action, target)
    assert not ticket.entries
    return refusal.value.code


def test_urgency_is_raised_with_the_rule_as_the_reason():
    ticket = apply(accepted_ticket(), SetUrgency("critical"))
    assert ticket.urgency == "critical"
    assert event_of(ticket)["reason"] == "APP 崩溃 · escalate"
    assert ticket.entries[0].author_kind == "system"
    assert facts(ticket) == ["ticket.edited"]


def test_urgency_is_lowered_only_where_the_rule_says_so():
    ticket = apply(new_ticket(urgency="critical"), SetUrgency("normal"))
    assert (ticket.urgency, ticket.entries) == ("critical", [])
    assert apply(ticket, SetUrgency("normal", may_lower=True)).urgency == "normal"


def test_what_is_so_already_leaves_no_entry():
    ticket = assigned_ticket(HAN)
    ticket.tags = ["商家"]
    for action in (SetUrgency("normal"), AddTags(("商家",)), RemoveTags(("无",))):
        apply(ticket, action)
    apply(ticket, Assign("title", key="技术总监"), HERSELF)
    apply(ticket, SetStatus("assigned"))
    assert ticket.entries == []


def test_tags_are_added_behind_and_removed():
    ticket = new_ticket()
    apply(ticket, AddTags(("商家", "VIP")))
    apply(ticket, AddTags(("VIP", "升级")))
    assert ticket.tags == ["商家", "VIP", "升级"]
    assert apply(ticket, RemoveTags(("VIP",))).tags == ["商家", "升级"]


def test_more_tags_than_a_ticket_holds_are_refused():
    ticket = new_ticket()
    ticket.tags = [f"{n}" for n in range(30)]
    assert refusal_of(ticket, AddTags(("商家",))) == "field.too_long"


def test_an_escalation_assigns_somebody_and_says_that_it_is_one():
    target = Target(
        person_id=id_of(HAN), name="韩梅梅", colleague=Colleague((REPAIRS.group_id,), REPAIRS)
    )
    ticket = apply(accepted_ticket(LI), Assign("title", key="技术总监"), target)
    assert (ticket.assignee_id, ticket.group_id) == (HAN.subject, REPAIRS.group_id)
    assert ticket.facts[0].details["mode"] == event_of(ticket)["mode"] == "escalation"
    assert event_of(ticket)["note"] == "APP 崩溃 · escalate"


def test_an_escalation_to_nobody_is_refused():
    assert refusal_of(new_ticket(), Assign("title", key="技术总监")) == "person.unknown"


def test_a_transfer_goes_through_and_one_to_where_it_waits_is_none():
    ticket = apply(assigned_ticket(), Transfer(REPAIRS.group_id), Target(team=REPAIRS))
    assert entered(ticket) == ["ticket.transferred"]
    waiting = apply(waiting_ticket(REPAIRS), Transfer(REPAIRS.group_id), Target(team=REPAIRS))
    assert waiting.entries == []
    assert refusal_of(new_ticket(), Transfer(REPAIRS.group_id)) == "group.unknown"


def test_a_status_is_set_where_a_move_by_hand_could():
    assert apply(accepted_ticket(), SetStatus("follow_up")).status == "follow_up"
    assert refusal_of(new_ticket(), SetStatus("follow_up")) == "status.move_refused"


@pytest.mark.parametrize("make", [solved_ticket, closed_ticket])
def test_only_notes_are_written_on_what_is_finished(make):
    assert entered(apply(make(), AddNote("未在时限内解决"))) == ["note"]
    for action in (SetUrgency("critical"), AddTags(("商家",)), Assign("group_lead")):
        assert refusal_of(make(), action, HERSELF) == "ticket.finished"


def test_who_has_left_is_not_escalated_to():
    gone = Target(person_id=id_of(HAN), name="韩梅梅", colleague=Colleague(is_active=False))
    assert refusal_of(new_ticket(), Assign("group_lead"), gone) == "person.inactive"


def test_a_refusal_of_a_rule_is_shown_once_in_the_timeline():
    ticket = solved_ticket()
    act = by(RULES)
    try:
        carry_out(ticket, SetUrgency("critical"), Target(), "默认", act)
    except Conflict as refusal:
        ticket.tell_skipped(SetUrgency("critical").as_json(), refusal.code, "默认", act)
    event = event_of(ticket)
    assert (event["type"], event["action"]) == ("action.skipped", "set_urgency")
    assert (event["code"], event["reason"]) == ("ticket.finished", "默认")
    assert facts(ticket) == []
