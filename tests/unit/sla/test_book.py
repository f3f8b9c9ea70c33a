"""Which policy a ticket falls under, and when."""

from libs.common.calendars import ALWAYS
from tests.unit.sla.making import WORKDAYS, book, clock_at, policy

VIP = {"field": "tags", "op": "has_any", "value": ["vip"]}


def test_the_first_in_order_decides_whatever_order_they_are_kept_in() -> None:
    general, vip = policy(position=2), policy("重要", position=1, condition=VIP)
    both = book(general, vip)
    assert both.choose({"tags": ["vip"]}) is vip
    assert both.choose({"tags": []}) is general
    assert both.present() == [vip, general]
    assert book(vip).choose({"tags": []}) is None


def test_a_revision_holds_from_its_beginning_up_to_its_end() -> None:
    turn = clock_at("Tue 12:00")
    old, new = policy(until=turn), policy(revision=2, since=turn)
    both = book(new, old)
    assert both.choose({}, clock_at("Tue 11:59")) is old
    assert both.choose({}, turn) is new
    assert both.choose({}) is new
    assert both.revision(old.policy_id, 1) is old
    assert both.revision(old.policy_id, 3) is None
    assert both.present() == [new]


def test_a_policy_without_calendar_counts_calendar_time() -> None:
    assert book().hours_of(policy(hours=None)) is ALWAYS
    assert book().hours_of(policy()) is WORKDAYS
