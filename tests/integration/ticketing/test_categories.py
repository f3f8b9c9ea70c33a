"""The tree of categories as it is kept, and tickets in it."""

from typing import Any
from uuid import uuid4

import pytest

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from services.ticketing.use_cases import edit_categories
from services.ticketing.use_cases.edit_categories import tell_moves
from services.ticketing.use_cases.tell_categories import tell_categories
from tests.integration.ticketing.desk import Ask, Desk, agent, created, supervisor
from tests.integration.ticketing.ruling import URGENT, edit, events_of, hear, trigger
from tests.support.actors import actor
from tests.support.directory import group

ADMIN = actor("administrator", "管理员")
Json = dict[str, Any]


def new(ask: Ask, name: str, parent: Json | None = None, **more: Any) -> Json:
    """A category of a name that no other test uses."""
    values = {"name_zh": f"{name} {uuid4()}", "name_en": None, **more}
    values["parent_id"] = parent and parent["category_id"]
    made: Json = ask("create_ticket_category", actor=ADMIN, values=values)
    return made


def change(ask: Ask, category: Json, **changes: Any) -> Json:
    changed: Json = ask(
        "edit_ticket_category",
        actor=ADMIN,
        category_id=category["category_id"],
        version=category["version"],
        changes=changes,
    )
    return changed


def listed(ask: Ask, **filters: Any) -> set[str]:
    return {one["number"] for one in ask("list_tickets", filters=filters)["items"]}


def test_categories_are_shipped(ask: Ask):
    names = [one["names"]["zh"] for one in ask("list_ticket_categories")["items"]]
    for line in (["售后", "产品维修"], ["订单", "物流异常"], ["咨询", "功能使用"]):
        assert line in names


def test_whoever_works_reads_the_tree_and_administrators_change_it(ask: Ask):
    assert ask("list_ticket_categories", actor=agent())["items"]
    with pytest.raises(Forbidden):
        ask("create_ticket_category", actor=supervisor(), values={"name_zh": "新"})


def test_a_moved_category_takes_along_what_lies_below_it(ask: Ask):
    top, other = new(ask, "甲"), new(ask, "乙", name_en="B")
    middle = new(ask, "丙", top)
    leaf = new(ask, "丁", middle)
    ticket = created(ask, category_id=leaf["category_id"])
    assert listed(ask, category=top["category_id"]) == {ticket["number"]}
    moved = change(ask, middle, parent_id=other["category_id"])
    assert moved["path"] == [other["category_id"], middle["category_id"]]
    found = {one["category_id"]: one for one in ask("list_ticket_categories")["items"]}
    assert found[leaf["category_id"]]["path"][0] == other["category_id"]
    assert found[leaf["category_id"]]["names"]["en"][0] == "B"
    assert listed(ask, category=top["category_id"]) == set()
    assert listed(ask, category=other["category_id"]) == {ticket["number"]}
    shown = ask("get_ticket", number=ticket["number"])["category"]
    assert shown["names"]["zh"] == found[leaf["category_id"]]["names"]["zh"]


def tell(database: Database) -> None:
    while tell_moves(database, utc_now()):
        pass


def test_unfinished_tickets_tell_where_they_lie_after_a_move(
    ask: Ask, desk: Desk, database: Database
):
    tell(database)
    top, other = new(ask, "甲"), new(ask, "乙")
    leaf = new(ask, "丙", top)
    running, ended = (created(ask, category_id=leaf["category_id"]) for _ in range(2))
    outside = created(ask, category_id=top["category_id"])
    ask("solve_ticket", number=ended["number"], text="已处理")
    seen = ask("get_ticket", number=running["number"])
    counts = {one["number"]: len(desk.events(one["ticket_id"])) for one in (ended, outside)}
    change(ask, leaf, parent_id=other["category_id"])
    tell(database)
    told = desk.events(running["ticket_id"])[-1]
    assert (told["type"], told["data"]["changed"]) == ("ticket.edited", ["category_path"])
    assert told["data"]["category_path"] == [other["category_id"], leaf["category_id"]]
    # Once, and nothing else of the ticket has changed.
    after = ask("get_ticket", number=running["number"])
    assert after["timeline"] == seen["timeline"]
    assert after["version"] == seen["version"]
    for one in (ended, outside):
        assert len(desk.events(one["ticket_id"])) == counts[one["number"]]
    tell(database)
    assert desk.events(running["ticket_id"])[-1] == told
    # Another name is no move: names stand in no copy.
    leaf = next(
        one
        for one in ask("list_ticket_categories")["items"]
        if one["category_id"] == leaf["category_id"]
    )
    change(ask, leaf, name_zh=f"丁 {uuid4()}")
    tell(database)
    assert desk.events(running["ticket_id"])[-1] == told


