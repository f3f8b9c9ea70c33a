"""What the operation log is told of a change."""

from uuid import uuid4

from services.ticketing.domain.ticket import Ticket
from tests.unit.ticketing.making import (
    BOSS,
    LI,
    accepted_ticket,
    assigned_ticket,
    by,
    cleared,
    file,
    id_of,
    new_ticket,
    opening,
    solved_ticket,
    team,
)


def changes(ticket: Ticket) -> tuple[dict, dict]:
    trace = ticket.trace()
    return trace["before"], trace["after"]


def test_what_has_not_changed_is_not_told():
    assert changes(accepted_ticket()) == ({}, {})


def test_an_assignment_shows_both_people():
    ticket = assigned_ticket(LI)
    version = ticket.version
    other = uuid4()
    ticket.assign(other, "韩梅梅", None, by(BOSS))
    assert changes(ticket) == (
        {"assignee": {"person_id": str(LI.subject), "name": "李雷"}, "version": version},
        {"assignee": {"person_id": str(other), "name": "韩梅梅"}, "version": version + 1},
    )


def test_a_transfer_shows_where_it_went():
    ticket, repairs = assigned_ticket(LI), team("维修组")
    ticket.transfer(repairs, None, by(BOSS))
    before, after = changes(ticket)
    assert before["assignee"]["name"] == "李雷"
    assert after["assignee"] is None
    assert (before["group_id"], after["group_id"]) == (None, str(repairs.group_id))
    assert (before["department_id"], after["department_id"]) == (None, str(repairs.department_id))
    assert (before["status"], after["status"]) == ("assigned", "unassigned")


def test_of_a_solution_only_its_being_there_is_told():
    ticket = accepted_ticket()
    ticket.solve("客户电话 13800000000,已补发", True, by(LI))
    before, after = changes(ticket)
    assert (before["solution"], after["solution"]) == (False, True)
    assert "13800000000" not in str(after)
    reopened = cleared(solved_ticket())
    reopened.reopen("还是不行", by(LI))
    before, after = changes(reopened)
    assert (before["solution"], after["solution"]) == (True, False)


def test_of_custom_fields_only_the_names_are_told():
    ticket = accepted_ticket()
    ticket.edit({"fields": {"电话": "13800000000", "型号": "X1", "颜色": "白"}}, None, by(LI))
    assert changes(cleared(ticket)) == ({}, {})
    ticket.edit({"fields": {"电话": "13900000000", "型号": None, "编号": 7}}, None, by(LI))
    before, after = changes(ticket)
    assert before["fields"] == ["型号", "电话"]
    assert after["fields"] == ["电话", "编号"]


def test_edits_show_old_and_new():
    ticket = accepted_ticket()
    ticket.edit({"urgency": "critical", "tags": ["VIP"], "subject": "新主题"}, "VIP", by(LI))
    before, after = changes(ticket)
    assert before == {
        "urgency": "normal",
        "subject": "电脑无法开机",
        "tags": [],
        "version": ticket.version - 1,
    }
    assert after == {
        "urgency": "critical",
        "subject": "新主题",
        "tags": ["VIP"],
        "version": ticket.version,
    }


def test_a_new_ticket_was_nothing_before():
    ticket = Ticket.open(opening(fields={"订单号": "123"}, kind="repair"), by(BOSS))
    trace = ticket.trace()
    assert trace["before"] == {}
    assert trace["after"] == {
        "status": "unassigned",
        "urgency": "normal",
        "kind": "repair",
        "subject": "电脑无法开机",
        "version": 1,
        "fields": ["订单号"],
    }


def test_of_what_was_written_the_measure_is_told_and_no_word():
    ticket = assigned_ticket(LI)
    entry = ticket.reply("请提供订单号", (file(), file()), "awaiting_customer", by(LI))
    trace = ticket.trace_writing(entry)
    assert trace["after"]["entry_id"] == str(entry.entry_id)
    assert (trace["after"]["characters"], trace["after"]["attachments"]) == (6, 2)
    assert trace["before"]["status"] == "assigned"
    assert trace["after"]["status"] == "awaiting_customer"
    assert "订单号" not in str(trace)


def test_a_note_changes_nothing_else():
    ticket = accepted_ticket()
    entry = ticket.note("客户情绪激动", (), by(LI))
    assert ticket.trace_writing(entry)["before"] == {}
    assert set(ticket.trace_writing(entry)["after"]) == {"entry_id", "characters", "attachments"}


def test_the_object_is_the_number():
    ticket = new_ticket()
    ticket.number = "G20261102001"
    ticket.assign(id_of(LI), "李雷", None, by(LI))
    assert ticket.trace()["object"] == "G20261102001"
