"""Views, triggers and automations that cannot work cannot be saved; the refusal names the place."""

from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import InvalidInput
from services.ticketing.domain.rule_fields import read_rule
from services.ticketing.domain.rules import AUTOMATION, TRIGGER, Rule
from services.ticketing.domain.view_fields import USUAL_COLUMNS, read_view

NAMES = ("updated", "created", "edited")
URGENT = {"type": "set_urgency", "urgency": "urgent"}
GONE = str(uuid4())


class Nothing:
    """Knows of no group, person or region."""

    def has(self, source: str, value: str) -> bool:
        return False


def trigger(**changes: Any) -> dict[str, Any]:
    return {"name": "加急投诉", "events": ["created"], "actions": [URGENT]} | changes


def automation(**changes: Any) -> dict[str, Any]:
    kept = {"name": "自动关闭", "anchor": "solved", "delay_minutes": 4320}
    return kept | {"actions": [{"type": "set_status", "status": "closed"}]} | changes


def refused(read: Any, *given: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as refusal:
        read(*given)
    errors: dict[str, list[str]] = refusal.value.details["errors"]
    return errors


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 101}, "name"),
        ({"events": []}, "events"),
        ({"events": ["created", "exploded"]}, "events[1]"),
        ({"actions": []}, "actions"),
        ({"actions": [{"type": "explode"}]}, "actions[0].type"),
        ({"actions": [{"type": "transfer", "group_id": GONE}]}, "actions[0].group_id"),
        ({"actions": [URGENT, URGENT]}, "actions[1].type"),
        ({"condition": {"field": "planet", "op": "is", "value": "x"}}, "condition.field"),
        ({"condition": {"field": "kind", "op": "is", "value": "x"}}, "condition.value"),
        (
            {"condition": {"all": [{"field": "tier", "op": "is", "value": "vip"}]}},
            "condition.all[0].field",
        ),
        ({"is_active": "yes"}, "is_active"),
        ({"anchor": "solved"}, "anchor"),
    ],
)
def test_a_trigger_that_cannot_work_is_refused_by_its_place(changes: Any, path: str) -> None:
    assert path in refused(read_rule, TRIGGER, trigger(**changes), Nothing(), NAMES)


def test_a_condition_that_can_never_hold_is_refused() -> None:
    both = [{"field": "kind", "op": "is", "value": one} for one in ("repair", "complaint")]
    errors = refused(read_rule, TRIGGER, trigger(condition={"all": both}), None, NAMES)
    assert list(errors) == ["condition.all[1]"]


def test_all_that_is_wrong_is_said_at_once() -> None:
    errors = refused(read_rule, TRIGGER, {"events": ["x"]}, None, NAMES)
    assert set(errors) == {"name", "actions", "events[0]"}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"anchor": "full_moon"}, "anchor"),
        ({"anchor": None}, "anchor"),
        ({"delay_minutes": 4}, "delay_minutes"),
        ({"delay_minutes": True}, "delay_minutes"),
        ({"delay_minutes": "60"}, "delay_minutes"),
        ({"delay_minutes": None}, "delay_minutes"),
        ({"events": ["created"]}, "events"),
    ],
)
def test_an_automation_that_cannot_work_is_refused_by_its_place(changes: Any, path: str) -> None:
    assert path in refused(read_rule, AUTOMATION, automation(**changes), None, NAMES)


def test_what_is_read_is_kept_whole() -> None:
    read = read_rule(AUTOMATION, automation(), None, NAMES)
    assert (read["anchor"], read["delay_minutes"], read["events"]) == ("solved", 4320, [])
    assert (read["condition"], read["is_active"]) == ({"all": []}, True)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": ""}, "name"),
        ({"visibility": "secret"}, "visibility"),
        ({"visibility": "group"}, "group_id"),
        ({"visibility": "group", "group_id": GONE}, "group_id"),
        ({"group_id": GONE}, "group_id"),
        ({"sort": "colour"}, "sort"),
        ({"columns": ["number", "shoe_size"]}, "columns[1]"),
        ({"condition": {"field": "language", "op": "is", "value": "zh"}}, "condition.field"),
        ({"owner_id": GONE}, "owner_id"),
    ],
)
def test_a_view_that_cannot_be_listed_is_refused_by_its_place(changes: Any, path: str) -> None:
    assert path in refused(read_view, {"name": "我的投诉"} | changes, Nothing())


def test_a_view_of_a_name_alone_is_private_and_as_usual() -> None:
    read = read_view({"name": " 我的投诉 "}, None)
    assert (read["name"], read["visibility"], read["group_id"]) == ("我的投诉", "private", None)
    assert (read["sort"], read["columns"]) == ("-updated_at", list(USUAL_COLUMNS))


@pytest.mark.parametrize(
    ("events", "type", "hears"),
    [
        ({"created"}, "ticket.created", True),
        ({"created"}, "ticket.edited", False),
        ({"updated"}, "ticket.edited", True),
        ({"updated"}, "ticket.created", False),
    ],
)
def test_updated_is_whatever_happens_after_the_beginning(
    events: set[str], type: str, hears: bool
) -> None:
    condition: Any = None
    rule = Rule(uuid4(), "x", frozenset(events), None, None, condition, ())
    assert rule.hears(type) is hears
