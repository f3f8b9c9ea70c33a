"""Policies as people write them: what is read, and what is refused by which name."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.errors import InvalidInput
from services.sla.domain.parsing import parse_policy
from services.sla.domain.policies import MOST_REPEATS
from tests.unit.sla.making import CALENDAR_ID, IDS

FULL: dict[str, Any] = {
    "name": "投诉",
    "is_active": True,
    "condition": {"field": "kind", "op": "is", "value": "complaint"},
    "calendar_id": str(CALENDAR_ID),
    "pause_statuses": ["awaiting_customer"],
    "targets": {
        "first_reply": {"normal": 86_400, "urgent": 14_400, "critical": 7_200},
        "status": {"assigned": 14_400},
    },
    "steps": [
        {
            "key": "remind",
            "target": "first_reply",
            "offset_seconds": -1800,
            "calendar": "elapsed",
            "repeat_seconds": None,
            "repeat_limit": None,
            "recipients": [{"to": "assignee"}],
            "actions": [],
        },
        {
            "key": "nag",
            "target": "first_reply",
            "offset_seconds": 0,
            "calendar": None,
            "repeat_seconds": 1800,
            "repeat_limit": 16,
            "recipients": [{"to": "group_leads"}],
            "actions": [{"type": "set_urgency", "urgency": "critical"}],
        },
    ],
}


class Knows:
    """Whatever was asked for is there, or is not."""

    def __init__(self, *ids: UUID) -> None:
        self._ids = {str(one) for one in ids}

    def has(self, source: str, value: str) -> bool:
        return value in self._ids


def refused(raw: dict[str, Any], known: Knows | None = None) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as refusal:
        parse_policy(raw, policy_id=IDS, known=known)
    return refusal.value.details["errors"]


def with_step(**changes: Any) -> dict[str, Any]:
    return {**FULL, "steps": [{**FULL["steps"][0], **changes}]}


def test_what_is_written_is_read_again() -> None:
    assert parse_policy(FULL, policy_id=IDS).as_json() == FULL


def test_little_needs_to_be_said() -> None:
    terms: dict[str, Any] = {
        "name": "默认",
        "targets": {"accept": {"critical": 600, "normal": None}},
    }
    terms["steps"] = [
        {"key": "x", "target": "accept", "offset_seconds": 0, "repeat_seconds": 60},
    ]
    read = parse_policy(terms, policy_id=IDS)
    assert read.condition.holds({"kind": "inquiry"})
    assert read.seconds_for("accept", "normal") is None
    assert (read.is_active, read.calendar_id, read.steps[0].repeat_limit) == (
        True,
        None,
        MOST_REPEATS,
    )


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"targets": {}}, "targets"),
        ({"targets": None}, "targets"),
        ({"targets": {"first_reply": {}}}, "targets"),
        ({"targets": {"first_reply": {"normal": None}}}, "targets.first_reply"),
        ({"targets": {"lunch": {"normal": 60}}}, "targets.lunch"),
        ({"targets": {"accept": {"mild": 60}}}, "targets.accept.mild"),
        ({"targets": {"accept": 60}}, "targets.accept"),
        ({"targets": {"accept": {"normal": 0}}}, "targets.accept.normal"),
        ({"targets": {"accept": {"normal": -60}}}, "targets.accept.normal"),
        ({"targets": {"accept": {"normal": 1.5}}}, "targets.accept.normal"),
        ({"targets": {"accept": {"normal": True}}}, "targets.accept.normal"),
        ({"targets": {"accept": {"normal": 10**9}}}, "targets.accept.normal"),
        ({"targets": {"status": {"normal": 60}}}, "targets.status.normal"),
        ({"targets": {"status": {"closed": 60}}}, "targets.status.closed"),
        ({"pause_statuses": ["sleeping"]}, "pause_statuses[0]"),
        ({"pause_statuses": ["in_progress", "solved"]}, "pause_statuses[1]"),
        ({"pause_statuses": [[]]}, "pause_statuses[0]"),
        ({"pause_statuses": ["own_Parts"]}, "pause_statuses[0]"),
        ({"pause_statuses": "assigned"}, "pause_statuses"),
        ({"calendar_id": "workdays"}, "calendar_id"),
        ({"calendar_id": 7}, "calendar_id"),
        ({"condition": {"field": "colour", "op": "is", "value": "red"}}, "condition.field"),
        ({"condition": []}, "condition"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"is_active": "yes"}, "is_active"),
        ({"steps": {}}, "steps"),
        ({"steps": ["remind"]}, "steps[0]"),
        ({"steps": [FULL["steps"][0]] * 2}, "steps[1].key"),
        ({"color": "red"}, "color"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(changes, path) -> None:
    assert path in refused({**FULL, "steps": [], **changes})


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"key": None}, "steps[0].key"),
        ({"key": "a#1"}, "steps[0].key"),
        ({"target": "resolution"}, "steps[0].target"),
        ({"target": []}, "steps[0].target"),
        ({"offset_seconds": None}, "steps[0].offset_seconds"),
        ({"offset_seconds": -7200}, "steps[0].offset_seconds"),
        ({"offset_seconds": "-30"}, "steps[0].offset_seconds"),
        ({"repeat_seconds": 60}, "steps[0].offset_seconds"),
        ({"offset_seconds": 0, "repeat_seconds": 59}, "steps[0].repeat_seconds"),
        (
            {"offset_seconds": 0, "repeat_seconds": 60, "repeat_limit": 51},
            "steps[0].repeat_limit",
        ),
        ({"repeat_limit": 5}, "steps[0].repeat_limit"),
        ({"calendar": "lunar"}, "steps[0].calendar"),
        ({"recipients": [{"to": "everybody"}]}, "steps[0].recipients[0].to"),
        ({"recipients": {}}, "steps[0].recipients"),
        ({"actions": [{"type": "explode"}]}, "steps[0].actions[0].type"),
        ({"colour": "red"}, "steps[0].colour"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_by_name(changes, path) -> None:
    assert path in refused(with_step(**changes))


def test_a_reminder_may_come_up_to_the_moment_after_the_start() -> None:
    read = parse_policy(with_step(offset_seconds=-7199), policy_id=IDS)
    assert read.steps[0].offset_seconds == -7199


def test_a_condition_that_can_never_hold_is_refused_with_its_own_code() -> None:
    kinds = [{"field": "kind", "op": "is", "value": kind} for kind in ("complaint", "repair")]
    with pytest.raises(InvalidInput) as refusal:
        parse_policy({**FULL, "condition": {"all": kinds}}, policy_id=IDS)
    assert refusal.value.code == "condition.never_holds"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    raw = with_step(key="", recipients=[{"to": "moon"}]) | {
        "name": None,
        "condition": {"field": "colour", "op": "is"},
    }
    assert set(refused(raw)) == {
        "name",
        "condition.field",
        "steps[0].key",
        "steps[0].recipients[0].to",
    }


def test_what_is_named_must_be_there() -> None:
    group = uuid4()
    raw = {**FULL, "condition": {"field": "group_id", "op": "is", "value": str(group)}}
    assert set(refused(raw, Knows())) == {"condition.value", "calendar_id"}
    assert parse_policy(raw, policy_id=IDS, known=Knows(group, CALENDAR_ID)).name == "投诉"
