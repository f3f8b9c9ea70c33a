"""Policies and calendars by RPC: what is kept, and what is refused with the reason."""

from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from tests.integration.sla.desk import Desk
from tests.support.actors import actor
from tests.support.asking import Ask
from tests.support.directory import group

WEEK = {str(day): [["09:00", "12:00"], ["13:00", "18:00"]] for day in range(1, 6)}


def some_policy(**changes: Any) -> dict[str, Any]:
    return {
        "name": f"政策 {uuid4().hex[:8]}",
        "is_active": True,
        "condition": {"all": [{"field": "kind", "op": "is", "value": "repair"}]},
        "calendar_id": None,
        "pause_statuses": ["awaiting_customer"],
        "targets": {"first_reply": {"normal": 7200, "critical": 1800}},
        "steps": [
            {
                "key": "soon",
                "target": "first_reply",
                "offset_seconds": -900,
                "recipients": [{"to": "assignee"}],
                "actions": [],
            }
        ],
    } | changes


def some_calendar(ask: Ask, **changes: Any) -> dict[str, Any]:
    values = {"name": f"日历 {uuid4().hex[:8]}", "zone": "Asia/Shanghai", "weekly": WEEK}
    made: dict[str, Any] = ask("create_calendar", values={**values, **changes})
    return made


def test_a_policy_is_made_read_replaced_and_removed(ask: Ask):
    made = ask("create_policy", values=some_policy(name="设备报修"))
    assert made.pop("audit")["after"]["name"] == "设备报修"
    assert made["version"] == made["revision"] == 1
    assert ask("get_policy", policy_id=made["policy_id"]) == made
    assert ask("list_policies")["items"][-1] == made
    changed = ask(
        "replace_policy",
        policy_id=made["policy_id"],
        version=1,
        values=some_policy(name="报修", condition={}),
    )
    audit = changed.pop("audit")
    assert audit["object"] == made["policy_id"]
    assert audit["before"]["name"] == "设备报修"
    assert set(audit["after"]) == {"name", "condition"}
    assert (changed["position"], changed["version"]) == (made["position"], 2)
    with pytest.raises(Stale) as stale:
        ask("remove_policy", policy_id=made["policy_id"], version=1)
    assert stale.value.details == {"version": 2}
    removed = ask("remove_policy", policy_id=made["policy_id"], version=2)
    assert removed["audit"]["before"]["name"] == "报修"
    with pytest.raises(NotFound):
        ask("get_policy", policy_id=made["policy_id"])


def test_what_is_answered_can_be_sent_back(ask: Ask):
    made = ask("create_policy", values=some_policy())
    names = ("name", "is_active", "condition", "calendar_id", "pause_statuses", "targets", "steps")
    again = {name: made[name] for name in names}
    kept = ask("replace_policy", policy_id=made["policy_id"], version=1, values=again)
    assert {name: kept[name] for name in names} == again
    assert kept["audit"]["after"] == {}


def test_whoever_means_any_version_names_none(ask: Ask):
    policy_id = ask("create_policy", values=some_policy())["policy_id"]
    replaced = ask("replace_policy", policy_id=policy_id, version=None, values=some_policy())
    assert replaced["version"] == 2
    ask("remove_policy", policy_id=policy_id)
    calendar_id = some_calendar(ask)["calendar_id"]
    values = {"name": f"日历 {uuid4().hex[:8]}", "weekly": WEEK}
    assert ask("replace_calendar", calendar_id=calendar_id, values=values)["version"] == 2
    ask("remove_calendar", calendar_id=calendar_id, version=None)
    part = ask("get_settings")["repeated_complaint"]
    assert ask("edit_settings", changes={"repeated_complaint": part})["version"] > 1
    with pytest.raises(InvalidInput):
        ask("edit_settings", changes={"repeated_complaint": part}, version="1")