def test_whoever_dies_while_tickets_tell_a_move_is_followed(
    ask: Ask, desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
):
    tell(database)
    monkeypatch.setattr(edit_categories, "_BATCH", 1)
    top, other = new(ask, "甲"), new(ask, "乙")
    inside = [created(ask, category_id=top["category_id"]) for _ in range(3)]
    change(ask, top, parent_id=other["category_id"])
    assert tell_moves(database, utc_now())
    told = [len(desk.events(one["ticket_id"])) for one in inside]
    assert sorted(told) == [1, 1, 2], "one batch, and the others wait"
    tell(database)
    for one in inside:
        paths = [event["data"]["category_path"] for event in desk.events(one["ticket_id"])]
        assert paths == [[top["category_id"]], [other["category_id"], top["category_id"]]]


def test_a_move_that_dies_before_its_commit_is_told_once(
    ask: Ask, desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
):
    tell(database)
    top, other = new(ask, "甲"), new(ask, "乙")
    inside = created(ask, category_id=top["category_id"])
    change(ask, top, parent_id=other["category_id"])

    def die(point: str) -> None:
        raise SystemExit(point)

    with monkeypatch.context() as dying:
        dying.setattr(edit_categories, "crash_point", die)
        with pytest.raises(SystemExit, match="amid_category_move"):
            tell_moves(database, utc_now())
    assert len(desk.events(inside["ticket_id"])) == 1
    tell(database)
    assert len(desk.events(inside["ticket_id"])) == 2


def test_no_trigger_acts_on_a_move(ask: Ask, desk: Desk, database: Database):
    top, other = new(ask, "甲"), new(ask, "乙")
    ticket = created(ask, category_id=top["category_id"])
    asks = {"all": [{"field": "category_id", "op": "is", "value": other["category_id"]}]}
    trigger(ask, URGENT, events=["updated"], condition=asks)
    change(ask, top, parent_id=other["category_id"])
    tell(database)
    hear(desk, *events_of(desk, ticket))
    assert ask("get_ticket", number=ticket["number"])["urgency"] == "normal"
    edit(ask, ticket, subject="又问了一次")
    hear(desk, *events_of(desk, ticket))
    assert ask("get_ticket", number=ticket["number"])["urgency"] == "urgent"


def test_no_category_is_moved_below_itself(ask: Ask):
    top = new(ask, "甲")
    leaf = new(ask, "乙", top)
    with pytest.raises(InvalidInput) as refusal:
        change(ask, top, parent_id=leaf["category_id"])
    assert refusal.value.code == "category.circle"
    assert list(refusal.value.details["errors"]) == ["parent_id"]


def test_siblings_have_different_names_and_any_order(ask: Ask):
    top = new(ask, "甲")
    one, two = new(ask, "乙", top), new(ask, "丙", top)
    with pytest.raises(Conflict) as refusal:
        change(ask, two, name_zh=one["name_zh"])
    assert refusal.value.code == "category.name_taken"
    wanted = [two["category_id"], one["category_id"]]
    ordered = ask(
        "order_ticket_categories",
        actor=ADMIN,
        parent_id=top["category_id"],
        category_ids=wanted,
    )
    inside = [it for it in ordered["items"] if it["parent_id"] == top["category_id"]]
    assert [it["category_id"] for it in inside] == wanted
    with pytest.raises(InvalidInput):
        ask(
            "order_ticket_categories",
            actor=ADMIN,
            parent_id=top["category_id"],
            category_ids=wanted[:1],
        )


def below(ask: Ask, parent: dict[str, Any]) -> list[str]:
    items = ask("list_ticket_categories", actor=ADMIN)["items"]
    return [it["category_id"] for it in items if it["parent_id"] == parent["category_id"]]


def test_a_move_may_say_where_among_its_new_siblings(ask: Ask):
    top, other = new(ask, "甲"), new(ask, "乙")
    one, two = (new(ask, name, other)["category_id"] for name in ("丙", "丁"))
    first, last, gone = (new(ask, name, top) for name in ("戊", "己", "庚"))
    place = {"parent_id": other["category_id"]}
    moved = change(ask, first, **place, before_id=two)
    assert (moved["parent_id"], moved["version"]) == (other["category_id"], first["version"] + 1)
    assert moved["audit"] == {
        "object": first["category_id"],
        "before": {"parent_id": top["category_id"]},
        "after": {**place, "before_id": two},
    }
    change(ask, last, **place, before_id=None)
    order = [one, first["category_id"], two, last["category_id"]]
    assert below(ask, other) == order
    # Among those that it had before as well.
    change(ask, moved, before_id=one)
    assert below(ask, other) == [first["category_id"], one, two, last["category_id"]]
    for wrong in (top["category_id"], gone["category_id"], str(uuid4()), "丙"):
        with pytest.raises(InvalidInput) as refusal:
            change(ask, gone, **place, before_id=wrong)
        assert list(refusal.value.details["errors"]) == ["before_id"]
    assert below(ask, top) == [gone["category_id"]]
    with pytest.raises(InvalidInput) as refusal:
        new(ask, "辛", other, before_id=one)
    assert list(refusal.value.details["errors"]) == ["before_id"]


