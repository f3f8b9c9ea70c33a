"""Templates that offer some categories alone: wherever a ticket gets a category or a template."""

from typing import Any
from uuid import uuid4

import pytest

from libs.common.actor import Actor
from libs.common.errors import InvalidInput
from services.ticketing.use_cases.working import edit_ticket
from tests.integration.ticketing.desk import Ask, Desk, created, message, requester, types
from tests.support.actors import actor

ADMIN = actor("administrator", "管理员")
NAME = {"zh": "安装预约", "en": "Installation"}
Json = dict[str, Any]


def category(ask: Ask, parent: Json | None = None, **more: Any) -> Json:
    values = {"name_zh": f"分类 {uuid4()}", "parent_id": parent and parent["category_id"], **more}
    made: Json = ask("create_ticket_category", actor=ADMIN, values=values)
    return made


def edit_category(ask: Ask, one: Json, **changes: Any) -> Json:
    given = {"category_id": one["category_id"], "version": one["version"], "changes": changes}
    edited: Json = ask("edit_ticket_category", actor=ADMIN, **given)
    return edited


def offering(ask: Ask, *categories: Json, **more: Any) -> str:
    """The key of a published template that offers these."""
    key = f"t{uuid4().hex[:12]}"
    offered = [one["category_id"] for one in categories]
    values = {"name": NAME, "kind": "repair", "categories": offered, **more}
    ask("create_template", key=key, values=values)
    ask("publish_template", key=key)
    return key


def refusal(ask: Ask, method: str, **given: Any) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        ask(method, **given)
    return caught.value


def fields_of(error: InvalidInput) -> list[str]:
    return list(error.details["errors"])


def begun(template_key: str, **more: Any) -> Json:
    return {
        "customer_id": str(uuid4()),
        "customer_name": "韩梅梅",
        "subject": "预约",
        "text": "请来人安装",
        "template_key": template_key,
        **more,
    }


def test_a_new_ticket_takes_only_what_its_template_offers(ask: Ask):
    top, other = category(ask), category(ask)
    leaf = category(ask, top)
    key = offering(ask, top)
    for one in (top, leaf):
        made = created(ask, template_key=key, category_id=one["category_id"])
        assert made["category"]["category_id"] == one["category_id"]
    assert created(ask, template_key=key)["category"] is None
    error = refusal(ask, "create_ticket", **begun(key, category_id=other["category_id"]))
    assert (error.code, fields_of(error)) == ("category.not_offered", ["category_id"])


def test_a_running_ticket_goes_by_the_version_that_it_keeps(ask: Ask):
    top, other = category(ask), category(ask)
    key = offering(ask, top)
    ticket = created(ask, template_key=key, category_id=top["category_id"])
    moved = {"category_id": other["category_id"]}
    error = refusal(ask, "edit_ticket", number=ticket["number"], version=None, changes=moved)
    assert (error.code, fields_of(error)) == ("category.not_offered", ["category_id"])
    template = ask("get_template", key=key)
    assert template["categories"] == [top["category_id"]]
    values = {"name": NAME, "kind": "repair", "categories": [other["category_id"]]}
    ask("edit_template", key=key, version=template["version"], values=values)
    ask("publish_template", key=key)
    assert ask("get_template_version", key=key, version=1)["categories"] == [top["category_id"]]
    assert ask("get_template_version", key=key, version=2)["categories"] == [other["category_id"]]
    # Of the newer version nothing has changed for it.
    assert refusal(ask, "edit_ticket", number=ticket["number"], version=None, changes=moved)
    new = created(ask, template_key=key)
    edited = ask("edit_ticket", number=new["number"], version=None, changes=moved)
    assert edited["category"]["category_id"] == other["category_id"]


def test_another_template_tells_which_category_is_lost(ask: Ask, desk: Desk):
    top, other = category(ask), category(ask)
    old, new, wide = offering(ask, top), offering(ask, other), offering(ask)
    ticket = created(ask, template_key=old, category_id=top["category_id"])
    number = ticket["number"]
    kept = ask("preview_ticket_template", number=number, template_key=wide)
    assert kept["lost_category"] is None
    plan = ask("preview_ticket_template", number=number, template_key=new)
    assert plan["lost_category"]["category_id"] == top["category_id"]
    assert ask("get_ticket", number=number)["category"] is not None
    given = {"number": number, "template_key": new, "version": ticket["version"]}
    assert ask("change_ticket_template", **given)["category"] is None
    *_, entry = desk.show(number)["timeline"]["items"]
    assert entry["event"]["lost_category"]["names"]["zh"] == [top["name_zh"]]
    *_, event = desk.events(ticket["ticket_id"])
    assert event["data"]["lost_category_id"] == top["category_id"]
    assert (event["data"]["category_id"], event["data"]["category_path"]) == (None, [])


