"""Saved views: who has which, what they list, and that their counters say the same."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.errors import DeskError, Forbidden, InvalidInput, NotFound, Stale
from services.ticketing.queries import views as view_queries
from tests.integration.ticketing.desk import Ask, Desk, agent, created, supervisor
from tests.integration.ticketing.hearing import team
from tests.integration.ticketing.ruling import edit, fresh_tag, tagged
from tests.support.directory import person


def view(ask: Ask, who: Actor | None = None, **values: Any) -> dict[str, Any]:
    made: dict[str, Any] = ask("create_view", actor=who, values={"name": "我的视图"} | values)
    return made


def names(ask: Ask, who: Actor) -> list[str]:
    return [one["name"] for one in ask("list_views", actor=who)["items"]]


def listed(ask: Ask, who: Actor, view_id: str, **filters: Any) -> list[str]:
    page = ask("list_tickets", actor=who, filters={"saved_view": view_id} | filters, limit=100)
    return [one["number"] for one in page["items"]]


def test_a_private_view_is_nobody_elses(ask: Ask) -> None:
    owner, other = agent(), agent()
    made = view(ask, owner, name="跟进中")
    assert names(ask, owner) == ["跟进中"]
    assert names(ask, other) == []
    for boss in (other, supervisor()):
        with pytest.raises(NotFound):
            ask("get_view", actor=boss, view_id=made["view_id"])
        with pytest.raises(NotFound):
            ask("remove_view", actor=boss, view_id=made["view_id"], version=1)
        with pytest.raises(InvalidInput) as refusal:
            listed(ask, boss, made["view_id"])
        assert list(refusal.value.details["errors"]) == ["saved_view"]


def test_a_groups_view_is_its_members_and_a_shared_one_everybodys(desk: Desk, ask: Ask) -> None:
    group_id, member, stranger = team(desk), agent(), agent()
    desk.learn(person(member.subject, name=member.name, group_ids=[group_id]))
    view(ask, name="热线组", visibility="group", group_id=str(group_id))
    shared = view(ask, name="全员", visibility="shared")
    assert {"热线组", "全员"} <= set(names(ask, member))
    assert "热线组" not in names(ask, stranger)
    assert "全员" in names(ask, stranger)
    [shown] = [one for one in ask("list_views", actor=member)["items"] if one["name"] == "热线组"]
    assert shown["group"] == {"group_id": str(group_id), "name": "热线组"}
    assert shown["may_edit"] is False
    with pytest.raises(Forbidden):
        ask("remove_view", actor=member, view_id=shared["view_id"], version=1)
    with pytest.raises(Forbidden):
        view(ask, member, visibility="shared")
    ask("remove_view", view_id=shared["view_id"], version=1)


def test_a_view_lists_what_its_condition_holds_beside_other_filters(desk: Desk, ask: Ask) -> None:
    name = fresh_tag()
    tickets = [edit(ask, created(ask), tags=[name]) for _ in range(3)]
    edit(ask, tickets[0], urgency="critical")
    made = view(ask, condition=tagged(name))["view_id"]
    assert set(listed(ask, desk.boss, made)) == {one["number"] for one in tickets}
    assert listed(ask, desk.boss, made, urgency="critical") == [tickets[0]["number"]]
    page = ask("list_tickets", filters={"saved_view": made}, limit=2)
    rest = ask("list_tickets", filters={"saved_view": made}, limit=2, cursor=page["next_cursor"])
    assert len(page["items"]) + len(rest["items"]) == 3


def test_a_view_asks_as_what_tickets_were_closed(desk: Desk, ask: Ask) -> None:
    name = fresh_tag()
    tickets = [edit(ask, created(ask), tags=[name]) for _ in range(3)]
    for ticket, kind in zip(tickets, ("invalid", "withdrawn"), strict=False):
        closed = {"status": "closed", "close_kind": kind, "reason": "点错了"}
        ask("change_status", number=ticket["number"], version=None, **closed)
    for op, value, found in (
        ("is", "invalid", tickets[:1]),
        ("in", ["invalid", "withdrawn"], tickets[:2]),
        ("is_not_set", None, tickets[2:]),
    ):
        asked = {"field": "close_kind", "op": op} | ({"value": value} if value else {})
        made = view(ask, condition={"all": [tagged(name), asked]})["view_id"]
        assert sorted(listed(ask, desk.boss, made)) == sorted(one["number"] for one in found)
    with pytest.raises(InvalidInput) as refusal:
        view(ask, condition={"all": [{"field": "close_kind", "op": "is", "value": "odd"}]})
    assert list(refusal.value.details["errors"]) == ["condition.all[0].value"]


@pytest.mark.parametrize("who", ["boss", "own", "pool", "group", "department"])
def test_counters_equal_lists_whatever_the_scope(desk: Desk, ask: Ask, who: str) -> None:
    name, group_id = fresh_tag(), team(desk)
    worker = agent(groups=[str(group_id)])
    desk.learn(person(worker.subject, name=worker.name, group_ids=[group_id]))
    readers = {
        "boss": desk.boss,
        "own": agent(pools=False),
        "pool": worker,
        "group": agent(tickets="group", groups=[str(group_id)]),
        "department": agent(tickets="department", departments=[str(uuid4())], pools=False),
    }
    tickets = [edit(ask, created(ask), tags=[name]) for _ in range(6)]
    for ticket in tickets[:4]:
        ask("transfer_ticket", number=ticket["number"], group_id=str(group_id))
    for ticket in tickets[:2]:
        given = {"assignee_id": str(worker.subject), "assignee_name": worker.name}
        ask("assign_ticket", number=ticket["number"], **given)
    reader = readers[who]
    made = view(ask, reader, condition=tagged(name))["view_id"]
    counts = {one["view_id"]: one for one in ask("count_views", actor=reader)["items"]}
    found = len(listed(ask, reader, made))
    assert counts[made] == {"view_id": made, "value": found, "is_exact": True}
    assert found == {"boss": 6, "own": 0, "pool": 6, "group": 6, "department": 0}[who]


def test_a_counter_that_takes_too_long_is_left_out(desk: Desk, ask: Ask, monkeypatch: Any) -> None:
    slow, quick = view(ask, name="慢"), view(ask, name="快")
    ask("order_views", view_ids=[slow["view_id"], quick["view_id"]])
    real = view_queries.fitting

    def sleeps(condition: Any, now: Any, zone: Any) -> Any:
        from sqlalchemy import func

        # The first counter asked for; the others are counted nevertheless.
        monkeypatch.setattr(view_queries, "fitting", real)
        return func.pg_sleep(5).is_not(None)

    monkeypatch.setattr(view_queries, "fitting", sleeps)
    created(ask)
    counts = {one["view_id"]: one for one in ask("count_views")["items"]}
    assert counts[slow["view_id"]] == {
        "view_id": slow["view_id"],
        "value": None,
        "is_exact": False,
    }
    assert counts[quick["view_id"]]["value"]


def test_views_are_versioned_and_ordered_for_oneself(ask: Ask) -> None:
    owner, other = supervisor(), supervisor()
    first, second = (view(ask, owner, name=name, visibility="shared") for name in ("甲", "乙"))
    ids = [second["view_id"], first["view_id"]]
    ask("order_views", actor=owner, view_ids=ids)
    assert [one for one in names(ask, owner) if one in "甲乙"] == ["乙", "甲"]
    assert [one for one in names(ask, other) if one in "甲乙"] == ["甲", "乙"]
    with pytest.raises(InvalidInput) as refusal:
        ask("order_views", actor=owner, view_ids=[str(uuid4()), ids[0], ids[0]])
    assert set(refusal.value.details["errors"]) == {"view_ids[0]", "view_ids[2]"}
    given = {"actor": owner, "view_id": first["view_id"]}
    changed = ask("replace_view", **given, version=1, values={"name": "丙"})
    assert (changed["name"], changed["visibility"], changed["version"]) == ("丙", "private", 2)
    assert "丙" not in names(ask, other)
    with pytest.raises(Stale):
        ask("replace_view", **given, version=1, values={"name": "丁"})
    for one in (first, second):
        present = ask("get_view", actor=owner, view_id=one["view_id"])["version"]
        ask("remove_view", actor=owner, view_id=one["view_id"], version=present)


def test_nobody_has_views_without_end(ask: Ask) -> None:
    owner = agent()
    for place in range(50):
        view(ask, owner, name=f"视图{place}")
    with pytest.raises(DeskError) as refusal:
        view(ask, owner)
    assert refusal.value.code == "view.too_many"


def test_to_do_is_mine_and_done_is_what_i_have_worked_on(desk: Desk, ask: Ask) -> None:
    me, group_id = agent(tickets="all"), team(desk)
    mine, passed, solved, other = (created(ask) for _ in range(4))
    for ticket in (mine, passed, solved):
        given = {"assignee_id": str(me.subject), "assignee_name": me.name}
        ask("assign_ticket", actor=me, number=ticket["number"], **given)
        ask("reply", actor=me, number=ticket["number"], text="您好")
    ask("solve_ticket", actor=me, number=solved["number"], text="已处理")
    ask("transfer_ticket", number=passed["number"], group_id=str(group_id))

    def shown(name: str) -> set[str]:
        page = ask("list_tickets", actor=me, filters={"view": name})
        return {one["number"] for one in page["items"]}

    found = {name: shown(name) for name in ("todo", "done")}
    assert found == {
        "todo": {mine["number"]},
        "done": {passed["number"], solved["number"]},
    }
    assert other["number"] not in found["done"]
    counts = ask("count_tickets", actor=me)
    assert (counts["todo"]["value"], counts["done"]["value"]) == (1, 2)
    # Asked to help, it is theirs to do as well.
    with desk.database.begin() as uow:
        uow.session.execute(
            text("UPDATE tickets SET collaborators = ARRAY[CAST(:me AS uuid)] WHERE number = :n"),
            {"me": me.subject, "n": other["number"]},
        )
        uow.commit()
    assert shown("todo") == {mine["number"], other["number"]}
    # Whose it was before anybody kept who works on what is found as well.
    with desk.database.begin() as uow:
        uow.session.connection().exec_driver_sql("DELETE FROM ticket_workers")
        uow.commit()
    page = ask("list_tickets", actor=me, filters={"view": "done"})
    assert [one["number"] for one in page["items"]] == [solved["number"]]