def test_who_comes_second_is_told(ask: Ask):
    top = new(ask, "甲")
    change(ask, top, name_zh=f"乙 {uuid4()}")
    with pytest.raises(Stale):
        change(ask, top, name_zh=f"丙 {uuid4()}")
    with pytest.raises(NotFound):
        change(ask, {"category_id": str(uuid4()), "version": 1}, name_zh="丁")


def test_what_is_put_away_takes_no_new_tickets_and_keeps_the_old(ask: Ask):
    top = new(ask, "甲")
    leaf = new(ask, "乙", top)
    kept = created(ask, category_id=leaf["category_id"])
    use = ask("get_ticket_category_use", actor=ADMIN, category_id=top["category_id"])
    assert use["tickets"] == use["unfinished"] == {"value": 1, "is_exact": True}
    away = change(ask, top, is_active=False)
    with pytest.raises(InvalidInput) as refusal:
        created(ask, category_id=leaf["category_id"])
    assert refusal.value.code == "category.unknown"
    assert ask("get_ticket", number=kept["number"])["category"] is not None
    ask("edit_ticket", number=kept["number"], version=None, changes={"subject": "仍在此分类"})
    assert listed(ask, category=leaf["category_id"]) == {kept["number"]}
    change(ask, away, is_active=True)
    assert created(ask, category_id=leaf["category_id"])["category"]["names"]["zh"][0]


def test_a_ticket_begins_with_what_its_category_brings(ask: Ask, desk: Desk):
    team = group(name="维修组", department_id=uuid4(), region_id=None)
    desk.learn(team)
    team_id = str(team.data["group_id"])
    defaults = {"template_key": "repair", "urgency": "urgent", "group_id": team_id}
    top = new(ask, "甲", defaults=defaults)
    leaf = new(ask, "乙", top, defaults={"tags": ["维修"]})
    ticket = created(ask, category_id=leaf["category_id"])
    assert (ticket["kind"], ticket["urgency"], ticket["tags"]) == ("repair", "urgent", ["维修"])
    assert ticket["group"]["group_id"] == team_id
    assert ticket["template"]["key"] == "repair"
    assert ticket["urgency_reason"] == " › ".join(ticket["category"]["names"]["zh"])
    [told] = desk.events(ticket["ticket_id"])
    assert told["data"]["category_id"] == leaf["category_id"]
    assert told["data"]["category_path"] == [top["category_id"], leaf["category_id"]]


def test_what_is_said_counts_before_what_the_category_brings(ask: Ask):
    defaults = {"kind": "repair", "urgency": "urgent", "tags": ["甲"]}
    top = new(ask, "甲", defaults=defaults)
    given = {"kind": "complaint", "urgency_word": "complaint_urgent", "tags": ["乙"]}
    ticket = created(ask, category_id=top["category_id"], **given)
    assert (ticket["kind"], ticket["urgency"]) == ("complaint", "critical")
    assert (ticket["urgency_word"], ticket["tags"]) == ("complaint_urgent", ["甲", "乙"])
    plain = created(ask)
    assert (plain["kind"], plain["urgency"], plain["category"]) == ("inquiry", "normal", None)


def test_defaults_name_what_there_is(ask: Ask):
    wrong = {"template_key": "none", "group_id": str(uuid4()), "scale": "none"}
    for name, value in wrong.items():
        with pytest.raises(InvalidInput) as refusal:
            new(ask, "甲", defaults={name: value})
        assert list(refusal.value.details["errors"]) == [f"defaults.{name}"]


def test_a_change_of_category_leaves_one_entry_with_its_names(ask: Ask, desk: Desk):
    one, two = new(ask, "甲"), new(ask, "乙")
    ticket = created(ask, category_id=one["category_id"])
    given = {"number": ticket["number"], "changes": {"category_id": two["category_id"]}}
    changed = ask("edit_ticket", version=ticket["version"], **given)
    assert changed["category"]["category_id"] == two["category_id"]
    entry = desk.show(ticket["number"])["timeline"]["items"][-1]
    [told] = entry["event"]["changes"]
    assert told["field"] == "category"
    assert told["from"]["names"]["zh"] == [one["name_zh"]]
    assert told["to"]["names"]["zh"] == [two["name_zh"]]
    assert desk.events(ticket["ticket_id"])[-1]["data"]["category_id"] == two["category_id"]
    with pytest.raises(Stale):
        ask("edit_ticket", version=ticket["version"], **given)
    out = ask(
        "edit_ticket",
        number=ticket["number"],
        version=changed["version"],
        changes={"category_id": None},
    )
    assert out["category"] is None
    assert ticket["number"] in listed(ask, category="none")


