"""Replies and notes."""

import pytest

from libs.common.errors import Conflict, Forbidden
from tests.unit.ticketing.making import (
    BOSS,
    HAN,
    LI,
    accepted_ticket,
    assigned_ticket,
    by,
    closed_ticket,
    entered,
    facts,
    file,
    new_ticket,
    solved_ticket,
)


def test_a_reply_is_a_public_message_of_the_agent():
    ticket = accepted_ticket()
    entry = ticket.reply("请先重启", (), None, by(LI))
    assert (entry.kind, entry.direction, entry.author_kind) == ("message", "out", "agent")
    assert facts(ticket) == ["ticket.replied"]
    assert ticket.facts[0].details["entry_id"] == entry.entry_id


def test_the_first_reply_is_remembered_and_no_later_one():
    ticket = accepted_ticket()
    first = by(LI)
    ticket.reply("请先重启", (), None, first)
    ticket.reply("好了吗", (), None, by(LI))
    assert ticket.first_replied_at == first.now


def test_a_reply_does_not_raise_the_version():
    ticket = accepted_ticket()
    version = ticket.version
    ticket.reply("请先重启", (), None, by(LI))
    assert ticket.version == version


def test_whoever_answers_an_unconfirmed_ticket_of_the_own_has_accepted_it():
    ticket = assigned_ticket(LI)
    ticket.reply("请先重启", (), None, by(LI))
    assert facts(ticket) == ["ticket.accepted", "ticket.replied"]
    assert entered(ticket) == ["ticket.accepted", "message"]
    assert ticket.status == "in_progress"


def test_a_supervisors_answer_accepts_nothing_for_the_assignee():
    ticket = assigned_ticket(LI)
    ticket.reply("我们会尽快处理", (), None, by(BOSS))
    assert ticket.status == "assigned"


def test_a_reply_may_move_the_ticket_on():
    ticket = accepted_ticket()
    ticket.reply("请提供订单号", (), "awaiting_customer", by(LI))
    assert ticket.status == "awaiting_customer"
    assert facts(ticket) == ["ticket.replied", "ticket.status_changed"]


def test_a_reply_to_the_status_it_has_moves_nothing():
    ticket = accepted_ticket()
    ticket.reply("请先重启", (), "in_progress", by(LI))
    assert facts(ticket) == ["ticket.replied"]


def test_a_reply_cannot_solve_because_a_solution_is_to_be_written_down():
    ticket = accepted_ticket()
    with pytest.raises(Conflict) as refusal:
        ticket.reply("好了", (), "solved", by(LI))
    assert refusal.value.code == "status.move_refused"


def test_replied_files_travel_whole_in_the_event_and_bare_in_the_timeline():
    ticket, manual = accepted_ticket(), file("说明书.pdf")
    entry = ticket.reply("见附件", (manual,), None, by(LI))
    assert ticket.facts[0].details["attachments"] == [manual.as_fact()]
    assert "blob_key" not in entry.attachments[0]


def test_a_note_stays_inside():
    ticket = accepted_ticket()
    entry = ticket.note("客户情绪激动", (), by(LI))
    assert (entry.kind, entry.direction) == ("note", None)
    [fact] = ticket.facts
    assert fact.details == {"entry_id": entry.entry_id, "mentions": []}


def test_a_note_can_be_left_on_a_closed_ticket_until_it_is_archived():
    ticket = closed_ticket()
    ticket.note("客户来电确认满意", (), by(LI))
    ticket.change_status("archived", None, by(LI))
    with pytest.raises(Conflict) as refusal:
        ticket.note("补充", (), by(LI))
    assert refusal.value.code == "ticket.closed"


def test_a_closed_ticket_refuses_a_reply():
    with pytest.raises(Conflict) as refusal:
        closed_ticket().reply("您好", (), None, by(LI))
    assert refusal.value.code == "ticket.closed"


def test_a_solved_ticket_may_still_be_answered():
    ticket = solved_ticket()
    ticket.reply("不客气", (), None, by(LI))
    assert ticket.status == "solved"


@pytest.mark.parametrize("make", [new_ticket, accepted_ticket])
def test_agents_work_on_their_own_tickets_only(make):
    ticket = make()
    for work in (
        lambda: ticket.reply("您好", (), None, by(HAN)),
        lambda: ticket.note("备注", (), by(HAN)),
        lambda: ticket.solve("好了", True, by(HAN)),
        lambda: ticket.edit({"subject": "新"}, None, by(HAN)),
        lambda: ticket.change_status("closed", "重复", by(HAN)),
    ):
        with pytest.raises(Forbidden) as refusal:
            work()
        assert refusal.value.code == "ticket.not_assignee"


def test_supervisors_work_on_all():
    ticket = accepted_ticket()
    ticket.note("请加快", (), by(BOSS))
    ticket.reply("已督办", (), None, by(BOSS))
    assert entered(ticket) == ["note", "message"]
