"""When people are left alone, and on which channels they are told."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.errors import InvalidInput
from services.notify.domain.deliveries import Status
from services.notify.domain.happenings import Happening
from services.notify.domain.planning import (
    Customer,
    Person,
    order_for_customer,
    order_for_person,
    staff_of,
)
from services.notify.domain.preferences import Preference, Quiet
from services.notify.domain.rules import rules_that_hold
from services.notify.use_cases.edit_preferences import read_preferences
from tests.unit.notify.telling import rule

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def at(zone: ZoneInfo, *moment: int) -> datetime:
    return datetime(*moment, tzinfo=zone)  # type: ignore[misc,arg-type]


NIGHT = Quiet(time(22), time(7), SHANGHAI)


def test_quiet_hours_go_over_midnight() -> None:
    morning = at(SHANGHAI, 2026, 11, 22, 7)
    assert NIGHT.end_of(at(SHANGHAI, 2026, 11, 21, 22)) == morning
    assert NIGHT.end_of(at(SHANGHAI, 2026, 11, 22, 6, 59)) == morning
    assert NIGHT.end_of(morning) is None
    assert NIGHT.end_of(at(SHANGHAI, 2026, 11, 21, 21, 59)) is None


def test_quiet_hours_are_those_of_the_zone() -> None:
    evening = at(SHANGHAI, 2026, 11, 21, 23)  # 16:00 in Berlin
    assert NIGHT.end_of(evening) is not None
    assert Quiet(time(22), time(7), BERLIN).end_of(evening) is None


def test_a_night_begins_on_its_day_and_ends_on_the_next() -> None:
    friday_nights = Quiet(time(22), time(7), SHANGHAI, days=(5,))
    assert friday_nights.end_of(at(SHANGHAI, 2026, 11, 21, 3)) == at(SHANGHAI, 2026, 11, 21, 7)
    assert friday_nights.end_of(at(SHANGHAI, 2026, 11, 21, 23)) is None


def test_whole_quiet_days_join() -> None:
    weekend = Quiet(time(0), time(0), SHANGHAI, days=(6, 7))
    assert weekend.end_of(at(SHANGHAI, 2026, 11, 21, 12)) == at(SHANGHAI, 2026, 11, 23, 0)


def test_the_hour_that_comes_twice_is_quiet_twice() -> None:
    night = Quiet(time(1), time(4), BERLIN)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30, for the first time
    second = first + timedelta(hours=1)
    end = datetime(2026, 10, 25, 3, tzinfo=UTC)
    assert night.end_of(first) == night.end_of(second) == end


@given(
    st.times(),
    st.times(),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.lists(st.integers(1, 7), max_size=6, unique=True),
)
def test_the_end_of_quiet_hours_is_later_and_not_quiet(
    begins: time, ends: time, naive: datetime, days: list[int]
) -> None:
    quiet, now = Quiet(begins, ends, BERLIN, tuple(days)), naive.replace(tzinfo=UTC)
    end = quiet.end_of(now)
    if end is not None:
        assert end > now
        assert quiet.end_of(end) is None


def happening(**fields: Any) -> Happening:
    header = {"ticket_id": uuid4(), "number": "G1", "urgency": "normal"} | fields
    return Happening("assigned", "key", header)


def dues(wish: Preference, **fields: Any) -> list[datetime]:
    mail = rule("assigned", channels=("in_app", "mail"))
    person = Person(uuid4(), preference=wish)
    return [one.due_at for one in order_for_person(mail, happening(**fields), person, {}, NOON)]


def test_quiet_hours_put_off_what_is_not_urgent() -> None:
    wish = Preference(quiet=Quiet(time(19), time(8), SHANGHAI))
    assert dues(wish) == [datetime(2026, 11, 22, 0, tzinfo=UTC)]
    assert dues(wish, urgency="critical") == [NOON]
    assert dues(Preference()) == [NOON]


def test_a_wish_orders_and_narrows_what_a_rule_offers_and_adds_nothing() -> None:
    wish = Preference({"progress": {"order": ["sms", "fax"], "off": []}, "*": {"off": ["mail"]}})
    assert wish.order("progress", ("mail", "sms")) == ["sms", "mail"]
    assert wish.order("replies", ("mail", "sms")) == ["sms"]
    assert wish.order("progress", ("mail",)) == ["mail"]


@pytest.mark.parametrize(
    ("all_channels", "orders"), [(False, [("mail", ("sms",))]), (True, [("mail", ()), ("sms", ())])]
)
def test_a_customer_is_told_on_one_channel_or_on_all(all_channels: bool, orders: Any) -> None:
    both = rule("accepted", "customer", channels=("mail", "sms"), all_channels=all_channels)
    found = list(order_for_customer(both, happening(), Customer(uuid4()), {}, NOON))
    assert [(one.channel, one.others) for one in found] == orders


def test_a_customer_who_wants_nothing_is_skipped_and_seen() -> None:
    wish = Preference({"*": {"off": ["mail"]}})
    mail = rule("accepted", "customer", channels=("mail",))
    customer = Customer(uuid4(), preference=wish)
    (skipped,) = order_for_customer(mail, Happening("accepted", "key"), customer, {}, NOON)
    assert skipped.status is Status.SKIPPED


def test_all_rules_of_the_occasion_whose_condition_holds_apply() -> None:
    urgent = {"field": "urgency", "op": "ge", "value": "urgent"}
    rules = [
        rule("assigned"),
        rule("assigned", condition=urgent),
        rule("returned"),
        rule("assigned", "customer"),
    ]
    told = Happening("assigned", "key", audiences=("staff",))
    assert rules_that_hold(rules, told, {"urgency": "normal"}) == rules[:1]
    assert rules_that_hold(rules, told, {"urgency": "critical"}) == rules[:2]


def test_a_rule_without_recipients_means_whom_the_occasion_means_but_not_who_did_it() -> None:
    li, wang, lead = uuid4(), uuid4(), uuid4()
    told = Happening("assigned", "key", {"actor": {"id": wang}}, recipients=[li, wang])
    assert staff_of(told, [], [lead, li], rule("assigned")) == [li, lead]
    named = rule("assigned", recipients=[{"to": "group_leads"}])
    assert staff_of(told, [lead, wang], [], named) == [lead]


def test_somebody_may_be_quiet_for_whole_days_but_not_all_week() -> None:
    whole = {"quiet_from": "00:00", "quiet_until": "00:00", "zone": "Asia/Shanghai"}
    assert read_preferences({**whole, "quiet_days": [6, 7]}, "staff")["quiet_days"] == [6, 7]
    with pytest.raises(InvalidInput) as refusal:
        read_preferences(whole, "staff")
    assert list(refusal.value.details["errors"]) == ["quiet_until"]


def test_wishes_are_read_and_refused_field_by_field() -> None:
    read = read_preferences(
        {
            "channels": {"work": {"order": ["sms"], "off": ["mail"]}},
            "quiet_from": "22:00",
            "quiet_until": "07:00",
            "zone": "Asia/Shanghai",
        },
        "staff",
    )
    assert (read["quiet_from"], read["quiet_until"]) == (time(22), time(7))
    with pytest.raises(InvalidInput) as refusal:
        read_preferences(
            {
                "channels": {"nothing": {}, "work": {"off": ["in_app"]}},
                "quiet_from": "25:00",
                "quiet_until": "07:00",
                "quiet_days": [0],
                "zone": "Mars/Olympus",
                "wecom_userid": "x" * 65,
                "colour": "red",
            },
            "staff",
        )
    assert set(refusal.value.details["errors"]) == {
        "channels.nothing",
        "channels.work.off[0]",
        "quiet_from",
        "quiet_until",
        "quiet_days",
        "zone",
        "wecom_userid",
        "colour",
    }
