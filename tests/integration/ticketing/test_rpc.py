"""The entrypoints with their shell: what the gateway gets."""

from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import Conflict, InvalidInput, NotFound, Stale
from tests.integration.ticketing.desk import BLOB_KEY, Ask, Desk, agent, created
from tests.support.directory import group


@pytest.fixture
def number(ask: Ask) -> str:
    return str(created(ask)["number"])


def test_the_whole_life_by_rpc(ask: Ask):
    li = agent("李雷")
    number = created(ask)["number"]
    mine = {"actor": li, "number": number}
    taken = ask("assign_ticket", assignee_id=str(li.subject), assignee_name="李雷", **mine)
    assert taken["assignee"] == {"person_id": str(li.subject), "name": "李雷"}
    assert taken["allowed"]["actions"] == [
        "transfer",
        "accept",
        "return",
        "reply",
        "note",
        "solve",
        "edit",
        "judge",
        "collaborate",
        "link",
        "attach",
        "merge",
        "split",
        "urge",
        "cc",
    ]
    assert ask("accept_ticket", **mine)["status"] == "in_progress"
    file = ask(
        "stage_attachment",
        actor=li,
        blob_key=BLOB_KEY,
        name="说明.pdf",
        media_type="application/pdf",
        size=10,
        sha256="0" * 64,
    )
    assert file.pop("audit")["object"] == file["attachment_id"]
    assert set(file) == {"attachment_id", "name", "media_type", "size"}
    ids = [file["attachment_id"]]
    entry = ask("reply", text="您好", attachment_ids=ids, **mine)
    assert entry["attachments"] == [file]
    assert ask("get_attachment", actor=li, attachment_id=ids[0])["blob_key"] == BLOB_KEY
    assert ask("add_note", text="备注", **mine)["kind"] == "note"
    assert ask("change_status", status="awaiting_customer", **mine)["status_category"] == "pending"
    assert ask("solve_ticket", text="好了", **mine)["allowed"]["moves"] == ["closed"]
    assert ask("reopen_ticket", reason="没好", **mine)["status"] == "follow_up"
    edited = ask("edit_ticket", version=6, changes={"tags": ["VIP"]}, **mine)
    assert (edited["version"], edited["tags"]) == (7, ["VIP"])
    shown = ask("get_ticket", **mine)
    assert "timeline" not in edited
    del edited["audit"]
    assert {key: shown[key] for key in edited} == edited
    page = ask("list_timeline", limit=3, **mine)
    assert page["items"] == shown["timeline"]["items"][-3:]
    assert number in [row["number"] for row in ask("list_tickets", actor=li)["items"]]
    assert ask("count_tickets", actor=li)["mine"]["value"] == 1
    assert ask("count_tickets", views=["mine"]).keys() == {"mine"}
    assert len(ask("list_statuses")["items"]) == 9


def test_a_repeated_command_answers_the_same_and_does_it_once(ask: Ask, number: str):
    same = {"command_id": "reply-0001", "number": number, "text": "您好"}
    assert ask("reply", **same) == ask("reply", **same)
    assert len(ask("get_ticket", number=number)["timeline"]["items"]) == 3


def test_every_command_tells_the_operation_log_what_it_changed(ask: Ask, desk: Desk):
    li, repairs = agent("李雷"), group(name="维修组")
    desk.learn(repairs)
    ticket = created(ask, fields={"电话": "13800000000"})
    number, audit = ticket["number"], ticket["audit"]
    assert audit["object"] == number
    assert audit["before"] == {}
    assert (audit["after"]["status"], audit["after"]["fields"]) == ("unassigned", ["电话"])

    def changes(method: str, **given: Any) -> tuple[Any, Any]:
        audit = ask(method, number=number, **given)["audit"]
        assert audit["object"] == number
        return audit["before"], audit["after"]

    before, after = changes("transfer_ticket", group_id=str(repairs.data["group_id"]))
    assert after["group_id"] == str(repairs.data["group_id"])
    before, after = changes("assign_ticket", assignee_id=str(li.subject), assignee_name="李雷")
    assert before["assignee"] is None
    assert after["assignee"]["name"] == "李雷"
    before, after = changes("accept_ticket", actor=li)
    assert (before["status"], after["status"]) == ("assigned", "in_progress")
    before, after = changes("reply", text="您好", status="follow_up")
    assert (before["status"], after["status"]) == ("in_progress", "follow_up")
    assert (after["characters"], after["attachments"]) == (2, 0)
    before, after = changes("add_note", text="备注一下")
    assert (before, after["characters"]) == ({}, 4)
    before, after = changes("edit_ticket", version=None, changes={"fields": {"电话": "139"}})
    assert before["fields"] == after["fields"] == ["电话"]
    before, after = changes("change_status", status="awaiting_customer")
    assert (before["status"], after["status"]) == ("follow_up", "awaiting_customer")
    before, after = changes("solve_ticket", text="已换新 13900000000")
    assert (before["solution"], after["solution"]) == (False, True)
    assert "13900000000" not in str(after)
    before, after = changes("reopen_ticket", reason="没好")
    assert (before["solution"], after["solution"]) == (True, False)


def test_a_command_id_with_another_body_is_refused(ask: Ask, number: str):
    ask("add_note", command_id="note-0001", number=number, text="一")
    with pytest.raises(Conflict) as refusal:
        ask("add_note", command_id="note-0001", number=number, text="二")
    assert refusal.value.code == "command.id_reused"