def test_the_order_names_every_policy_once(ask: Ask):
    ids = [one["policy_id"] for one in ask("list_policies")["items"]]
    answer = ask("order_policies", policy_ids=ids[::-1])
    assert [one["policy_id"] for one in answer["items"]] == ids[::-1]
    ask("order_policies", policy_ids=ids)
    for wrong in (ids[1:], [*ids, ids[0]], [*ids, str(uuid4())]):
        with pytest.raises(InvalidInput) as refusal:
            ask("order_policies", policy_ids=wrong)
        assert "policy_ids" in refusal.value.details["errors"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"targets": {}}, "targets"),
        ({"targets": {"lunch": {"normal": 60}}}, "targets.lunch"),
        ({"targets": {"first_reply": {"hasty": 60}}}, "targets.first_reply.hasty"),
        ({"targets": {"status": {"asleep": 60}}, "steps": []}, "targets.status.asleep"),
        ({"pause_statuses": ["asleep"]}, "pause_statuses[0]"),
        ({"calendar_id": str(uuid4())}, "calendar_id"),
        ({"name": " "}, "name"),
        ({"colour": "red"}, "colour"),
        ({"condition": {"field": "weather", "op": "is", "value": 1}}, "condition.field"),
        (
            {
                "condition": {
                    "all": [
                        {"field": "kind", "op": "is", "value": "repair"},
                        {"field": "kind", "op": "is", "value": "complaint"},
                    ]
                }
            },
            "condition",
        ),
        (
            {"condition": {"field": "group_id", "op": "is", "value": str(uuid4())}},
            "condition.value",
        ),
    ],
)
def test_a_policy_that_cannot_be_is_refused_by_the_name_of_its_fault(
    ask: Ask, wrong: dict[str, Any], field: str
):
    with pytest.raises(InvalidInput) as refusal:
        ask("create_policy", values=some_policy(**wrong))
    assert any(path.startswith(field) for path in refusal.value.details["errors"])


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"target": "resolution"}, "target"),
        ({"offset_seconds": -1800}, "offset_seconds"),
        ({"repeat_seconds": 30, "offset_seconds": 0}, "repeat_seconds"),
        ({"key": "a#1"}, "key"),
        ({"recipients": [{"to": "person", "person_id": str(uuid4())}]}, "recipients[0].person_id"),
        ({"actions": [{"type": "transfer", "group_id": str(uuid4())}]}, "actions[0].group_id"),
    ],
)
def test_a_step_that_cannot_be_is_refused_by_its_place(ask: Ask, step: dict[str, Any], field: str):
    usual = some_policy()["steps"][0]
    with pytest.raises(InvalidInput) as refusal:
        ask("create_policy", values=some_policy(steps=[{**usual, **step}]))
    assert f"steps[0].{field}" in refusal.value.details["errors"]


def test_a_group_of_the_directory_may_be_named(ask: Ask, desk: Desk):
    repairs = group(name="维修组")
    desk.learn(repairs)
    condition = {"field": "group_id", "op": "is", "value": str(repairs.data["group_id"])}
    assert ask("create_policy", values=some_policy(condition=condition))["condition"] == condition


def test_only_who_may_manage_changes_policies(ask: Ask):
    with pytest.raises(Forbidden):
        ask("create_policy", actor=actor("auditor"), values=some_policy())
    assert ask("list_policies", actor=actor("auditor"))["items"]
    with pytest.raises(Forbidden):
        ask("list_policies", actor=actor("agent"))


def test_a_calendar_is_made_read_replaced_and_removed(ask: Ask):
    made = some_calendar(ask, name="门店")
    assert made.pop("audit")["after"]["zone"] == "Asia/Shanghai"
    assert ask("get_calendar", calendar_id=made["calendar_id"]) == made
    assert made["weekly"] == {**WEEK, "6": [], "7": []}
    changed = ask(
        "replace_calendar",
        calendar_id=made["calendar_id"],
        version=1,
        values={"name": "门店", "zone": "Europe/Berlin", "weekly": WEEK},
    )
    assert changed["audit"]["after"] == {"zone": "Europe/Berlin"}
    ask("remove_calendar", calendar_id=made["calendar_id"], version=2)
    assert made["calendar_id"] not in [one["calendar_id"] for one in ask("list_calendars")["items"]]
    with pytest.raises(NotFound):
        ask("get_calendar", calendar_id=made["calendar_id"])
    some_calendar(ask, name="门店")


