"""Templates in the database: drafts, versions, tickets that keep theirs, and changes of them."""

from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import Conflict, InvalidInput, NotFound, Stale
from services.ticketing.use_cases.working import change_status
from tests.integration.ticketing.desk import (
    Ask,
    Desk,
    agent,
    created,
    message,
    requester,
    staged,
    types,
)

NAME = {"zh": "安装预约", "en": "Installation"}


def text_field(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": "text", "label": {"zh": key}} | more


def drafted(ask: Ask, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A draft under a key of its own."""
    key = f"t{uuid4().hex[:12]}"
    values = {"name": NAME, "kind": "repair", "fields": list(fields)} | more
    template: dict[str, Any] = ask("create_template", key=key, values=values)
    return template


def published(ask: Ask, *fields: dict[str, Any], **more: Any) -> str:
    key: str = drafted(ask, *fields, **more)["key"]
    ask("publish_template", key=key)
    return key


def values_of(template: dict[str, Any], **changes: Any) -> dict[str, Any]:
    names = ("name", "kind", "description", "fields", "requirements")
    return {name: template[name] for name in names} | changes


def refused(ask: Ask, method: str, **given: Any) -> dict[str, Any]:
    with pytest.raises(InvalidInput) as refusal:
        ask(method, **given)
    errors: dict[str, Any] = refusal.value.details["errors"]
    return errors


def test_the_shipped_templates_are_there_in_their_order(ask: Ask):
    shipped = ask("list_templates", is_active=True)["items"][:6]
    assert [(one["key"], one["kind"], one["published_version"]) for one in shipped] == [
        ("inquiry", "inquiry", 1),
        ("complaint", "complaint", 1),
        ("repair", "repair", 1),
        ("suggestion", "suggestion", 1),
        ("return_goods", "inquiry", 1),
        ("internal", "internal", 1),
    ]
    complaint = ask("get_template", key="complaint")
    assert [one["label"]["zh"] for one in complaint["fields"]] == [
        "投诉对象",
        "投诉事由",
        "发生时间",
        "期望解决方案",
    ]


def test_running_tickets_keep_the_version_they_began_with(ask: Ask):
    key = published(ask, text_field("room", required=True))
    first = created(ask, template_key=key, fields={"room": "301"})
    assert first["template"] == {"key": key, "version": 1, "name": NAME}
    assert (first["kind"], first["fields"], first["field_faults"]) == (
        "repair",
        {"room": "301"},
        [],
    )
    read = ask("get_template", key=key)
    floor = values_of(read, fields=[text_field("floor", required=True)])
    draft = ask("edit_template", key=key, version=read["version"], values=floor)
    assert (draft["has_draft"], draft["published_version"]) == (True, 1)
    # Nobody sees the draft before it is published.
    created(ask, template_key=key, fields={"room": "302"})
    ask("publish_template", key=key, note="按楼层")
    assert refused(ask, "create_ticket", **_begun(key, room="303")).keys() == {
        "fields.room",
        "fields.floor",
    }
    assert created(ask, template_key=key, fields={"floor": "3"})["template"]["version"] == 2
    edited = ask(
        "edit_ticket", number=first["number"], version=None, changes={"fields": {"room": "305"}}
    )
    assert (edited["fields"], edited["template"]["version"]) == ({"room": "305"}, 1)
    versions = ask("list_template_versions", key=key, limit=1)
    assert [(one["version"], one["note"]) for one in versions["items"]] == [(2, "按楼层")]
    older = ask("list_template_versions", key=key, cursor=versions["next_cursor"])
    assert [one["version"] for one in older["items"]] == [1]
    [field] = ask("get_template_version", key=key, version=1)["fields"]
    assert field["key"] == "room"


def _begun(key: str, **fields: Any) -> dict[str, Any]:
    return {
        "customer_id": str(uuid4()),
        "customer_name": "韩梅梅",
        "subject": "预约",
        "text": "请安排",
        "template_key": key,
        "fields": fields,
    }


def test_what_nobody_has_published_is_for_no_ticket(ask: Ask):
    key = drafted(ask, text_field("room"))["key"]
    assert list(refused(ask, "create_ticket", **_begun(key))) == ["template_key"]
    ask("publish_template", key=key)
    ask("set_template_activity", key=key, is_active=False)
    assert list(refused(ask, "create_ticket", **_begun(key))) == ["template_key"]
    with pytest.raises(Conflict) as refusal:
        ask("publish_template", key=key)
    assert refusal.value.code == "ticket_template.unchanged"


def test_a_template_is_written_by_one_person_at_a_time(ask: Ask):
    template = drafted(ask, text_field("a"))
    key, seen = template["key"], template["version"]
    ask("edit_template", key=key, version=seen, values=values_of(template, description="新"))
    with pytest.raises(Stale) as refusal:
        ask("edit_template", key=key, version=seen, values=values_of(template))
    assert refusal.value.details == {"version": seen + 1}
    assert list(refused(ask, "create_template", key=key, values=values_of(template))) == ["key"]
    wrong = values_of(template, fields=[text_field("a", visible_when={"field": "tags"})])
    assert "fields[0].visible_when.op" in refused(ask, "edit_template", key=key, values=wrong)


def test_a_draft_can_be_thrown_away_and_a_template_without_versions_removed(ask: Ask):
    template = drafted(ask, text_field("a"))
    key = template["key"]
    with pytest.raises(Conflict):
        ask("drop_template_draft", key=key)
    ask("publish_template", key=key)
    ask("edit_template", key=key, values=values_of(template, fields=[]))
    dropped = ask("drop_template_draft", key=key)
    assert (dropped["has_draft"], len(dropped["fields"])) == (False, 1)
    with pytest.raises(Conflict) as refusal:
        ask("remove_template", key=key)
    assert refusal.value.code == "ticket_template.published"
    copy = ask("duplicate_template", key=key, new_key=f"{key}_2", name={"zh": "副本"})
    assert (copy["name"], copy["published_version"]) == ({"zh": "副本", "en": "副本"}, 0)
    ask("remove_template", key=copy["key"])
    with pytest.raises(NotFound):
        ask("get_template", key=copy["key"])


def test_another_order_names_every_template_once(ask: Ask):
    keys = [one["key"] for one in ask("list_templates")["items"]]
    assert list(refused(ask, "order_templates", keys=keys[1:])) == ["keys"]
    turned = ask("order_templates", keys=[*keys[1:], keys[0]])
    assert [one["key"] for one in turned["items"]] == [*keys[1:], keys[0]]
    ask("order_templates", keys=keys)


def test_messages_get_the_first_template_of_their_kind_and_are_never_refused(desk: Desk):
    told = {"complaint_target": 7, "客户级别": "VIP"}
    event = message(kind="complaint", channel="web_form", form_fields=told)
    desk.file(event)
    desk.file(event)
    ticket = desk.show(desk.number_of(event.data["ticket_id"]))
    assert (ticket["template"]["key"], ticket["fields"]) == ("complaint", told)
    assert {one["path"]: one["code"] for one in ticket["field_faults"]} == {
        "fields.complaint_target": "not_text",
        "fields.complaint_reason": "required",
    }
    assert types(desk.events(ticket["ticket_id"])) == ["ticket.created"]


def test_a_follow_up_has_the_template_of_its_kind(desk: Desk):
    event = message(kind="repair")
    desk.file(event)
    number = desk.number_of(event.data["ticket_id"])
    ask_close = {"status": "closed", "reason": "重复"}
    desk.change(change_status, desk.boss, number=number, **ask_close)
    again = message(event.data["ticket_id"], opens=False, kind="repair")
    desk.file(again)
    followed = desk.scalar(
        "SELECT v.key FROM tickets t JOIN ticket_template_versions v USING (template_version_id) "
        "WHERE t.follows_up = :id",
        id=event.data["ticket_id"],
    )
    assert followed == "repair"


def test_an_employees_request_has_the_template_of_internal_requests(ask: Ask):
    zhao = requester("赵六", "employee")
    given = {
        "customer_name": zhao.name,
        "subject": "领显示器",
        "text": "一台",
        "channel": "internal",
    }
    number = ask("create_request", actor=zhao, **given)["number"]
    ticket = ask("get_ticket", number=number)
    assert ticket["template"]["key"] == "internal"
    assert [one["path"] for one in ticket["field_faults"]] == ["fields.request_type"]
    # What staff fill in is nothing that requesters see.
    assert "template" not in ask("get_request", actor=zhao, number=number)


def test_files_of_a_form_become_the_tickets_and_are_described_where_they_are(ask: Ask, desk: Desk):
    photo = staged(ask, name="破损.jpg", media_type="image/jpeg")
    fields = {
        "order_number": "TB1",
        "expected_solution": "exchange",
        "return_reason": "broken",
        "photo_proof": [photo["attachment_id"]],
    }
    ticket = created(ask, template_key="return_goods", fields=fields)
    [kept] = ticket["fields"]["photo_proof"]
    assert (kept["name"], kept["media_type"]) == ("破损.jpg", "image/jpeg")
    assert [one["path"] for one in ticket["lacking"]["solve"]] == ["fields.inspection_report"]
    strange = {"inspection_report": [str(uuid4())]}
    assert list(
        refused(
            ask, "edit_ticket", number=ticket["number"], version=None, changes={"fields": strange}
        )
    ) == ["fields.inspection_report"]
    assert list(refused(ask, "solve_ticket", number=ticket["number"], text="已换货")) == [
        "fields.inspection_report"
    ]
    report = staged(ask, name="检验报告.pdf")
    # The photo once more: it is the ticket's already.
    filled = {"inspection_report": [report["attachment_id"]], "photo_proof": [kept]}
    solved = ask("solve_ticket", number=ticket["number"], text="已换货", fields=filled)
    assert (solved["status"], solved["lacking"]["solve"]) == ("solved", [])
    entry = desk.scalar(
        "SELECT e.event ->> 'type' FROM attachments a JOIN timeline_entries e USING (entry_id) "
        "WHERE a.attachment_id = :id",
        id=report["attachment_id"],
    )
    assert entry == "ticket.solved"


def test_files_that_a_stage_counts_may_stand_anywhere_on_the_ticket(ask: Ask):
    wanted = {"close": {"attachments": [{"kind": "photo", "count": 1}]}}
    key = published(ask, text_field("a"), requirements=wanted)
    number = created(ask, template_key=key)["number"]
    close = {"number": number, "status": "closed", "reason": "重复"}
    assert list(refused(ask, "change_status", **close)) == ["attachments.photo"]
    assert ask("get_ticket", number=number)["lacking"]["close"][0]["told"] == {
        "kind": "photo",
        "count": 1,
        "there": 0,
    }
    photo = staged(ask, name="现场.jpg", media_type="image/jpeg")
    ask("add_note", number=number, text="现场照片", attachment_ids=[photo["attachment_id"]])
    assert ask("change_status", **close)["status"] == "closed"


def test_another_template_for_a_running_ticket_is_previewed_and_made_once(ask: Ask, desk: Desk):
    fields = {
        "complaint_target": "三号店",
        "complaint_reason": "杯子碎了",
        "expected_solution": "换货",
    }
    ticket = created(ask, template_key="complaint", fields=fields)
    number = ticket["number"]
    given = {"number": number, "template_key": "return_goods"}
    plan = ask("preview_ticket_template", **given, mapping={"reason_detail": "complaint_reason"})
    assert plan["kind"] == {"from": "complaint", "to": "inquiry"}
    assert [(one["key"], one["after"]) for one in plan["recomputed"]] == [
        ("expected_solution", "exchange")
    ]
    assert [(one["key"], one["from_key"]) for one in plan["kept"]] == [
        ("reason_detail", "complaint_reason")
    ]
    assert [(one["key"], one["text"]) for one in plan["lost"]] == [("complaint_target", "三号店")]
    assert [one["path"] for one in plan["missing"]] == [
        "fields.order_number",
        "fields.return_reason",
    ]
    assert ask("get_ticket", number=number)["fields"] == fields
    change = {
        **given,
        "mapping": {"reason_detail": "complaint_reason"},
        "fields": {"order_number": "TB1", "return_reason": "broken"},
        "reason": "客户要求换货",
        "version": ticket["version"],
    }
    again = str(uuid4())
    changed = ask("change_ticket_template", command_id=again, **change)
    assert (changed["kind"], changed["template"]["key"]) == ("inquiry", "return_goods")
    assert changed["fields"]["expected_solution"] == "exchange"
    with pytest.raises(Stale):
        ask("change_ticket_template", **change)
    *_, entry = desk.show(number)["timeline"]["items"]
    assert (entry["event"]["type"], entry["text"]) == (
        "ticket.template_changed",
        "投诉对象: 三号店",
    )
    *_, event = desk.events(ticket["ticket_id"])
    assert event["type"] == "ticket.template_changed"
    assert event["data"]["from_template"] == {"key": "complaint", "version": 1}
    assert (event["data"]["seq"], event["data"]["lost"]) == (2, ["complaint_target"])


def test_another_kind_leaves_the_template_which_judges_by_the_new_kind(ask: Ask, desk: Desk):
    complains = {"field": "kind", "op": "is", "value": "complaint"}
    key = published(
        ask, text_field("item"), text_field("target", visible_when=complains, required=True)
    )
    ticket = created(ask, template_key=key, fields={"item": "空调"})
    number = {"number": ticket["number"]}
    edited = ask("edit_ticket", version=1, **number, changes={"kind": "complaint"})
    assert (edited["kind"], edited["template"]) == ("complaint", ticket["template"])
    assert edited["fields"] == {"item": "空调"}
    assert [one["path"] for one in edited["field_faults"]] == ["fields.target"]
    *_, entry = desk.show(**number)["timeline"]["items"]
    [change] = entry["event"]["changes"]
    assert (change["field"], change["from"], change["to"]) == ("kind", "repair", "complaint")
    # What that will ask for is told beforehand, and said with it, by the template's command.
    given = {**number, "template_key": key, "kind": "complaint"}
    ask("edit_ticket", version=2, **number, changes={"kind": "repair"})
    plan = ask("preview_ticket_template", **given)
    assert [one["path"] for one in plan["missing"]] == ["fields.target"]
    changed = ask("change_ticket_template", **given, version=3, fields={"target": "三号店"})
    assert (changed["kind"], changed["field_faults"]) == ("complaint", [])
    # Without a kind the template brings its own.
    back = ask("change_ticket_template", **number, template_key=key, version=4)
    assert (back["kind"], back["template"]) == ("repair", ticket["template"])


def test_a_ticket_outside_the_scope_has_no_template_to_look_at(ask: Ask):
    number, li = created(ask)["number"], agent("李雷")
    ask("assign_ticket", number=number, assignee_id=str(li.subject), assignee_name="李雷")
    given = {"number": number, "template_key": "repair"}
    with pytest.raises(NotFound):
        ask("preview_ticket_template", actor=agent("韩梅梅"), **given)
    with pytest.raises(NotFound):
        ask("change_ticket_template", actor=agent("韩梅梅"), **given)


def test_templates_go_to_another_installation_and_come_back_as_drafts(ask: Ask):
    key = published(
        ask, text_field("a"), text_field("b", visible_when={"field": "fields.a", "op": "is_set"})
    )
    document = ask("export_templates", keys=[key])
    assert [one["key"] for one in document["templates"]] == [key]
    [same] = ask("check_templates", document=document)["items"]
    assert same["outcome"] == "same"
    document["templates"][0]["description"] = "改过"
    document["templates"].append({**document["templates"][0], "key": f"{key}_new"})
    dry = ask("check_templates", document=document)
    assert [one["outcome"] for one in dry["items"]] == ["changed", "added"]
    assert ask("get_template", key=key)["has_draft"] is False
    taken = ask("import_templates", document=document)
    assert [one["outcome"] for one in taken["items"]] == ["changed", "added"]
    assert ask("get_template", key=key)["description"] == "改过"
    assert ask("get_template", key=f"{key}_new")["published_version"] == 0


def test_an_import_with_one_wrong_template_takes_none(ask: Ask):
    good = {"key": f"t{uuid4().hex[:12]}", "name": NAME, "kind": "repair"}
    bad = {**good, "fields": [{"key": "a", "type": "colour", "label": {"zh": "色"}}]}
    document = {"format": "tidedesk.ticket-templates/1", "templates": [good, bad]}
    [fine, wrong] = ask("check_templates", document=document)["items"]
    assert (fine["outcome"], wrong["outcome"]) == ("added", "refused")
    assert "templates[1].fields[0].type" in wrong["errors"]
    assert "templates[1].fields[0].type" in refused(ask, "import_templates", document=document)
    with pytest.raises(NotFound):
        ask("get_template", key=good["key"])
    assert list(refused(ask, "check_templates", document={**document, "format": "x"})) == ["format"]


def test_the_use_of_a_field_is_told_before_it_goes(ask: Ask):
    shown = {"field": "fields.a", "op": "is", "value": "x"}
    key = published(
        ask,
        text_field("a"),
        text_field("b", visible_when=shown),
        requirements={"solve": {"fields": ["a"]}},
    )
    twin = drafted(ask, text_field("a"))["key"]
    created(ask, template_key=key, fields={"a": "x"})
    created(ask, template_key=key, fields={"b": "x"})
    usage = ask("get_field_usage", key=key, field="a")
    assert usage["open_tickets"] == {"value": 1, "is_exact": True}
    assert usage["conditions"] == [{"field": "b", "condition": "visible_when"}]
    assert usage["stages"] == ["solve"]
    assert twin in [one["key"] for one in usage["templates"]]


def test_a_ticket_of_a_known_template_costs_no_statement_more_to_change(ask: Ask, desk: Desk):
    plain, formed = created(ask), created(ask, template_key="suggestion")
    counts = []
    for ticket in (plain, formed):
        with desk.counting_statements() as seen:
            ask("edit_ticket", number=ticket["number"], version=None, changes={"subject": "新"})
        counts.append(len(seen))
    assert counts[0] == counts[1]