def test_what_a_category_brings_is_left_out_where_the_two_no_longer_fit(ask: Ask):
    top, other = category(ask), category(ask)
    key = offering(ask, top)
    leaf = category(ask, top, defaults={"template_key": key, "urgency": "urgent"})
    made = created(ask, category_id=leaf["category_id"])
    assert (made["template"]["key"], made["urgency"]) == (key, "urgent")
    # A template that nobody keeps from being published beside it: by an older release, say.
    error = refusal(ask, "edit_template", key=key, values=_values(other))
    assert fields_of(error) == ["categories"]


def _values(*categories: Json) -> Json:
    offered = [one["category_id"] for one in categories]
    return {"name": NAME, "kind": "repair", "categories": offered}


def test_what_could_never_work_cannot_be_saved(ask: Ask):
    top, other = category(ask), category(ask)
    gone = edit_category(ask, category(ask), is_active=False)
    given = {"key": f"t{uuid4().hex[:12]}"}
    error = refusal(ask, "create_template", **given, values=_values(gone))
    assert fields_of(error) == ["categories"]
    nowhere = {"category_id": str(uuid4())}
    error = refusal(ask, "create_template", **given, values=_values(top, nowhere))
    assert fields_of(error) == ["categories[1]"]
    key = offering(ask, top)
    # A category cannot begin with a template that does not offer it, wherever it is put.
    wanted = {"name_zh": "新", "defaults": {"template_key": key}}
    error = refusal(ask, "create_ticket_category", actor=ADMIN, values=wanted)
    assert (error.code, fields_of(error)) == ("category.not_offered", ["defaults.template_key"])
    leaf = category(ask, category(ask, top), defaults={"template_key": key})
    for moved in (leaf, {**leaf, "category_id": leaf["path"][1], "version": 1}):
        with pytest.raises(InvalidInput) as caught:
            edit_category(ask, moved, parent_id=other["category_id"])
        assert fields_of(caught.value) == ["parent_id"]
    assert edit_category(ask, leaf, parent_id=top["category_id"])["path"][0] == top["category_id"]


def test_whoever_archives_a_category_is_told_which_templates_offer_it(ask: Ask):
    top = category(ask)
    leaf = category(ask, top)
    offering(ask, leaf, name={"zh": "安装", "en": "Installation"})
    archived = edit_category(ask, top, is_active=False)
    assert [(one["kind"], one["name"]) for one in archived["uses"]] == [("template", "安装")]
    use = ask("get_ticket_category_use", actor=ADMIN, category_id=leaf["category_id"])
    assert [one["kind"] for one in use["uses"]] == ["template"]


def test_an_export_names_categories_by_their_paths(ask: Ask):
    top = category(ask)
    leaf = category(ask, top)
    key = offering(ask, leaf)
    document = ask("export_templates", keys=[key])
    [told] = document["templates"]
    assert told["categories"] == [[top["name_zh"], leaf["name_zh"]]]
    assert ask("check_templates", document=document)["items"][0]["outcome"] == "same"
    told["key"] = f"{key}_new"
    ask("import_templates", document=document)
    assert ask("get_template", key=told["key"])["categories"] == [leaf["category_id"]]
    told["categories"].append(["没有", "这个"])
    assert fields_of(refusal(ask, "import_templates", document=document)) == [
        "templates[0].categories[1]"
    ]


def requested(ask: Ask, who: Actor, **more: Any) -> Json:
    given = {"customer_name": who.name, "subject": "坏了", "text": "请来人看看"} | more
    request: Json = ask("create_request", actor=who, **given)
    return request


