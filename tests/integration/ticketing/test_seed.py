"""The demo's macros and canned replies: made once, for everybody, and of use."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from sqlalchemy import text

from services.ticketing.seed import OWNER, seed
from tests.integration.ticketing.desk import Ask, Desk, agent, created, supervisor
from tests.support.directory import person

BOSS = uuid4()


def emptied(desk: Desk) -> None:
    """As before the first start; what else is kept belongs to other tests of this database."""
    with desk.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM macros"))
        connection.execute(text("DELETE FROM canned_replies"))
        connection.execute(text("DELETE FROM directory_people WHERE login = :o"), {"o": OWNER})


def test_without_the_demos_people_there_is_nothing(desk: Desk, ask: Ask):
    emptied(desk)
    assert "not arrived" in seed(desk.database, patience=0)
    assert ask("list_macros")["items"] == []


def test_they_are_made_once_whoever_asks(desk: Desk, ask: Ask):
    emptied(desk)
    desk.learn(person(BOSS, login=OWNER, name="客服主管"))
    with ThreadPoolExecutor(2) as machines:
        said = list(machines.map(seed, [desk.database] * 2))
    assert sorted(one.endswith("unchanged") for one in said) == [False, True]
    li = agent("李雷")
    replies, kept = ask("list_canned_replies", actor=li), ask("list_macros", actor=li)
    assert {one["shortcut"] for one in replies["items"]} == {"sd", "bc", "wb"}
    assert len(kept["items"]) == 3
    for one in (*replies["items"], *kept["items"]):
        assert (one["visibility"], one["owner"]["name"]) == ("shared", "客服主管")
    # Whoever has thrown one away keeps it so.
    given = {"macro_id": kept["items"][0]["macro_id"], "version": 1}
    ask("remove_macro", actor=supervisor(), **given)
    assert seed(desk.database).endswith("unchanged")
    assert len(ask("list_macros")["items"]) == 2


def test_each_macro_can_be_carried_out_and_each_reply_filled_in(desk: Desk, ask: Ask):
    emptied(desk)
    desk.learn(person(BOSS, login=OWNER, name="客服主管"))
    seed(desk.database)
    for one in ask("list_macros")["items"]:
        assert one["problem"] is None
        at = {"number": created(ask)["number"], "macro_id": one["macro_id"]}
        tried = ask("try_macro", **at)
        assert tried["can_apply"], tried
        assert [step["missing"] for step in tried["steps"]] == [[]] * len(tried["steps"])
        assert ask("apply_macro", **at)["version"] > 1
    number = created(ask)["number"]
    for one in ask("list_canned_replies")["items"]:
        filled = ask("render_canned_reply", reply_id=one["reply_id"], number=number, is_used=False)
        assert (filled["missing"], "{{" in filled["text"]) == ([], False)
