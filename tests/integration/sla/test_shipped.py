"""What an installation begins with is sound, and agrees with what the library knows of holidays."""

from services.sla.clients.holidays import holidays_of
from services.sla.storage.shelf import find_book
from tests.integration.sla.desk import Desk
from tests.support.asking import Ask

REPLY = {"critical": 7200, "urgent": 14400, "normal": 86400}


def test_the_shipped_policies_stand_in_their_order_and_can_be_sent_back(ask: Ask):
    policies = ask("list_policies")["items"]
    assert [one["name"] for one in policies] == ["APP 崩溃", "商家投诉", "投诉", "默认"]
    names = ("name", "is_active", "condition", "calendar_id", "pause_statuses", "targets", "steps")
    for one in policies:
        values = {name: one[name] for name in names}
        kept = ask("replace_policy", policy_id=one["policy_id"], version=1, values=values)
        assert kept["audit"]["after"] == {}


def test_they_promise_what_the_requirements_name(ask: Ask):
    crash, merchant, complaint, usual = (one["targets"] for one in ask("list_policies")["items"])
    assert set(crash["resolution"].values()) == {7200}
    assert set(merchant["first_reply"].values()) == {12 * 3600}
    assert set(complaint["resolution"].values()) == {72 * 3600}
    assert usual["first_reply"] == usual["next_reply"] == complaint["first_reply"] == REPLY
    assert set(usual["update"].values()) == {86400}
    assert all("accept" in targets for targets in (crash, merchant, complaint, usual))


def test_they_have_held_from_ever(desk: Desk):
    with desk.database.begin(read_only=True) as uow:
        _, book = find_book(uow.session)
    assert all(policy.revision > 0 for policy in book.present())
    first = desk.rows("SELECT since FROM policy_revisions WHERE revision = 1")
    assert {row["since"] for row in first} == {None}


def test_the_calendars_know_china_s_holidays(ask: Ask):
    for calendar in ask("list_calendars")["items"]:
        listed = ask("list_days", calendar_id=calendar["calendar_id"], year=2026)["items"]
        shipped = {day["date"]: day["kind"] for day in listed}
        weekends = {
            day.date.isoformat()
            for day in holidays_of("CN", 2026).days
            if day.date.isoweekday() > 5
        }
        known = {day.date.isoformat(): day.kind for day in holidays_of("CN", 2026).days}
        off = {day: kind for day, kind in known.items() if kind == "workday" or day not in weekends}
        assert shipped == off