def test_requesters_choose_among_what_is_offered_where_the_template_says_so(ask: Ask):
    who, top, other = requester(), category(ask, name_en="Top"), category(ask)
    leaf, gone = category(ask, top), edit_category(ask, category(ask, top), is_active=False)
    asked = {"requesters": {"hidden": [], "categories": True}}
    key = offering(ask, top, **asked)
    closed = offering(ask, top, requesters={"hidden": []})
    forms = {one["key"]: one for one in ask("list_request_forms", actor=who)["items"]}
    assert forms[closed]["categories"] == []
    assert [one["category_id"] for one in forms[key]["categories"]] == [
        top["category_id"],
        leaf["category_id"],
    ]
    assert forms[key]["categories"][1]["names"]["en"] == ["Top", leaf["name_zh"]]
    made = requested(ask, who, template_key=key, category_id=leaf["category_id"])
    kept = ask("get_ticket", number=made["number"])
    assert kept["category"]["category_id"] == leaf["category_id"]
    for wrong in (
        {"template_key": key, "category_id": other["category_id"]},
        {"template_key": key, "category_id": gone["category_id"]},
        {"template_key": closed, "category_id": leaf["category_id"]},
        {"category_id": leaf["category_id"]},
    ):
        with pytest.raises(InvalidInput) as caught:
            requested(ask, who, **wrong)
        assert fields_of(caught.value) == ["category_id"]


def test_a_requester_sees_the_category_where_it_is_theirs_to_choose(ask: Ask):
    who, top = requester(), category(ask, name_en="Top")
    leaf = category(ask, top, name_en="Leaf")
    asked = {"requesters": {"hidden": [], "categories": True}}
    key, closed = offering(ask, top, **asked), offering(ask, top, requesters={"hidden": []})
    made = requested(ask, who, template_key=key, category_id=leaf["category_id"])
    names = {"zh": [top["name_zh"], leaf["name_zh"]], "en": ["Top", "Leaf"]}
    assert made["category"] == {"category_id": leaf["category_id"], "names": names}
    number = {"number": made["number"]}
    assert ask("get_request", actor=who, **number)["category"] == made["category"]
    # What staff make of it is shown as well: the template offers nothing else.
    ask("edit_ticket", version=None, **number, changes={"category_id": top["category_id"]})
    assert ask("get_request", actor=who, **number)["category"]["names"]["en"] == ["Top"]
    ask("edit_ticket", version=None, **number, changes={"category_id": None})
    assert ask("get_request", actor=who, **number)["category"] is None
    for more in ({"template_key": closed}, {}):
        number = {"number": requested(ask, who, **more)["number"]}
        ask("edit_ticket", version=None, **number, changes={"category_id": leaf["category_id"]})
        assert ask("get_request", actor=who, **number)["category"] is None


CHOOSING = {"requesters": {"hidden": [], "categories": True}}


def sent(key: str | None, words: str | None, **more: Any) -> Json:
    """What a web form says, as intake tells it."""
    return {"channel": "web_form", "template_key": key, "category": words, **more}


def filed(desk: Desk, **given: Any) -> Json:
    event = message(**given)
    desk.file(event)
    return desk.show(desk.number_of(event.data["ticket_id"]))


def left_out(ticket: Json) -> list[tuple[str, str]]:
    """(as it was given, why) of all that found no place, line by line."""
    return [
        (line, reason["code"])
        for one in ticket["timeline"]["items"]
        if one["kind"] == "event" and one["event"]["type"] == "ticket.values_left_out"
        for line, reason in zip(one["text"].splitlines(), one["event"]["left_out"], strict=True)
    ]


def test_a_web_form_names_a_category_by_its_id_its_path_or_its_name(ask: Ask, desk: Desk):
    top = category(ask, name_en=f"Top {uuid4()}")
    leaf = category(ask, top, name_en=f"Leaf {uuid4()}", defaults=_brought())
    key = offering(ask, top, **CHOOSING)
    for words in (
        leaf["category_id"],
        leaf["name_zh"],
        f"{top['name_zh']} › {leaf['name_zh']}",
        f"{top['name_en']}/{leaf['name_en']}",
    ):
        ticket = filed(desk, **sent(key, words))
        assert ticket["category"]["category_id"] == leaf["category_id"]
        assert left_out(ticket) == []
        # With what it brings wherever nothing else is said.
        assert (ticket["urgency"], ticket["tags"]) == ("urgent", ["上门"])
        [event] = desk.events(ticket["ticket_id"])
        assert event["data"]["category_id"] == leaf["category_id"]
    said = filed(desk, **sent(key, leaf["name_zh"], urgency_hint="critical"))
    assert said["urgency"] == "critical"
    assert filed(desk, **sent(key, None))["category"] is None


