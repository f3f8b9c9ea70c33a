"""When people are away: nothing new comes to them."""

from datetime import timedelta
from uuid import UUID

import pytest

from libs.common.errors import NotFound
from tests.integration.dispatch.calling import errors_of, refusal_of
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask


def span(floor: Floor, start: float, end: float) -> dict[str, str]:
    """From and to, in hours from now."""
    first, last = (floor.now + timedelta(hours=hours) for hours in (start, end))
    return {"starts_at": first.isoformat(), "ends_at": last.isoformat()}


def test_who_is_on_leave_is_not_available(ask: Ask, floor: Floor, person: UUID):
    leave = ask("add_leave", person_id=person, reason="年假", **span(floor, -1, 8))
    assert leave["audit"]["object"] == leave["leave_id"]
    shown = ask("get_agent", person_id=person)
    assert shown["presence"]["reasons"] == ["on_leave"]
    assert [one["reason"] for one in shown["leaves"]] == ["年假"]
    ask("remove_leave", leave_id=leave["leave_id"])
    shown = ask("get_agent", person_id=person)
    assert (shown["presence"]["reasons"], shown["leaves"]) == ([], [])
    gone = refusal_of(lambda: ask("remove_leave", leave_id=leave["leave_id"]))
    assert isinstance(gone, NotFound)


def test_leaves_are_over_when_they_are_over(ask: Ask, floor: Floor, person: UUID):
    ask("add_leave", person_id=person, **span(floor, 1, 2))
    assert ask("get_agent", person_id=person)["presence"]["reasons"] == []
    floor.pass_time(hours=2)
    assert ask("get_agent", person_id=person)["leaves"] == []


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (2, 1, "ends_at"),
        (1, 1, "ends_at"),
        (-3, -2, "ends_at"),
        (1, 24 * 366 * 4, "ends_at"),
        (4, 6, "starts_at"),
        (1, 3, "starts_at"),
        (3, 4, "starts_at"),
        (0, 9, "starts_at"),
    ],
)
def test_leaves_neither_run_backwards_nor_overlap(
    ask: Ask, floor: Floor, person: UUID, start: float, end: float, field: str
):
    ask("add_leave", person_id=person, **span(floor, 2, 5))
    assert field in errors_of(lambda: ask("add_leave", person_id=person, **span(floor, start, end)))


def test_leaves_may_touch_and_others_may_be_away_too(ask: Ask, floor: Floor, person: UUID, group):
    ask("add_leave", person_id=person, **span(floor, 2, 5))
    ask("add_leave", person_id=person, **span(floor, 5, 6))
    ask("add_leave", person_id=floor.person(group), **span(floor, 2, 5))
    starts = [one["starts_at"] for one in ask("get_agent", person_id=person)["leaves"]]
    assert starts == sorted(starts)
    assert len(starts) == 2


@pytest.mark.parametrize(
    "odd", ["tomorrow", "2026-11-22T09:00:00", None, 7, "9999-12-31T23:59:59-23:59"]
)
def test_a_leave_begins_at_an_instant(ask: Ask, floor: Floor, person: UUID, odd):
    given = span(floor, 1, 2) | {"starts_at": odd}
    assert "starts_at" in errors_of(lambda: ask("add_leave", person_id=person, **given))