def test_a_refused_command_can_be_repeated_with_its_id(ask: Ask, number: str):
    same = {"command_id": "solve-0001", "number": number}
    with pytest.raises(InvalidInput):
        ask("solve_ticket", text=" ", **same)
    assert ask("solve_ticket", text="好了", **same)["status"] == "solved"


@pytest.mark.parametrize("method", ["assign_ticket", "change_status", "solve_ticket"])
def test_a_stale_version_is_refused_wherever_one_is_given(ask: Ask, number: str, method: str):
    given = {
        "assign_ticket": {"assignee_id": str(uuid4()), "assignee_name": "李雷"},
        "change_status": {"status": "closed", "reason": "重复"},
        "solve_ticket": {"text": "好了"},
    }[method]
    with pytest.raises(Stale):
        ask(method, number=number, version=99, **given)


@pytest.mark.parametrize(
    ("method", "given", "named"),
    [
        ("create_ticket", {"customer_id": "7", "customer_name": "a", "subject": "b", "text": "c"},
         "customer_id"),
        ("assign_ticket", {"assignee_id": "me", "assignee_name": "a"}, "assignee_id"),
        ("assign_ticket", {"assignee_id": str(uuid4()), "assignee_name": ""}, "assignee_name"),
        ("assign_ticket", {"assignee_id": str(uuid4()), "assignee_name": "a", "note": 3}, "note"),
        ("edit_ticket", {"version": "1", "changes": {}}, "version"),
        ("edit_ticket", {"version": -1, "changes": {}}, "version"),
        ("edit_ticket", {"version": True, "changes": {}}, "version"),
        ("edit_ticket", {"version": 1, "changes": []}, "changes"),
        ("edit_ticket", {"version": 1, "changes": {}, "urgency_reason": "x" * 2001},
         "urgency_reason"),
        ("reply", {"text": ""}, "text"),
        ("reply", {"text": None}, "text"),
        ("reply", {"text": "a", "attachment_ids": "x"}, "attachment_ids"),
        ("reply", {"text": "a", "attachment_ids": ["x"]}, "attachment_ids"),
        ("reply", {"text": "a", "status": "lost"}, "status"),
        ("add_note", {"text": 7}, "text"),
        ("change_status", {"status": "lost"}, "status"),
        ("change_status", {"status": ["closed"]}, "status"),
        ("change_status", {"status": "closed"}, "reason"),
        ("solve_ticket", {"text": "a", "notify_customer": "yes"}, "notify_customer"),
        ("reopen_ticket", {"reason": ""}, "reason"),
        ("get_ticket", {"timeline_limit": 0}, "limit"),
        ("list_timeline", {"limit": 1000}, "limit"),
        ("list_timeline", {"cursor": "x"}, "cursor"),
    ],
)  # fmt: skip
def test_bad_input_names_its_field(ask: Ask, number: str, method: str, given, named: str):
    numbered = {} if method == "create_ticket" else {"number": number}
    with pytest.raises(InvalidInput) as refusal:
        ask(method, **numbered, **given)
    assert named in refusal.value.details["errors"]


@pytest.mark.parametrize("odd", ["", "G1", "x\x00", "G20230230001", None, 7, ["G"]])
def test_what_is_no_number_finds_no_ticket(ask: Ask, odd):
    for method in ("get_ticket", "list_timeline", "accept_ticket"):
        with pytest.raises(NotFound):
            ask(method, number=odd)


def test_a_number_may_be_written_in_small_letters(ask: Ask, number: str):
    assert ask("get_ticket", number=f" {number.lower()} ")["number"] == number


@pytest.mark.parametrize("odd", ["x", None, 7])
def test_an_attachments_id_must_be_one(ask: Ask, odd):
    with pytest.raises(InvalidInput) as refusal:
        ask("get_attachment", attachment_id=odd)
    assert "attachment_id" in refusal.value.details["errors"]


def test_a_ticket_has_the_shape_of_the_contract(ask: Ask):
    ticket = created(ask)
    assert set(ticket) == {
        "ticket_id", "number", "subject", "kind", "channel", "status", "status_category",
        "urgency", "assignee", "group", "department_id", "region_id", "customer", "created_at",
        "updated_at", "close_kind", "urge_count", "last_urged_at", "supervision", "deleted_at",
        "duplicate_of", "confirmation", "cc", "previous_assignee",
        "last_customer_message_at", "next_due_at", "is_overdue", "version", "fields", "tags",
        "group_id", "accepted_at", "first_replied_at", "solved_at", "closed_at", "solution",
        "possibly_related_to", "follows_up", "allowed", "audit", "score", "is_dissatisfied",
        "merged_into", "is_merged", "open_children",
        "is_confidential", "is_withheld", "withheld_reason", "identity_check",
        "dissatisfied_at", "template", "field_faults", "lacking", "open_collaborations",
        "effort_minutes", "own_status",
        "category", "urgency_word", "urgency_reason", "urgency_proposal",
    }  # fmt: skip
    [*_, entry] = ask("get_ticket", number=ticket["number"])["timeline"]["items"]
    assert set(entry) == {
        "entry_id", "seq", "kind", "direction", "author", "text", "html", "attachments",
        "event", "is_auto_reply", "created_at", "mentions",
    }  # fmt: skip
