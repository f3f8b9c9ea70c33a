"""Who is there, what a ticket weighs, and what an assignment takes."""

from datetime import timedelta

import pytest

from services.dispatch.domain.candidates import languages_of, reasons_of
from services.dispatch.domain.settings import Settings, rank_of
from tests.unit.dispatch.making import NOW, assignment, candidate

THERE = {"state": "online", "heartbeat_at": NOW, "heartbeat_seconds": 60, "now": NOW}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, ()),
        ({"state": None, "heartbeat_at": None}, ("offline",)),
        ({"state": "busy"}, ("busy",)),
        ({"state": "away"}, ("away",)),
        ({"heartbeat_at": None}, ("no_heartbeat",)),
        ({"heartbeat_at": NOW - timedelta(seconds=60)}, ()),
        ({"heartbeat_at": NOW - timedelta(seconds=61)}, ("no_heartbeat",)),
        ({"is_in_shift": False}, ("off_shift",)),
        ({"is_on_leave": True, "is_automatic": False}, ("on_leave", "manual_only")),
        ({"state": "offline", "is_in_shift": False}, ("offline", "off_shift")),
    ],
)
def test_all_reasons_are_named(changes, wanted):
    assert reasons_of(**{**THERE, **changes}) == wanted


def test_who_gets_nothing_by_itself_may_still_grab():
    assert candidate(reasons=("manual_only",)).may_grab
    assert not candidate(reasons=("away", "manual_only")).may_grab


def test_languages_are_the_own_or_those_of_the_console():
    assert languages_of(["en", "ja-JP"], "zh-CN") == {"en", "ja"}
    assert languages_of([], "zh-CN") == {"zh"}
    assert languages_of([], None) == frozenset()


@pytest.mark.parametrize(
    ("urgency", "channel", "category", "wanted"),
    [
        ("normal", "mail", "open", 1),
        ("critical", "mail", "new", 3),
        ("urgent", "phone", "open", 4),
        ("urgent", "phone", "pending", 0),
        ("normal", "mail", "on_hold", 0),
        ("unheard_of", "mail", "open", 1),
        ("normal", "portal", "open", 0),
    ],
)
def test_weight_is_by_urgency_and_channel_and_nothing_while_it_rests(
    urgency, channel, category, wanted
):
    settings = Settings(channel_weights={"phone": 2, "portal": -4})
    assert settings.weight_of(urgency, channel, category) == wanted


def test_resting_tickets_may_be_made_to_count():
    assert Settings(pending_counts=True).weight_of("urgent", "mail", "pending") == 2


def test_urgencies_have_places():
    assert [rank_of(one) for one in ("normal", "urgent", "critical", "odd")] == [1, 2, 3, 1]


def test_what_is_proposed_is_reserved_and_what_has_ended_is_free():
    one = assignment(state="proposed", mode="grab", weight=2)
    assert one.share == (2, 1, 1)
    one.end("refused", NOW)
    assert one.share == (0, 0, 0)


def test_the_cause_of_a_withdrawal_outlives_the_end():
    one = assignment()
    one.withdraw("accept_timeout", NOW)
    one.end("unassigned", NOW)
    assert one.end_cause == "accept_timeout"