def test_a_calendar_that_policies_use_is_not_removed(ask: Ask):
    calendar = some_calendar(ask)
    policy = ask("create_policy", values=some_policy(calendar_id=calendar["calendar_id"]))
    with pytest.raises(Conflict) as refusal:
        ask("remove_calendar", calendar_id=calendar["calendar_id"], version=1)
    assert refusal.value.code == "calendar.in_use"
    assert refusal.value.details == {"policies": [policy["name"]]}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"weekly": {"1": [["09:00", "12:00"], ["11:00", "18:00"]]}}, "weekly.1[1]"),
        ({"weekly": {"1": [["18:00", "09:00"]]}}, "weekly.1[0]"),
        ({"weekly": {"8": [["09:00", "12:00"]]}}, "weekly.8"),
        ({"weekly": {}}, "weekly"),
        ({"zone": "Asia/Atlantis"}, "zone"),
        ({"name": ""}, "name"),
        ({"name": "工作日 8:00–18:00"}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(ask: Ask, wrong: dict[str, Any], field: str):
    with pytest.raises(InvalidInput) as refusal:
        some_calendar(ask, **wrong)
    assert field in refusal.value.details["errors"]


def test_days_are_set_listed_and_removed(ask: Ask):
    calendar_id = some_calendar(ask)["calendar_id"]
    day = {"calendar_id": calendar_id, "date": "2027-03-01"}
    periods = [["10:00", "12:00"]]
    ask("set_day", **day, kind="special", periods=periods, name="盘点")
    listed = ask("list_days", calendar_id=calendar_id, year=2027)["items"]
    assert listed == [
        {
            "date": "2027-03-01",
            "kind": "special",
            "periods": periods,
            "name": "盘点",
            "source": "manual",
        }
    ]
    ask("set_day", **day, kind="holiday", periods=[], name=None)
    assert ask("list_days", calendar_id=calendar_id, year=2027)["items"][0]["kind"] == "holiday"
    ask("remove_day", **day)
    assert ask("list_days", calendar_id=calendar_id, year=2027)["items"] == []
    with pytest.raises(NotFound):
        ask("remove_day", **day)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"kind": "holiday", "periods": [["10:00", "12:00"]]}, "periods"),
        ({"kind": "special", "periods": []}, "periods"),
        ({"periods": [["10:00", "12:00"], ["11:00", "13:00"]]}, "periods[1]"),
        ({"date": "2027-02-30"}, "date"),
        ({"date": "1999-12-31"}, "date"),
        ({"date": "2101-01-01"}, "date"),
        ({"name": "长" * 61}, "name"),
    ],
)
def test_a_day_that_cannot_be_is_refused(ask: Ask, wrong: dict[str, Any], field: str):
    usual = {"date": "2027-03-02", "kind": "special", "periods": [["10:00", "12:00"]], "name": "x"}
    calendar_id = ask("list_calendars")["items"][0]["calendar_id"]
    with pytest.raises(InvalidInput) as refusal:
        ask("set_day", calendar_id=calendar_id, **{**usual, **wrong})
    assert field in refusal.value.details["errors"]


def test_the_log_is_not_told_another_object_than_the_address_names(ask: Ask):
    day = {"calendar_id": some_calendar(ask)["calendar_id"], "date": "2027-03-03"}
    assert "object" not in ask("set_day", **day, kind="holiday")["audit"]
    assert "object" not in ask("remove_day", **day)["audit"]
    ids = [one["policy_id"] for one in ask("list_policies")["items"]]
    assert "object" not in ask("order_policies", policy_ids=ids)["audit"]
    part = ask("get_settings")["repeated_complaint"]
    assert "object" not in ask("edit_settings", changes={"repeated_complaint": part})["audit"]


