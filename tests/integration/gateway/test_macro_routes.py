"""Canned replies, macros and bulk work over REST."""

from typing import Any
from uuid import uuid4

import pytest

from gateway.schemas.kept import (
    CannedReply,
    CannedReplyPage,
    Macro,
    MacroPage,
    MacroTrialResult,
    Rendered,
    ReplyFolderPage,
    ReplyVariablePage,
)
from gateway.schemas.ticket_bulk import BulkItemPage, TicketBulk, TicketBulkPage
from tests.support import macro_shapes, shapes
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of
from tests.support.macro_shapes import (
    ACTIONS,
    BULK,
    MACRO,
    NEW_BULK,
    NEW_MACRO,
    NEW_REPLY,
    REPLY,
)
from tests.support.routes import Change, Reading, check_passed_on, check_versioned

pytestmark = pytest.mark.services("gateway")

ONE_REPLY, ONE_MACRO, ONE_BULK = (
    f"/canned-replies/{REPLY}",
    f"/macros/{MACRO}",
    f"/ticket-bulks/{BULK}",
)
PAGE: dict[str, Any] = {"sort": "name", "limit": 50}


@pytest.mark.parametrize(
    "reading",
    [
        (
            "/canned-replies?q=您好&folder=",
            "list_canned_replies",
            {"items": [macro_shapes.reply()], "next_cursor": None},
            CannedReplyPage,
            {"filters": {"q": "您好", "folder": ""}, **PAGE},
        ),
        (ONE_REPLY, "get_canned_reply", macro_shapes.reply(), CannedReply, {"reply_id": REPLY}),
        (
            "/canned-reply-folders",
            "list_reply_folders",
            {"items": [{"name": "", "count": 2}]},
            ReplyFolderPage,
            {},
        ),
        (
            "/text-variables",
            "list_text_variables",
            {"items": [{"name": "customer.name"}]},
            ReplyVariablePage,
            {},
        ),
        (
            "/macros?is_active=true",
            "list_macros",
            {"items": [macro_shapes.macro()], "next_cursor": None},
            MacroPage,
            {"filters": {"is_active": True}, **PAGE},
        ),
        (ONE_MACRO, "get_macro", macro_shapes.macro(), Macro, {"macro_id": MACRO}),
        (
            "/ticket-bulks",
            "list_bulks",
            {"items": [macro_shapes.bulk()], "next_cursor": None},
            TicketBulkPage,
            {"limit": 25},
        ),
        (ONE_BULK, "get_bulk", macro_shapes.bulk(), TicketBulk, {"bulk_id": BULK}),
        (
            f"{ONE_BULK}/items?state=refused",
            "list_bulk_items",
            {"items": [macro_shapes.item()], "next_cursor": None},
            BulkItemPage,
            {"bulk_id": BULK, "state": "refused", "limit": 100},
        ),
    ],
)
def test_what_ticketing_answers_is_passed_on(
    supervisor: Browser, services: FakeServices, reading: Reading
) -> None:
    check_passed_on(supervisor, services, "ticketing", reading)


@pytest.mark.parametrize(
    "change",
    [
        ("PUT", ONE_REPLY, NEW_REPLY, "replace_canned_reply", macro_shapes.reply(version=4)),
        ("DELETE", ONE_REPLY, None, "remove_canned_reply", None),
        ("PUT", ONE_MACRO, NEW_MACRO, "replace_macro", macro_shapes.macro(version=4)),
        ("DELETE", ONE_MACRO, None, "remove_macro", None),
    ],
)
def test_changes_name_the_version_that_was_read(
    supervisor: Browser, services: FakeServices, change: Change
) -> None:
    check_versioned(supervisor, services, "ticketing", change)


def test_what_is_not_said_is_private(supervisor: Browser, services: FakeServices) -> None:
    services.answer("ticketing.create_canned_reply", macro_shapes.reply())
    answer = supervisor.post("/canned-replies", json=NEW_REPLY)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"3"')
    values = services.calls("ticketing.create_canned_reply")[0].args["values"]
    assert values == {
        **NEW_REPLY,
        "visibility": "private",
        "group_id": None,
        "folder": None,
        "shortcut": None,
        "language": "zh",
    }


