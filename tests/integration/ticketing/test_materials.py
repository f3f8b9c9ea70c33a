"""Material that customers send by a link: once, of the kinds that were asked for."""

from typing import Any

import pytest

from libs.common.actor import Actor
from libs.common.errors import Conflict, Forbidden, Gone, InvalidInput, NotFound, Unsupported
from tests.integration.ticketing.desk import Ask, Desk, staged, types
from tests.integration.ticketing.hearing import told
from tests.integration.ticketing.helping import taken, worker

SOMEBODY = Actor(None, "网关", "gateway", permissions=frozenset({"material.open", "material.send"}))
Json = dict[str, Any]


@pytest.fixture
def li(desk: Desk) -> Actor:
    """An agent whom the copy of the organisation has."""
    return worker(desk, "李雷")


@pytest.fixture
def ticket(ask: Ask, li: Actor) -> Json:
    """Li works on it."""
    return taken(ask, li)


def test_a_customer_sends_what_was_asked_for_once(desk: Desk, ask: Ask, li: Actor, ticket: Json):
    asked = _request(ask, li, ticket)
    token = asked["link"].rpartition("/")[2]
    assert asked["link"] == f"https://desk.example.com/u/{token}"
    [message] = [
        e for e in desk.show(ticket["number"])["timeline"]["items"] if e["direction"] == "out"
    ]
    assert asked["link"] in message["text"]
    assert (
        desk.scalar(
            "SELECT count(*) FROM material_requests WHERE encode(token_hash, 'escape') = :t",
            t=token,
        )
        == 0
    )
    page = ask("get_material_page", SOMEBODY, token=token)
    assert (page["state"], page["number"], page["text"]) == (
        "open",
        ticket["number"],
        "请上传身份证",
    )
    file = _uploaded(ask, token)
    done = ask("send_material", SOMEBODY, token=token, attachment_ids=[file], note="已签字")
    assert done["state"] == "received"
    shown = desk.show(ticket["number"])
    [received] = [e for e in shown["timeline"]["items"] if e["direction"] == "in"][1:]
    assert received["text"] == "上传了资料：\n已签字"
    assert [one["attachment_id"] for one in received["attachments"]] == [file]
    assert shown["status"] == "in_progress"
    assert {"ticket.material_requested", "ticket.material_received"} <= set(
        types(desk.events(ticket["ticket_id"]))
    )
    for again in (
        lambda: ask("send_material", SOMEBODY, token=token, attachment_ids=[file]),
        lambda: _uploaded(ask, token),
    ):
        with pytest.raises(Gone):
            again()


def _request(ask: Ask, li: Actor, ticket: Json, **more: Any) -> Json:
    given = {
        "text": "请上传身份证",
        "kinds": ["image"],
        "max_files": 2,
        "days": 7,
        "site": "https://desk.example.com",
        "status": "awaiting_customer",
    } | more
    asked: Json = ask("request_material", li, number=ticket["number"], **given)
    return asked


def _uploaded(ask: Ask, token: str, **more: Any) -> str:
    given = {"media_type": "image/jpeg", "name": "身份证.jpg"} | more
    file = staged(ask, "stage_material", actor=SOMEBODY, token=token, **given)
    return str(file["attachment_id"])


def test_a_link_takes_only_its_own_files_of_kinds_that_were_asked_for(
    ask: Ask, li: Actor, ticket: Json
):
    first, second = (_request(ask, li, ticket)["link"].rpartition("/")[2] for _ in range(2))
    file = _uploaded(ask, first)
    with pytest.raises(InvalidInput):
        ask("send_material", SOMEBODY, token=second, attachment_ids=[file])
    with pytest.raises(Unsupported):
        _uploaded(ask, second, media_type="text/html")
    with pytest.raises(NotFound):
        ask("get_material_page", SOMEBODY, token="tdu_" + "A" * 43)
    with pytest.raises(Forbidden):
        ask("get_material_page", li, token=second)


def test_staff_close_a_link(ask: Ask, desk: Desk, li: Actor, ticket: Json):
    asked = _request(ask, li, ticket)
    number = ticket["number"]
    closed = ask("revoke_material", li, number=number, request_id=asked["request_id"])
    assert closed["state"] == "revoked"
    [listed] = ask("list_materials", li, number=number)["items"]
    assert "link" not in listed
    with pytest.raises(Gone):
        _uploaded(ask, asked["link"].rpartition("/")[2])
    with pytest.raises(Conflict):
        ask("revoke_material", li, number=number, request_id=asked["request_id"])
    assert told(desk, ticket)[-1]["type"] == "ticket.material_revoked"