def test_a_country_s_holidays_are_added_and_days_set_by_hand_stay(ask: Ask):
    calendar_id = some_calendar(ask)["calendar_id"]
    national = {"calendar_id": calendar_id, "date": "2026-10-01"}
    ask("set_day", **national, kind="special", periods=[["10:00", "12:00"]], name="值班")
    added = ask("add_holidays", calendar_id=calendar_id, country="CN", year=2026)
    days = {
        one["date"]: one for one in ask("list_days", calendar_id=calendar_id, year=2026)["items"]
    }
    assert added["is_official"]
    assert added["added"] == len(days) - 1
    assert days["2026-10-01"]["name"] == "值班"
    assert (days["2026-10-10"]["kind"], days["2026-10-10"]["periods"]) == ("workday", WEEK["1"])
    assert ask("add_holidays", calendar_id=calendar_id, country="CN", year=2026)["added"] == 0
    assert not ask("add_holidays", calendar_id=calendar_id, country="CN", year=2027)["is_official"]
    with pytest.raises(InvalidInput) as refusal:
        ask("add_holidays", calendar_id=calendar_id, country="Atlantis", year=2026)
    assert "country" in refusal.value.details["errors"]


def test_policies_tell_what_names_a_thing_in_the_order_asked(ask: Ask):
    step = some_policy()["steps"][0]
    tagging = {"type": "add_tags", "tags": ["超时"]}
    asks = {"all": [{"field": "category_id", "op": "is", "value": str(uuid4())}]}
    made = {
        "asks": ask("create_policy", values=some_policy(condition=asks)),
        "rests": ask("create_policy", values=some_policy(pause_statuses=["own_parts"])),
        "acts": ask(
            "create_policy",
            values=some_policy(steps=[{**step, "actions": [tagging]}], is_active=False),
        ),
    }
    asked = [
        {"statuses": ["own_parts"]},
        {"tags": ["超时"], "fields": ["card"]},
        {"categories": [asks["all"][0]["value"], str(uuid4())]},
        {"fields": ["card"]},
    ]
    items = ask("find_uses", asked=asked)["items"]
    names = [[(one["kind"], one["name"], one["is_active"]) for one in uses] for uses in items]
    assert names == [
        [("sla_policy", made["rests"]["name"], True)],
        [("sla_policy", made["acts"]["name"], False)],
        [("sla_policy", made["asks"]["name"], True)],
        [],
    ]
    # Whoever may not look at policies learns that there is one.
    [[hidden]] = ask("find_uses", actor=actor("agent"), asked=asked[:1])["items"]
    assert (hidden["id"], hidden["name"]) == (made["rests"]["policy_id"], None)


def test_what_is_done_about_repeated_complaints_is_a_use_of_its_tags(ask: Ask):
    rule = ask("get_settings")["repeated_complaint"]
    tag = f"重复投诉 {uuid4().hex[:8]}"
    tagging = [{"type": "add_tags", "tags": [tag]}]
    asked = [{"tags": [tag]}, {"tags": ["别的"]}]

    def keep(**changes: Any) -> None:
        wanted = {"repeated_complaint": {**rule, **changes}}
        ask("edit_settings", version=ask("get_settings")["version"], changes=wanted)

    shown = {"kind": "sla_setting", "id": None, "name": "repeated_complaint", "is_active": True}
    try:
        keep(actions=tagging, is_active=True)
        assert ask("find_uses", asked=asked)["items"] == [[shown], []]
        # Behind the policies that name it, too.
        step = {**some_policy()["steps"][0], "actions": tagging}
        made = ask("create_policy", values=some_policy(steps=[step]))
        [uses, _] = ask("find_uses", asked=asked)["items"]
        assert [one["id"] for one in uses] == [made["policy_id"], None]
        [hidden] = ask("find_uses", actor=actor("agent"), asked=asked)["items"][0][1:]
        assert hidden == shown | {"name": None}
        keep(actions=tagging, is_active=False)
        assert ask("find_uses", asked=asked)["items"][0][1] == shown | {"is_active": False}
    finally:
        keep()


@pytest.mark.parametrize(
    "asked", [None, {}, ["x"], [{"colours": []}], [{"tags": "x"}], [{"tags": [1]}], [{}] * 101]
)
def test_what_cannot_be_asked_after_is_refused(ask: Ask, asked: Any):
    with pytest.raises(InvalidInput) as refusal:
        ask("find_uses", asked=asked)
    assert list(refusal.value.details["errors"]) == ["asked"]
