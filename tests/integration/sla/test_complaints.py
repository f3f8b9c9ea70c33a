"""A customer who complains again and again is told of, once per ticket."""

from datetime import timedelta
from uuid import uuid4

import pytest

from libs.common.clock import utc_now
from libs.common.errors import InvalidInput, Stale
from tests.integration.sla.desk import Desk
from tests.integration.sla.story import Story
from tests.support.asking import Ask

FOUND = "abnormality.found"


def complaints(days_ago: list[float]) -> list[Story]:
    """Complaints of one customer."""
    customer_id, now = uuid4(), utc_now()
    return [
        Story(now - timedelta(days=days), kind="complaint", customer_id=customer_id).opened()
        for days in days_ago
    ]


def test_a_second_complaint_within_the_span_is_found_once(desk: Desk):
    first, second = complaints([10, 1])
    desk.hear(*first.events)
    desk.hear(*second.events)
    desk.hear(*second.events, *first.events)
    desk.hear(second.noted().events[-1])
    assert desk.told(first, FOUND) == []
    [found] = desk.told(second, FOUND)
    assert (found["kind"], found["facts"]) == ("repeated_complaint", {"count": 2, "days": 30})
    assert found["recipients"] == [{"to": "group_leads"}]
    assert found["customer_id"] == str(second.header["customer_id"])


def test_the_older_one_may_arrive_later(desk: Desk):
    first, second = complaints([10, 1])
    desk.hear(*second.events)
    desk.hear(*first.events)
    assert desk.told(first, FOUND) == []
    assert len(desk.told(second, FOUND)) == 1


def test_complaints_in_one_batch_count_as_well(desk: Desk):
    first, second, third = complaints([3, 2, 1])
    desk.hear(*third.events, *first.events, *second.events)
    assert [len(desk.told(one, FOUND)) for one in (first, second, third)] == [0, 1, 1]
    assert desk.told(third, FOUND)[0]["facts"]["count"] == 3


def test_what_lies_further_back_does_not_count(desk: Desk):
    first, second = complaints([40, 1])
    desk.hear(*first.events, *second.events)
    assert desk.told(second, FOUND) == []


def test_other_requests_do_not_count_until_they_are_complaints(desk: Desk):
    first, second = complaints([2, 1])
    second.events.clear()
    second.header |= {"kind": "inquiry", "seq": 0}
    second.opened()
    desk.hear(*first.events, *second.events)
    assert desk.told(second, FOUND) == []
    desk.hear(second.edited(kind="complaint").events[-1])
    assert len(desk.told(second, FOUND)) == 1


def test_the_rule_can_be_changed_and_switched_off(desk: Desk, ask: Ask):
    before = ask("get_settings")
    rule = before["repeated_complaint"]
    try:
        changes = {"repeated_complaint": {**rule, "is_active": False}}
        after = ask("edit_settings", version=before["version"], changes=changes)
        assert after["audit"]["after"] == {"repeated_complaint": changes["repeated_complaint"]}
        with pytest.raises(Stale):
            ask("edit_settings", version=before["version"], changes=changes)
        first, second = complaints([2, 1])
        desk.hear(*first.events, *second.events)
        assert desk.told(second, FOUND) == []
    finally:
        present = ask("get_settings")
        ask("edit_settings", version=present["version"], changes={"repeated_complaint": rule})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"count": 1}, "repeated_complaint.count"),
        ({"days": "30"}, "repeated_complaint.days"),
        ({"is_active": None}, "repeated_complaint.is_active"),
        ({"what": 1}, "repeated_complaint.what"),
        ({"recipients": [{"to": "nobody"}]}, "repeated_complaint.recipients[0].to"),
        ({"actions": [{"type": "explode"}]}, "repeated_complaint.actions[0].type"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(ask: Ask, wrong: dict, field: str):
    present = ask("get_settings")
    changes = {"repeated_complaint": {**present["repeated_complaint"], **wrong}}
    with pytest.raises(InvalidInput) as refusal:
        ask("edit_settings", version=present["version"], changes=changes)
    assert field in refusal.value.details["errors"]