def test_a_category_that_is_not_there_is_named(ask: Ask):
    number = created(ask)["number"]
    for odd in (str(uuid4()), "x"):
        with pytest.raises(InvalidInput) as refusal:
            ask("edit_ticket", number=number, version=None, changes={"category_id": odd})
        assert "category_id" in refusal.value.details["errors"]


def test_views_and_rules_ask_for_a_category_with_all_below_it(ask: Ask):
    top = new(ask, "甲")
    leaf = new(ask, "乙", top)
    inside, _ = created(ask, category_id=leaf["category_id"]), created(ask)
    condition = {"field": "category_id", "op": "is", "value": top["category_id"]}
    boss = supervisor()
    view = ask("create_view", actor=boss, values={"name": f"甲 {uuid4()}", "condition": condition})
    found = ask("list_tickets", actor=boss, filters={"saved_view": view["view_id"]})["items"]
    assert [one["number"] for one in found] == [inside["number"]]
    use = ask("get_ticket_category_use", actor=ADMIN, category_id=top["category_id"])
    assert (use["views"], use["rules"]) == (1, 0)
    wrong = {**condition, "value": str(uuid4())}
    with pytest.raises(InvalidInput):
        ask("create_view", actor=boss, values={"name": "乙", "condition": wrong})


def test_a_ticket_of_a_category_costs_one_statement_more(ask: Ask, desk: Desk):
    leaf = new(ask, "乙", new(ask, "甲"))
    plain, inside = created(ask), created(ask, category_id=leaf["category_id"])
    counts = []
    for ticket in (plain, inside):
        with desk.counting_statements() as seen:
            ask("add_note", number=ticket["number"], text="备注")
        counts.append(len(seen))
    assert counts[1] == counts[0] + 1
    with desk.counting_statements() as seen:
        ask("list_tickets", filters={"category": leaf["category_id"]})
    assert len([one for one in seen if "FROM tickets" in one]) == 1


def test_a_search_finds_what_lies_in_a_category_and_below_it(ask: Ask):
    name = f"找{uuid4().hex[:6]}"
    top = ask("create_ticket_category", actor=ADMIN, values={"name_zh": name})
    values = {"name_zh": "下级", "name_en": "Lower part", "parent_id": top["category_id"]}
    leaf = ask("create_ticket_category", actor=ADMIN, values=values)
    above = created(ask, category_id=top["category_id"])["number"]
    below = created(ask, category_id=leaf["category_id"])["number"]
    outside = created(ask)["number"]

    def found(q: str) -> set[str]:
        page = ask("search_tickets", q=q, limit=50)
        return {one["number"] for one in page["items"]} & {above, below, outside}

    assert found(f"category:{name}") == found(f"分类:{top['category_id']}") == {above, below}
    assert found(f"category:{name}/下级") == found(f'category:"{name} / lower part"') == {below}
    assert found(f"-category:{name}") == {outside}
    assert found("分类:无") == {outside}
    # What names no category is words.
    assert found(f"category:{name}x") == set()


def told_of(desk: Desk, category: Json) -> list[Json]:
    """What others were told of a category, the oldest first."""
    return [one["data"] for one in desk.events(category["category_id"])]


def test_others_are_told_once_what_a_category_is_called_and_where_it_lies(
    ask: Ask, desk: Desk, database: Database
):
    top = new(ask, "甲", name_en="A")
    leaf = new(ask, "乙", top)
    while tell_categories(database, utc_now()):
        pass
    [told] = told_of(desk, leaf)
    names = ("name_zh", "name_en", "parent_id", "version", "is_active")
    assert {name: told[name] for name in names} == {name: leaf[name] for name in names}
    assert not tell_categories(database, utc_now())
    renamed = change(ask, change(ask, leaf, name_zh=f"丙 {uuid4()}"), parent_id=None)
    while tell_categories(database, utc_now()):
        pass
    # As it is now: nobody needs to know what it was for a moment.
    assert [one["version"] for one in told_of(desk, leaf)] == [1, renamed["version"]]
    assert told_of(desk, leaf)[-1]["name_zh"] == renamed["name_zh"]
    assert told_of(desk, leaf)[-1]["parent_id"] is None
    assert len(told_of(desk, top)) == 1
