"""Canned replies by RPC: kept, found, shared as far as somebody may, filled in for a ticket."""

from typing import Any
from uuid import uuid4

import pytest

from libs.common.actor import Actor
from libs.common.errors import DeskError, Forbidden, InvalidInput, NotFound, Stale
from tests.integration.ticketing.desk import Ask, Desk, agent, created
from tests.support.actors import actor
from tests.support.directory import group

HOTLINE = uuid4()


@pytest.fixture(scope="module", autouse=True)
def organisation(desk: Desk) -> None:
    desk.learn(group(HOTLINE, name="热线组"))


def kept(ask: Ask, who: Actor | None = None, **values: Any) -> Any:
    given = {"name": "问候", "body": "{{customer.name}}您好", "visibility": "shared"} | values
    return ask("create_canned_reply", actor=who, values=given)


def names(ask: Ask, who: Actor | None = None, **filters: Any) -> list[str]:
    page = ask("list_canned_replies", actor=who, filters=filters)
    return [one["name"] for one in page["items"]]


def test_a_reply_is_seen_by_whom_it_is_for(ask: Ask):
    li, han = agent("李雷", groups=[str(HOTLINE)]), agent("韩梅梅")
    folder = f"范围 {uuid4()}"
    kept(ask, name="全体", folder=folder)
    kept(ask, name="热线", folder=folder, visibility="group", group_id=str(HOTLINE))
    kept(ask, li, name="李雷的", folder=folder, visibility="private")
    assert names(ask, li, folder=folder) == ["全体", "李雷的", "热线"]
    assert names(ask, han, folder=folder) == ["全体"]
    assert names(ask, folder=folder) == ["全体", "热线"]
    assert {"name": folder, "count": 3} in ask("list_reply_folders", actor=li)["items"]


def test_pages_are_read_to_the_end_in_both_orders(ask: Ask):
    folder = f"很多 {uuid4()}"
    for n in range(5):
        kept(ask, name=f"回复 {n}", folder=folder)
    for sort in ("name", "-usage_count"):
        seen: list[str] = []
        cursor = None
        while cursor or not seen:
            page = ask(
                "list_canned_replies", filters={"folder": folder}, sort=sort, limit=2, cursor=cursor
            )
            seen += [one["name"] for one in page["items"]]
            cursor = page["next_cursor"]
        assert sorted(seen) == [f"回复 {n}" for n in range(5)]


def test_replies_are_found_by_name_text_and_shortcut(ask: Ask):
    mark = str(uuid4())
    kept(ask, name=f"名 {mark}")
    kept(ask, name="文", body=f"见 {mark} 100%")
    kept(ask, name="捷", shortcut=f"/{mark[:30]}")
    assert set(names(ask, q=mark[:30])) == {f"名 {mark}", "文", "捷"}
    assert names(ask, q=f"{mark} 100%") == ["文"]
    assert names(ask, q="%_%") == []


def test_only_managers_keep_replies_for_others(ask: Ask):
    li = agent("李雷", groups=[str(HOTLINE)])
    for sharing in ({"visibility": "shared"}, {"visibility": "group", "group_id": str(HOTLINE)}):
        with pytest.raises(Forbidden):
            kept(ask, li, **sharing)
    shared = kept(ask)
    mine = kept(ask, li, visibility="private")
    assert (mine["can_change"], mine["is_own"], mine["audit"]["object"]) == (
        True,
        True,
        mine["reply_id"],
    )
    values = {"name": "改", "body": "改"}
    with pytest.raises(Forbidden):
        ask("replace_canned_reply", actor=li, reply_id=shared["reply_id"], values=values)
    raised = {**values, "visibility": "shared"}
    with pytest.raises(Forbidden):
        ask("replace_canned_reply", actor=li, reply_id=mine["reply_id"], values=raised)
    with pytest.raises(NotFound):
        ask("remove_canned_reply", reply_id=mine["reply_id"])
    ask("remove_canned_reply", actor=li, reply_id=mine["reply_id"])


def test_nobody_overwrites_what_somebody_else_changed(ask: Ask):
    made = kept(ask)
    values = {"name": "新名", "body": "新文", "visibility": "shared"}
    given = {"reply_id": made["reply_id"], "values": values}
    changed = ask("replace_canned_reply", version=1, **given)
    assert (changed["version"], changed["name"]) == (2, "新名")
    assert changed["audit"]["before"]["name"] == "问候"
    with pytest.raises(Stale):
        ask("replace_canned_reply", version=1, **given)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"body": "{{customer.phone}}"}, "body"),
        ({"shortcut": "a b"}, "shortcut"),
        ({"language": "fr"}, "language"),
        ({"visibility": "group"}, "group_id"),
        ({"visibility": "group", "group_id": str(uuid4())}, "group_id"),
        ({"visibility": "secret"}, "visibility"),
    ],
)
def test_what_cannot_be_is_refused_by_field(ask: Ask, values: dict[str, Any], field: str):
    with pytest.raises(InvalidInput) as refusal:
        kept(ask, **values)
    assert field in refusal.value.details["errors"]


def test_a_reply_is_filled_in_and_counted_where_it_is_used(ask: Ask):
    number = created(ask, fields={"订单号": "A-1"})["number"]
    reply_id = kept(ask, body="{{customer.name}},订单 {{fields.订单号}}{{fields.无}}")["reply_id"]
    given = {"reply_id": reply_id, "number": number}
    looked = ask("render_canned_reply", **given)
    assert looked == {"text": "韩梅梅,订单 A-1", "missing": ["fields.无"]}
    assert ask("get_canned_reply", reply_id=reply_id)["usage_count"] == 0
    ask("render_canned_reply", is_used=True, **given)
    assert ask("get_canned_reply", reply_id=reply_id)["usage_count"] == 1


def test_a_text_that_is_being_written_is_tried_on_a_ticket(ask: Ask):
    number = created(ask)["number"]
    tried = ask("try_canned_reply", body="{{ticket.number}}", number=number)
    assert tried == {"text": number, "missing": []}
    with pytest.raises(InvalidInput):
        ask("try_canned_reply", body="{{x}}", number=number)


def test_tickets_outside_the_scope_lend_no_values(ask: Ask):
    hers = created(ask)["number"]
    ask("assign_ticket", number=hers, assignee_id=str(uuid4()), assignee_name="韩梅梅")
    reply_id = kept(ask)["reply_id"]
    with pytest.raises(NotFound):
        ask("render_canned_reply", actor=agent(), reply_id=reply_id, number=hers)


def test_only_who_may_use_replies_reads_them(ask: Ask):
    with pytest.raises(DeskError) as refusal:
        names(ask, actor("auditor"))
    assert refusal.value.code == "permission.missing"
