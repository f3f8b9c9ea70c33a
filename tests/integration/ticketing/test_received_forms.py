"""Messages that name a template: what fits it becomes the ticket's, the rest is told, once."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from services.ticketing.use_cases.working import edit_ticket
from tests.integration.ticketing.desk import Ask, Desk, message, types

IS_BROKEN = {"field": "fields.state", "op": "is", "value": "broken"}
STATES = [{"value": "broken", "label": {"zh": "损坏"}}, {"value": "noisy", "label": {"zh": "异响"}}]
FIELDS: list[dict[str, Any]] = [
    {"key": "state", "type": "choice", "label": {"zh": "情况"}, "options": {"choices": STATES}},
    {
        "key": "parts",
        "type": "multi_choice",
        "label": {"zh": "部件"},
        "options": {"choices": STATES},
    },
    {"key": "count", "type": "number", "label": {"zh": "台数"}},
    {"key": "since", "type": "date", "label": {"zh": "日期"}, "visible_when": IS_BROKEN},
    {"key": "where", "type": "place", "label": {"zh": "地点"}, "required": True},
    {"key": "cost", "type": "money", "label": {"zh": "成本"}},
    {"key": "engineer", "type": "person", "label": {"zh": "工程师"}},
]


def published(ask: Ask, **more: Any) -> str:
    key = f"t{uuid4().hex[:12]}"
    values = {"name": {"zh": "上门"}, "kind": "repair", "fields": FIELDS}
    values |= {"requesters": {"hidden": ["cost"]}}
    ask("create_template", key=key, values={**values, **more})
    ask("publish_template", key=key)
    return key


def form(key: str, **fields: Any) -> dict[str, Any]:
    return {"channel": "web_form", "template_key": key, "form_fields": fields}


def filed(desk: Desk, **given: Any) -> dict[str, Any]:
    event = message(**given)
    desk.file(event)
    return desk.show(desk.number_of(event.data["ticket_id"]))


def told(ticket: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        one
        for one in ticket["timeline"]["items"]
        if one["kind"] == "event" and one["event"]["type"] == "ticket.values_left_out"
    ]


def test_what_fits_is_kept_in_the_forms_of_the_template(desk: Desk, ask: Ask):
    key = published(ask)
    given = {"state": "损坏", "parts": "异响、损坏", "count": "1,200", "since": "2026-11-20"}
    ticket = filed(desk, **form(key, **given, where="三楼"))
    assert (ticket["template"]["key"], ticket["kind"]) == (key, "repair")
    assert ticket["fields"] == {
        "state": "broken",
        "parts": ["noisy", "broken"],
        "count": 1200,
        "since": "2026-11-20",
        "where": {"text": "三楼"},
    }
    assert (ticket["field_faults"], told(ticket)) == ([], [])


def test_what_does_not_fit_is_told_as_it_was_given_with_the_reason(desk: Desk, ask: Ask):
    key = published(ask)
    wrong = {"count": "两台", "state": "冒烟", "cost": "99", "engineer": "李雷", "颜色": "红"}
    ticket = filed(desk, **form(key, **wrong, where="三楼"), text="请来人")
    assert ticket["fields"] == {"where": {"text": "三楼"}}
    [entry] = told(ticket)
    assert entry["text"].splitlines() == [
        "台数: 两台",
        "情况: 冒烟",
        # What is hidden from requesters is nothing that a form could fill in.
        "cost: 99",
        "engineer: 李雷",
        "颜色: 红",
    ]
    assert [(one["name"], one["code"]) for one in entry["event"]["left_out"]] == [
        ("台数", "not_number"),
        ("情况", "unknown_choice"),
        ("cost", "unknown_field"),
        ("engineer", "unknown_field"),
        ("颜色", "unknown_field"),
    ]
    assert [one["text"] for one in ticket["timeline"]["items"] if one["kind"] == "message"] == [
        "请来人"
    ]


def test_what_the_form_did_not_say_is_for_staff_to_find_out(desk: Desk, ask: Ask):
    ticket = filed(desk, **form(published(ask), count=""))
    assert ticket["fields"] == {}
    assert [one["path"] for one in ticket["field_faults"]] == ["fields.where"]
    assert told(ticket) == []


def test_a_form_that_comes_again_is_told_once(desk: Desk, ask: Ask):
    event = message(**form(published(ask), count="两台"))
    desk.file(event)
    desk.file(event)
    desk.file(event, event)
    ticket = desk.show(desk.number_of(event.data["ticket_id"]))
    assert [one["kind"] for one in ticket["timeline"]["items"]] == ["event", "event", "message"]
    assert len(told(ticket)) == 1
    assert types(desk.events(ticket["ticket_id"])) == ["ticket.created"]


def test_a_template_that_is_not_for_customers_loses_nothing(desk: Desk, ask: Ask):
    closed = published(ask, requesters=None)
    archived = published(ask)
    ask("set_template_activity", key=archived, is_active=False)
    for key in (closed, archived, "internal", "nowhere"):
        ticket = filed(desk, **form(key, 台数="两台"), kind="complaint")
        assert (ticket["template"]["key"], ticket["fields"]) == ("complaint", {"台数": "两台"})
        [entry] = told(ticket)
        assert entry["text"] == f"template: {key}"
        assert entry["event"]["left_out"] == [{"name": "template", "code": "unknown_template"}]


def test_the_kind_is_the_customers_word_where_there_is_one(desk: Desk, ask: Ask):
    key = published(ask)
    assert filed(desk, **form(key), kind="complaint")["kind"] == "complaint"
    assert filed(desk, **form(key), kind=None)["kind"] == "repair"


def test_several_forms_of_one_batch_have_each_its_own(desk: Desk, ask: Ask):
    keys = [published(ask), published(ask)]
    events = [message(**form(key, count=str(place))) for place, key in enumerate(keys * 2)]
    desk.file(*events)
    shown = [desk.show(desk.number_of(one.data["ticket_id"])) for one in events]
    assert [one["template"]["key"] for one in shown] == keys * 2
    assert [one["fields"]["count"] for one in shown] == [0, 1, 2, 3]


def test_a_form_that_is_overtaken_by_its_customers_next_message_fills_the_ticket_in(
    desk: Desk, ask: Ask
):
    key = published(ask)
    later = message(opens=False)
    desk.file(later)
    ticket_id, customer_id = later.data["ticket_id"], later.data["customer_id"]
    first = message(ticket_id, customer_id=customer_id, **form(key, count="3", 颜色="红"))
    desk.file(first)
    desk.file(first)
    ticket = desk.show(desk.number_of(ticket_id))
    assert (ticket["template"]["key"], ticket["fields"]) == (key, {"count": 3})
    [entry] = told(ticket)
    assert entry["text"] == "颜色: 红"


def test_what_staff_have_begun_stays_and_a_late_form_is_told(desk: Desk, ask: Ask):
    later = message(opens=False)
    desk.file(later)
    number = desk.number_of(later.data["ticket_id"])
    changes = {"subject": "已核实"}
    desk.change(edit_ticket, desk.boss, number=number, version=None, changes=changes)
    key, customer_id = published(ask), later.data["customer_id"]
    desk.file(
        message(later.data["ticket_id"], customer_id=customer_id, **form(key, count="3", 颜色="红"))
    )
    ticket = desk.show(number)
    assert ticket["fields"] == {}
    [entry] = told(ticket)
    assert entry["text"].splitlines() == ["颜色: 红", "台数: 3"]
    assert [one["code"] for one in entry["event"]["left_out"]] == ["unknown_field", "came_late"]


def test_a_form_that_is_appended_is_told_and_changes_no_field(desk: Desk, ask: Ask):
    key = published(ask)
    first = message(**form(key, state="异响"))
    desk.file(first)
    ticket_id, customer_id = first.data["ticket_id"], first.data["customer_id"]
    again = form(key, state="损坏", count="两台", 颜色="红")
    event = message(ticket_id, opens=False, customer_id=customer_id, **again)
    desk.file(event)
    desk.file(event)
    ticket = desk.show(desk.number_of(ticket_id))
    assert ticket["fields"] == {"state": "noisy"}
    [entry] = told(ticket)
    assert entry["text"].splitlines() == ["台数: 两台", "颜色: 红", "情况: 损坏"]
    assert [one["code"] for one in entry["event"]["left_out"]] == [
        "not_number",
        "unknown_field",
        "came_after",
    ]


def test_so_are_fields_without_a_template_by_the_labels_that_the_ticket_has(desk: Desk, ask: Ask):
    first = message(**form(published(ask)))
    desk.file(first)
    ticket_id, customer_id = first.data["ticket_id"], first.data["customer_id"]
    given = {"channel": "web_form", "form_fields": {"state": "broken", "订单": "A1", "空": ""}}
    desk.file(message(ticket_id, opens=False, customer_id=customer_id, **given))
    # What says nothing leaves no entry.
    desk.file(message(ticket_id, opens=False, customer_id=customer_id))
    [entry] = told(desk.show(desk.number_of(ticket_id)))
    assert entry["text"].splitlines() == ["情况: 损坏", "订单: A1"]


def test_a_form_for_a_closed_ticket_that_is_taken_up_again_is_told(
    desk: Desk, ask: Ask, settings: Callable[..., Any]
):
    key = published(ask)
    first = message(**form(key, state="异响"))
    desk.file(first)
    ticket_id, customer_id = first.data["ticket_id"], first.data["customer_id"]
    number = desk.number_of(ticket_id)
    ask("solve_ticket", number=number, text="已修好")
    ask("change_status", number=number, status="closed")
    settings(reopen_days=7)
    desk.file(message(ticket_id, opens=False, customer_id=customer_id, **form(key, count="3")))
    ticket = desk.show(number)
    assert (ticket["status_category"], ticket["fields"]) == ("new", {"state": "noisy"})
    [entry] = told(ticket)
    assert entry["text"] == "台数: 3"
