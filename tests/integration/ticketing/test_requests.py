"""Requesters and their own tickets: what they may do, and what they get to see."""

from typing import Any
from uuid import uuid4

import pytest

from libs.common.actor import Actor
from libs.common.errors import Conflict, InvalidInput, NotFound
from tests.integration.ticketing.desk import (
    BLOB_KEY,
    Ask,
    Desk,
    agent,
    created,
    message,
    requester,
    staged,
    types,
)


def requested(ask: Ask, who: Actor, **more: Any) -> dict[str, Any]:
    given = {"customer_name": who.name, "subject": "路由器坏了", "text": "无法联网。"} | more
    request: dict[str, Any] = ask("create_request", actor=who, **given)
    return request


def taken(ask: Ask, number: str) -> Actor:
    """The agent who has accepted the ticket."""
    li = agent("李雷")
    ask("assign_ticket", actor=li, number=number, assignee_id=str(li.subject), assignee_name="李雷")
    ask("accept_ticket", actor=li, number=number)
    return li


def said(ask: Ask, who: Actor, number: str) -> list[str]:
    items = ask("get_request", actor=who, number=number)["timeline"]["items"]
    return [item["text"] for item in items]


def test_a_customer_opens_a_ticket_in_the_portal(ask: Ask, desk: Desk):
    han, contact_id = requester("韩梅梅"), uuid4()
    request = requested(ask, han, kind="repair", contact_id=str(contact_id))
    ticket = ask("get_ticket", number=request["number"])
    assert (ticket["channel"], ticket["kind"]) == ("portal", "repair")
    assert ticket["customer"] == {"customer_id": str(han.subject), "name": "韩梅梅"}
    [event] = desk.events(ticket["ticket_id"])
    data = event["data"]
    assert (data["message_id"], data["contact_id"]) == (None, str(contact_id))
    assert data["actor"] == {"kind": "customer", "id": str(han.subject), "name": "客户"}
    assert data["scope"]["requester"] == str(han.subject)


def test_an_employees_request_is_internal(ask: Ask):
    zhao = requester("赵六", "employee")
    number = requested(ask, zhao, channel="internal")["number"]
    ticket = ask("get_ticket", number=number)
    assert (ticket["channel"], ticket["kind"]) == ("internal", "internal")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"channel": "mail"}, "channel"),
        ({"channel": "manual"}, "channel"),
        ({"kind": "internal"}, "kind"),
        ({"kind": "gossip"}, "kind"),
        ({"channel": "internal", "kind": "repair"}, "kind"),
        ({"subject": " "}, "subject"),
        ({"text": ""}, "text"),
        ({"customer_name": ""}, "customer_name"),
        ({"contact_id": "x"}, "contact_id"),
        ({"attachment_ids": [str(uuid4())]}, "attachment_ids"),
    ],
)
def test_what_is_wrong_with_a_request_is_named(ask: Ask, given: Any, named: str):
    with pytest.raises(InvalidInput) as refusal:
        requested(ask, requester(), **given)
    assert named in refusal.value.details["errors"]


def test_a_request_has_the_shape_of_the_contract(ask: Ask):
    han = requester("韩梅梅")
    request = requested(ask, han)
    assert request.pop("audit")["object"] == request["number"]
    assert set(request) == {
        "number", "subject", "kind", "channel", "status", "may_write", "merged_into",
        "created_at", "updated_at", "solved_at", "closed_at", "timeline", "form", "category",
        "may_urge", "may_withdraw", "may_confirm", "is_withdrawn", "is_confirmed", "last_urged_at",
    }  # fmt: skip
    assert request["status"]["category"] == "new"
    assert request["status"]["text"]["zh"].startswith("我们已收到您的请求")
    assert ask("get_request", actor=han, number=request["number"]) == request
    [entry] = request["timeline"]["items"]
    assert set(entry) == {
        "entry_id", "kind", "direction", "author", "text", "html", "attachments",
        "is_auto_reply", "created_at",
    }  # fmt: skip
    [row] = ask("list_requests", actor=han)["items"]
    del request["timeline"], request["form"], request["category"]
    assert row == request


