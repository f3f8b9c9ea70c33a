"""Known tags: kept, renamed and merged, ticket by ticket."""

from uuid import uuid4

import pytest

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, Forbidden, InvalidInput
from services.ticketing.use_cases import tags as use_cases
from tests.integration.ticketing.desk import Ask, Desk, agent, created
from tests.support.actors import actor

ADMIN = actor("administrator", "管理员")


def new(ask: Ask, name: str, **more):
    return ask("create_tag", actor=ADMIN, values={"name": name, **more})


def named(start: str = "标签") -> str:
    return f"{start} {uuid4().hex[:8]}"


def run(database: Database) -> None:
    while use_cases.rename_tags(database, utc_now()):
        pass


def test_known_tags_are_offered_by_how_they_begin(ask: Ask):
    start = named()
    one, two = new(ask, f"{start} 甲", color="#1F6FEB"), new(ask, f"{start} 乙")
    ask(
        "edit_tag",
        actor=ADMIN,
        tag_id=two["tag_id"],
        version=two["version"],
        changes={"is_active": False},
    )
    offered = ask("list_tags", actor=agent(), q=start, is_active=True)
    assert [it["name"] for it in offered["items"]] == [one["name"]]
    assert offered["items"][0]["color"] == "#1f6feb"
    assert offered["are_free"] is True
    assert len(ask("list_tags", q=start)["items"]) == 2
    # What is typed is text, not a pattern.
    assert ask("list_tags", q="%")["items"] == []


def test_a_name_is_there_once_and_only_administrators_keep_it(ask: Ask):
    name = named()
    tag, other = new(ask, name), new(ask, named())
    with pytest.raises(Conflict) as refusal:
        new(ask, name)
    assert refusal.value.code == "tag.name_taken"
    with pytest.raises(Conflict):
        ask(
            "edit_tag",
            actor=ADMIN,
            tag_id=other["tag_id"],
            version=other["version"],
            changes={"name": name},
        )
    with pytest.raises(Forbidden):
        ask("merge_tag", actor=agent(), tag_id=tag["tag_id"], into=other["tag_id"], version=1)


def test_a_renamed_tag_is_renamed_on_its_tickets_once_each(
    ask: Ask, desk: Desk, database: Database, monkeypatch
):
    monkeypatch.setattr(use_cases, "_BATCH", 2)
    old, new_name = named("旧"), named("新")
    tag = new(ask, old)
    tickets = [created(ask, tags=[old, "其他"]) for _ in range(5)]
    untouched = created(ask, tags=["其他"])
    given = {"tag_id": tag["tag_id"], "version": tag["version"]}
    ask("edit_tag", actor=ADMIN, changes={"name": new_name}, **given)
    # One round, and whoever did it is gone: the next goes on where it ended.
    use_cases.rename_tags(database, utc_now())
    assert len(ask("list_tickets", filters={"tag": old})["items"]) == 3
    [shown] = ask("list_tags", q=new_name)["items"]
    assert shown["is_merging"] is True
    run(database)
    run(database)
    for ticket in tickets:
        after = desk.show(ticket["number"])
        assert after["tags"] == [new_name, "其他"]
        edits = [
            one
            for one in after["timeline"]["items"]
            if one["event"] and one["event"]["type"] == "ticket.edited"
        ]
        assert [one["author"]["name"] for one in edits] == ["管理员"]
        assert desk.events(ticket["ticket_id"])[-1]["data"]["tags"] == [new_name, "其他"]
    assert desk.show(untouched["number"])["version"] == untouched["version"]
    assert ask("list_tags", q=new_name)["items"][0]["is_merging"] is False


def test_merged_tags_are_one_and_stand_on_a_ticket_once(ask: Ask, desk: Desk, database: Database):
    one, two = new(ask, named("甲")), new(ask, named("乙"))
    both = created(ask, tags=[one["name"], two["name"]])
    given = {"tag_id": one["tag_id"], "version": one["version"]}
    with pytest.raises(InvalidInput):
        ask("merge_tag", actor=ADMIN, into=one["tag_id"], **given)
    merged = ask("merge_tag", actor=ADMIN, into=two["tag_id"], **given)
    assert merged["name"] == two["name"]
    assert ask("list_tags", q=one["name"])["items"] == []
    run(database)
    assert desk.show(both["number"])["tags"] == [two["name"]]


def test_where_tags_are_not_free_only_known_ones_are_taken(ask: Ask):
    known, odd = new(ask, named())["name"], named("随手")
    had = created(ask, tags=[odd])
    settings = ask("get_ticket_settings", actor=ADMIN)
    change = {"actor": ADMIN, "version": settings["version"]}
    closed = ask("edit_ticket_settings", changes={"allows_free_tags": False}, **change)
    try:
        with pytest.raises(InvalidInput) as refusal:
            created(ask, tags=[odd])
        assert refusal.value.code == "tag.unknown"
        assert created(ask, tags=[known])["tags"] == [known]
        # What a ticket has already may stay.
        given = {"number": had["number"], "version": None}
        kept = ask("edit_ticket", changes={"tags": [odd, known]}, **given)
        assert kept["tags"] == [odd, known]
        with pytest.raises(InvalidInput):
            ask("edit_ticket", changes={"tags": [odd, named()]}, **given)
    finally:
        free = {"allows_free_tags": True}
        ask("edit_ticket_settings", actor=ADMIN, version=closed["version"], changes=free)
