"""Who names what is put away: told before, by the command, and by what has become stale itself."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from services.ticketing.use_cases.tags import rename_tags
from tests.integration.ticketing.checking import known
from tests.integration.ticketing.checking import published as published_sheet
from tests.integration.ticketing.checking import rule as quality_rule
from tests.integration.ticketing.desk import Ask, Desk, agent, supervisor
from tests.integration.ticketing.keyed import keyed_database
from tests.integration.ticketing.ruling import URGENT, automation, fresh_tag, tag, tagged, trigger
from tests.support.actors import actor

ADMIN = actor("administrator", "管理员")
Json = dict[str, Any]


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    with keyed_database(databases, "uses") as database:
        yield database


def category(ask: Ask, parent: Json | None = None, **more: Any) -> Json:
    values = {"name_zh": f"分类 {uuid4()}", "parent_id": parent and parent["category_id"], **more}
    made: Json = ask("create_ticket_category", actor=ADMIN, values=values)
    return made


def kinds(uses: list[Json]) -> list[tuple[str, str | None]]:
    return [(use["kind"], use["name"]) for use in uses]


def view(ask: Ask, condition: Json, **more: Any) -> Json:
    values = {"name": "视图", "condition": condition, "visibility": "shared", **more}
    made: Json = ask("create_view", values=values)
    return made


def stale(ask: Ask, made: Json) -> str | None:
    """What a list of views or rules says of one of them."""
    if "view_id" in made:
        items = ask("list_views")["items"]
        return next(it["problem"] for it in items if it["view_id"] == made["view_id"])
    kind = "automation" if "anchor" in made else "trigger"
    items = ask("list_rules", kind=kind)["items"]
    return next(it["problem"] for it in items if it["rule_id"] == made["rule_id"])


def test_whoever_archives_a_category_is_told_what_asks_for_it(ask: Ask) -> None:
    top = category(ask)
    leaf = category(ask, top)
    asks = {"all": [{"field": "category_id", "op": "is", "value": leaf["category_id"]}]}
    rule = trigger(ask, URGENT, name="催办", condition=asks)
    shared = view(ask, asks, name="维修")
    ask("create_view", actor=agent(), values={"name": "我的", "condition": asks})
    assert stale(ask, rule) is stale(ask, shared) is None
    use = ask("get_ticket_category_use", actor=ADMIN, category_id=top["category_id"])
    expected = [("trigger", "催办"), ("view", None), ("view", "维修")]
    assert sorted(kinds(use["uses"]), key=str) == sorted(expected, key=str)
    assert (use["views"], use["rules"]) == (2, 1)
    below = sorted([top["category_id"], leaf["category_id"]])
    assert use["named"] == {"categories": below}
    given = {"category_id": top["category_id"], "version": top["version"]}
    away = ask("edit_ticket_category", actor=ADMIN, **given, changes={"is_active": False})
    assert (away["uses"], away["named"]) == (use["uses"], use["named"])
    archived = "condition.all[0].value: is a category that is archived"
    assert stale(ask, rule) == stale(ask, shared) == archived
    given["version"] = away["version"]
    back = ask("edit_ticket_category", actor=ADMIN, **given, changes={"is_active": True})
    assert "uses" not in back
    assert stale(ask, rule) is None


def test_whoever_archives_a_status_is_told_what_asks_for_it(ask: Ask) -> None:
    label = {"zh": f"待验收 {uuid4().hex[:6]}"}
    values = {"base": "in_progress", "label": label}
    status = ask("create_status", actor=ADMIN, values=values)
    assert status["usage"]["uses"] == []
    asks = {"all": [{"field": "own_status", "op": "is", "value": status["key"]}]}
    moves = {"type": "set_status", "status": status["key"]}
    seen, moving = view(ask, asks, name="验收"), automation(ask, moves, name="送验")
    macro = ask(
        "create_macro",
        actor=supervisor(),
        values={"name": "送验收", "visibility": "shared", "actions": [moves]},
    )
    shown = ask("get_status", actor=ADMIN, key=status["key"])["usage"]["uses"]
    assert kinds(shown) == [("automation", "送验"), ("macro", "送验收"), ("view", "验收")]
    changes = {"is_archived": True}
    away = ask("edit_status", actor=ADMIN, key=status["key"], version=None, changes=changes)
    assert away["usage"]["uses"] == shown
    assert stale(ask, seen) == "condition.all[0].value: is no status in use"
    assert stale(ask, moving) == "actions[0].status: is no status in use"
    assert ask("get_macro", macro_id=macro["macro_id"])["problem"]


def test_whoever_takes_a_tag_away_is_told_what_names_it(ask: Ask, database: Database) -> None:
    # Quotation marks and strokes stand escaped in JSON.
    name = f'{fresh_tag()} "\\'
    known = ask("create_tag", actor=ADMIN, values={"name": name})
    seen = view(ask, {"all": [tagged(name)]}, name="带标签")
    rule = trigger(ask, tag(name), name="打标签")
    brings = category(ask, defaults={"tags": [name]})
    expected = [("trigger", "打标签"), ("category", brings["name_zh"]), ("view", "带标签")]
    use = ask("get_tag_use", actor=ADMIN, tag_id=known["tag_id"])
    assert kinds(use["uses"]) == expected
    assert use["tickets"] == {"value": 0, "is_exact": True}
    given = {"tag_id": known["tag_id"], "version": known["version"]}
    away = ask("edit_tag", actor=ADMIN, **given, changes={"is_active": False})
    assert kinds(away["uses"]) == expected
    gone = "is a tag that is no longer in use"
    assert stale(ask, seen) == f"condition.all[0].value: {gone}"
    assert stale(ask, rule) == f"actions[0].tags: {gone}"
    given["version"] = away["version"]
    back = ask("edit_tag", actor=ADMIN, **given, changes={"is_active": True})
    assert "uses" not in back
    assert stale(ask, seen) is stale(ask, rule) is None
    other = ask("create_tag", actor=ADMIN, values={"name": fresh_tag()})
    given["version"] = back["version"]
    merged = ask("merge_tag", actor=ADMIN, **given, into=other["tag_id"])
    assert kinds(merged["uses"]) == expected
    while rename_tags(database, utc_now()):
        pass


def published(ask: Ask, key: str, *fields: str, secret: tuple[str, ...] = ()) -> Json:
    values: Json = {
        "name": {"zh": "表单", "en": "Form"},
        "kind": "complaint",
        "fields": [{"key": one, "type": "text", "label": {"zh": one}} for one in fields],
    }
    if secret:
        values["confidential"] = {"fields": list(secret), "identity_check": False}
    ask("edit_template", key=key, version=None, values=values)
    told: Json = ask("publish_template", key=key)
    return told


def test_whoever_takes_a_field_away_or_makes_it_confidential_is_told_what_names_it(
    ask: Ask, desk: Desk
) -> None:
    key, gone, card = (f"{name}{uuid4().hex[:8]}" for name in ("t", "gone", "card"))
    values = {"name": {"zh": "表单", "en": "Form"}, "kind": "complaint"}
    ask("create_template", key=key, values={**values, "fields": []})
    assert published(ask, key, gone, card)["affected"] == []
    fresh = f"k{uuid4().hex[:8]}"
    published(ask, key, gone, card, fresh)
    # Named by nobody here: others are asked after it as well.
    [told] = published(ask, key, gone, card)["affected"]
    expected = {"field": fresh, "reason": "removed", "uses": [], "named": {"fields": [fresh]}}
    assert told == expected
    asks = {"all": [{"field": f"fields.{card}", "op": "is_set"}]}
    seen = view(ask, asks, name="有卡号")
    rule = trigger(ask, URGENT, name="卡号", condition=asks)
    watched = quality_rule(ask, known(desk, agent()), published_sheet(ask), "x", condition=asks)
    text = f"您的 {{{{fields.{gone}}}}} 已收到"
    reply = {"name": "收到", "body": text, "visibility": "shared"}
    ask("create_canned_reply", actor=supervisor(), values=reply)
    step = {"type": "set_field", "field": gone, "value": "x"}
    macro = ask(
        "create_macro",
        actor=supervisor(),
        values={"name": "填写", "visibility": "shared", "actions": [step]},
    )
    usage = ask("get_field_usage", actor=ADMIN, key=key, field=gone)
    assert kinds(usage["uses"]) == [("macro", "填写"), ("canned_reply", "收到")]
    told = published(ask, key, card, secret=(card,))["affected"]
    by_field = {one["field"]: (one["reason"], kinds(one["uses"])) for one in told}
    assert by_field == {
        gone: ("removed", [("macro", "填写"), ("canned_reply", "收到")]),
        card: ("confidential", [("trigger", "卡号"), ("quality_rule", "抽检"), ("view", "有卡号")]),
    }
    assert stale(ask, seen) == stale(ask, rule) == "condition.all[0].field: is confidential"
    shown = ask("get_quality_rule", rule_id=watched["rule_id"])
    assert shown["problem"] == stale(ask, seen)
    problem = ask("get_macro", macro_id=macro["macro_id"])["problem"]
    assert problem == "actions[0].field: is a field that no template has any more"
    assert published(ask, key, gone, card, secret=(card,))["affected"] == []
    assert usage["named"] == {"fields": [gone]}
    assert ask("get_macro", macro_id=macro["macro_id"])["problem"] is None