def test_a_requester_sees_what_was_said_and_nothing_of_what_goes_on_inside(ask: Ask):
    han = requester("韩梅梅")
    number = requested(ask, han)["number"]
    li = taken(ask, number)
    mine = {"actor": li, "number": number}
    ask("add_note", text="客户很生气", **mine)
    ask("reply", text="请重启设备", status="awaiting_customer", **mine)
    ask("edit_ticket", version=None, changes={"tags": ["难缠"]}, **mine)
    ask("add_request_message", actor=han, number=number, text="还是不行")
    ask("solve_ticket", text="已更换设备", **mine)
    shown = ask("get_request", actor=han, number=number)
    assert [(one["kind"], one["direction"], one["text"], one["author"]["name"])
            for one in shown["timeline"]["items"]] == [
        ("message", "in", "无法联网。", "韩梅梅"),
        ("message", "out", "请重启设备", "客服"),
        ("message", "in", "还是不行", "韩梅梅"),
        ("solution", "out", "已更换设备", "客服"),
    ]  # fmt: skip
    inside = str(shown)
    for secret in ("李雷", str(li.subject), "客户很生气", "难缠", "version", "assignee"):
        assert secret not in inside
    assert shown["status"]["category"] == "solved"
    assert shown["may_write"] is True


def test_a_result_that_was_not_sent_is_not_shown(ask: Ask):
    han = requester()
    number = requested(ask, han)["number"]
    ask("solve_ticket", number=number, text="电话已告知,内部备注", notify_customer=False)
    assert said(ask, han, number) == ["无法联网。"]


def test_a_message_has_the_effects_of_a_mail_that_threads_in(ask: Ask, desk: Desk):
    han = requester("韩梅梅")
    number = requested(ask, han)["number"]
    li = taken(ask, number)
    ask("reply", actor=li, number=number, text="请提供序列号", status="awaiting_customer")
    entry = ask("add_request_message", actor=han, number=number, text="SN123")
    assert (entry["direction"], entry["author"]) == ("in", {"kind": "customer", "name": "韩梅梅"})
    ticket = ask("get_ticket", number=number)
    assert ticket["status"] == "in_progress"
    ask("solve_ticket", actor=li, number=number, text="好了")
    ask("add_request_message", actor=han, number=number, text="又坏了")
    ticket = ask("get_ticket", number=number)
    assert (ticket["status"], ticket["solution"]) == ("in_progress", None)
    assert types(desk.events(ticket["ticket_id"]))[-2:] == [
        "ticket.message_received",
        "ticket.reopened",
    ]
    received = desk.events(ticket["ticket_id"])[-2]["data"]
    assert received["text"] == "又坏了"
    assert received["actor"]["name"] == "客户"


def test_a_closed_request_asks_for_a_new_one(ask: Ask):
    han = requester()
    number = requested(ask, han)["number"]
    ask("change_status", number=number, status="closed", reason="重复")
    assert ask("get_request", actor=han, number=number)["may_write"] is False
    with pytest.raises(Conflict) as refusal:
        ask("add_request_message", actor=han, number=number, text="在吗")
    assert refusal.value.code == "ticket.closed"
    assert "new one" in refusal.value.message


def test_what_came_by_mail_is_the_customers_own_too(ask: Ask, desk: Desk):
    han = requester("韩梅梅")
    came = message(customer_id=han.subject)
    desk.file(came)
    number = desk.number_of(came.data["ticket_id"])
    assert said(ask, han, number) == [came.data["text"]]
    by_hand = created(ask, customer_id=str(han.subject))["number"]
    assert [one["number"] for one in ask("list_requests", actor=han)["items"]] == [by_hand, number]


def test_requests_are_listed_by_phase_and_page(ask: Ask):
    han = requester()
    numbers = [requested(ask, han)["number"] for _ in range(5)]
    ask("solve_ticket", number=numbers[0], text="好了")
    ask("change_status", number=numbers[1], status="closed", reason="重复")

    def listed(**given: Any) -> list[str]:
        page = ask("list_requests", actor=han, **given)
        found = [row["number"] for row in page["items"]]
        return found + (listed(**given | {"cursor": page["next_cursor"]})
                        if page["next_cursor"] else [])  # fmt: skip

    assert listed(limit=2) == [numbers[1], numbers[0], *reversed(numbers[2:])]
    assert listed(status="open", limit=2) == list(reversed(numbers[2:]))
    assert listed(status="solved") == [numbers[0]]
    assert listed(status="closed") == [numbers[1]]