def test_a_macro_is_kept_tried_and_carried_out(supervisor: Browser, services: FakeServices) -> None:
    services.answer("ticketing.create_macro", macro_shapes.macro())
    answer = supervisor.post("/macros", json=NEW_MACRO)
    assert answer.headers["Location"] == f"/api/v1/macros/{MACRO}"
    assert services.calls("ticketing.create_macro")[0].args["values"]["actions"] == ACTIONS
    services.answer("ticketing.try_macro", macro_shapes.trial())
    tried = supervisor.post(f"{ONE_MACRO}/trials", json={"number": shapes.NUMBER})
    assert MacroTrialResult().validate(tried.get_json()) == {}
    services.answer("ticketing.apply_macro", shapes.ticket(version=4))
    done = supervisor.post(f"/tickets/{shapes.NUMBER}/macro-runs", json={"macro_id": MACRO})
    assert (done.status_code, done.headers["ETag"]) == (200, '"4"')
    assert services.calls("ticketing.apply_macro")[0].args == {
        "number": shapes.NUMBER,
        "macro_id": MACRO,
        "version": None,
    }


def test_texts_are_filled_in_by_the_server(supervisor: Browser, services: FakeServices) -> None:
    filled = {"text": "韩梅梅您好", "missing": []}
    services.answer("ticketing.render_canned_reply", filled)
    body = {"number": shapes.NUMBER, "is_used": True}
    answer = supervisor.post(f"{ONE_REPLY}/renderings", json=body)
    assert Rendered().validate(answer.get_json()) == {}
    assert services.calls("ticketing.render_canned_reply")[0].args == {"reply_id": REPLY, **body}


def test_bulk_work_is_ordered_and_stopped(supervisor: Browser, services: FakeServices) -> None:
    services.answer("ticketing.create_bulk", macro_shapes.bulk())
    answer = supervisor.post("/ticket-bulks", json=NEW_BULK)
    assert (answer.status_code, answer.get_json()) == (202, macro_shapes.bulk())
    assert answer.headers["Location"] == f"/api/v1{ONE_BULK}"
    assert services.calls("ticketing.create_bulk")[0].args == {**NEW_BULK, "language": "zh"}
    filters = {"view": "mine", "status": "in_progress,follow_up"}
    order = {"filters": filters, "macro_id": MACRO}
    assert supervisor.post("/ticket-bulks", json=order).status_code == 202
    sent = services.calls("ticketing.create_bulk")[1].args["filters"]
    assert sent == {"view": "mine", "status": ["in_progress", "follow_up"]}
    services.answer("ticketing.cancel_bulk", macro_shapes.bulk(status="cancelled"))
    assert supervisor.post(f"{ONE_BULK}/cancellation").get_json()["status"] == "cancelled"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/canned-replies", {**NEW_REPLY, "body": ""}),
        ("/canned-replies", {**NEW_REPLY, "visibility": "everybody"}),
        ("/macros", {**NEW_MACRO, "actions": []}),
        ("/macros", {**NEW_MACRO, "actions": [{"type": "delete"}]}),
        ("/macros", {**NEW_MACRO, "actions": [{**ACTIONS[1], "value": {"a": 1}}]}),
        ("/ticket-bulks", {**NEW_BULK, "filters": {}}),
        ("/ticket-bulks", {**NEW_BULK, "macro_id": str(uuid4())}),
        ("/ticket-bulks", {"numbers": ["G1"] * 501, "actions": ACTIONS}),
        ("/ticket-bulks", {"filters": {"sort": "number"}, "actions": ACTIONS}),
    ],
)
def test_what_cannot_be_asks_nobody(
    supervisor: Browser, services: FakeServices, path: str, body: dict[str, Any]
) -> None:
    assert "errors" in problem_of(supervisor.post(path, json=body), 422)
    assert services.asked == []