def _brought() -> Json:
    return {"urgency": "urgent", "tags": ["上门"]}


def test_what_a_web_form_may_not_name_is_told_and_loses_nothing(ask: Ask, desk: Desk):
    top, other = category(ask), category(ask)
    same = f"同名 {uuid4()}"
    first, second = category(ask, top), category(ask, top)
    for above in (first, second):
        category(ask, above, name_zh=same)
    gone = edit_category(ask, category(ask, top), is_active=False)
    key = offering(ask, top, **CHOOSING)
    closed = offering(ask, top, requesters={"hidden": []})
    for template, words, code in (
        (key, other["name_zh"], "unknown_category"),
        (key, gone["category_id"], "unknown_category"),
        (key, "没有 › 这个", "unknown_category"),
        (key, same, "ambiguous_category"),
        (closed, first["name_zh"], "unknown_category"),
        # Without a template the first of the kind decides: the shipped ones leave it to staff.
        (None, first["name_zh"], "unknown_category"),
    ):
        ticket = filed(desk, **sent(template, words))
        assert ticket["category"] is None
        assert left_out(ticket) == [(f"category: {words}", code)]
    whole = f"{top['name_zh']}/{first['name_zh']}/{same}"
    assert filed(desk, **sent(key, whole))["category"]["names"]["zh"][-1] == same
    both = filed(desk, **sent("nowhere", first["name_zh"]))
    assert left_out(both) == [
        ("template: nowhere", "unknown_template"),
        (f"category: {first['name_zh']}", "unknown_category"),
    ]


def test_a_category_that_comes_late_is_taken_until_staff_have_begun(ask: Ask, desk: Desk):
    top = category(ask, defaults=_brought())
    key = offering(ask, top, **CHOOSING)
    for begun_by_staff in (False, True):
        later = message(opens=False)
        desk.file(later)
        ticket_id, customer_id = later.data["ticket_id"], later.data["customer_id"]
        number = desk.number_of(ticket_id)
        if begun_by_staff:
            changes = {"subject": "已核实"}
            desk.change(edit_ticket, desk.boss, number=number, version=None, changes=changes)
        first = message(ticket_id, customer_id=customer_id, **sent(key, top["name_zh"]))
        desk.file(first)
        desk.file(first)
        ticket = desk.show(number)
        if begun_by_staff:
            assert (ticket["category"], ticket["tags"]) == (None, [])
            assert left_out(ticket) == [(f"category: {top['name_zh']}", "came_late")]
        else:
            assert ticket["category"]["category_id"] == top["category_id"]
            assert (ticket["urgency"], ticket["tags"]) == ("urgent", ["上门"])
            *_, told = desk.events(ticket["ticket_id"])
            assert told["data"]["category_id"] == top["category_id"]


def test_a_category_in_a_form_that_is_appended_is_told(ask: Ask, desk: Desk):
    top, other = category(ask), category(ask)
    key = offering(ask, top, other, **CHOOSING)
    first = message(**sent(key, top["name_zh"]))
    desk.file(first)
    ticket_id, customer_id = first.data["ticket_id"], first.data["customer_id"]
    again = sent(key, other["name_zh"], opens=False, customer_id=customer_id)
    desk.file(message(ticket_id, **again))
    ticket = desk.show(desk.number_of(ticket_id))
    assert ticket["category"]["category_id"] == top["category_id"]
    assert left_out(ticket) == [(f"category: {other['name_zh']}", "came_after")]
    assert types(desk.events(ticket["ticket_id"])) == ["ticket.created", "ticket.message_received"]


def test_forms_of_one_batch_ask_once_what_their_category_brings(ask: Ask, desk: Desk):
    top = category(ask, defaults=_brought())
    key = offering(ask, top, **CHOOSING)

    def cost(count: int) -> int:
        events = [message(**sent(key, top["category_id"])) for _ in range(count)]
        with desk.counting_statements() as seen:
            desk.file(*events)
        return sum("ticket_categories" in one for one in seen)

    assert cost(5) == cost(1)