@pytest.mark.parametrize(
    ("given", "named"),
    [({"status": "lost"}, "status"), ({"status": ["open"]}, "status"), ({"limit": 0}, "limit"),
     ({"limit": 101}, "limit"), ({"cursor": "x"}, "cursor")],
)  # fmt: skip
def test_a_wrong_page_is_named(ask: Ask, given: Any, named: str):
    with pytest.raises(InvalidInput) as refusal:
        ask("list_requests", actor=requester(), **given)
    assert named in refusal.value.details["errors"]


def test_what_was_said_is_read_page_by_page(ask: Ask):
    han = requester()
    number = requested(ask, han, text="0")["number"]
    for i in range(1, 5):
        ask("add_note", number=number, text="内部")
        ask("add_request_message", actor=han, number=number, text=str(i))
    seen: list[str] = []
    page = ask("get_request", actor=han, number=number, limit=2)["timeline"]
    seen = [item["text"] for item in page["items"]]
    while cursor := page["previous_cursor"]:
        page = ask("get_request", actor=han, number=number, limit=2, cursor=cursor)["timeline"]
        seen = [item["text"] for item in page["items"]] + seen
    assert seen == ["0", "1", "2", "3", "4"]


def test_a_request_is_made_once_however_often_the_command_comes(ask: Ask):
    han = requester()
    same: dict[str, Any] = {"command_id": "request-0001"}
    assert requested(ask, han, **same) == requested(ask, han, **same)
    [row] = ask("list_requests", actor=han)["items"]
    again = {"command_id": "message-0001", "actor": han, "number": row["number"], "text": "在吗"}
    assert ask("add_request_message", **again) == ask("add_request_message", **again)
    assert said(ask, han, row["number"]) == ["无法联网。", "在吗"]


def test_files_go_both_ways_and_notes_files_stay_inside(ask: Ask):
    han = requester()
    mine = staged(ask, "stage_request_attachment", actor=han)["attachment_id"]

    def bytes_of(attachment_id: str, actor: Actor = han) -> str:
        found = ask("get_request_attachment", actor=actor, attachment_id=attachment_id)
        return str(found["blob_key"])

    assert bytes_of(mine) == BLOB_KEY
    request = requested(ask, han, attachment_ids=[mine])
    assert request["timeline"]["items"][0]["attachments"][0]["attachment_id"] == mine
    number = request["number"]
    more = staged(ask, "stage_request_attachment", actor=han)["attachment_id"]
    ask("add_request_message", actor=han, number=number, text="照片", attachment_ids=[more])
    public, inside = (staged(ask)["attachment_id"] for _ in range(2))
    ask("reply", number=number, text="说明", attachment_ids=[public])
    ask("add_note", number=number, text="内部", attachment_ids=[inside])
    assert {bytes_of(one) for one in (mine, more, public)} == {BLOB_KEY}
    for one in (inside, str(uuid4())):
        with pytest.raises(NotFound):
            bytes_of(one)
    for one in (mine, more, public, inside):
        with pytest.raises(NotFound):
            bytes_of(one, actor=requester("陈先生"))


def test_nobody_attaches_what_another_requester_uploaded(ask: Ask):
    theirs = staged(ask, "stage_request_attachment", actor=requester())["attachment_id"]
    with pytest.raises(InvalidInput) as refusal:
        requested(ask, requester(), attachment_ids=[theirs])
    assert "attachment_ids" in refusal.value.details["errors"]


def test_an_upload_of_a_mail_is_shown_to_its_sender(ask: Ask, desk: Desk):
    han, photo = requester(), uuid4()
    came = message(
        customer_id=han.subject,
        attachments=[{"attachment_id": photo, "blob_key": "intake/x", "name": "a.jpg",
                      "media_type": "image/jpeg", "size": 1, "sha256": "0" * 64}],
    )  # fmt: skip
    desk.file(came)
    found = ask("get_request_attachment", actor=han, attachment_id=str(photo))
    assert found["name"] == "a.jpg"
