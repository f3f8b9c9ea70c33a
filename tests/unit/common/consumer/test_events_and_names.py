"""The client's reading of bodies, patterns and names."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.consumer.consumer import Consumer
from libs.common.consumer.event import NotAnEvent, read_event
from libs.common.consumer.names import Names, wants
from libs.common.contracts.catalogue import event_types

BODY: dict[str, Any] = {
    "specversion": "1.0",
    "id": "1",
    "source": "/tidedesk/ticketing",
    "type": "ticket.created",
    "subject": "t",
    "time": "2026-11-21T08:00:30Z",
    "data": {"seq": 3},
}


@pytest.mark.parametrize("one", event_types(), ids=lambda one: one.name)
def test_every_stored_example_is_an_event(one: Any) -> None:
    event = read_event(json.dumps(one.example).encode())
    assert (event.type, event.data) == (one.name, one.example["data"])
    assert event.time.tzinfo is not None


def test_an_event_tells_its_place_in_its_subject_s_story() -> None:
    assert read_event(json.dumps(BODY).encode()).seq == 3
    assert read_event(json.dumps(BODY | {"data": {}}).encode()).seq is None


@pytest.mark.parametrize(
    "change",
    [
        {"specversion": "0.3"},
        {"id": 5},
        {"type": None},
        {"time": "yesterday"},
        {"time": "2026-11-21T08:00:30"},
        {"data": []},
        {"data": None},
    ],
)
def test_what_is_no_cloudevent_of_ours_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(NotAnEvent):
        read_event(json.dumps(BODY | change).encode())


def test_a_body_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(NotAnEvent):
        read_event(b"[" * 100_000)


def test_a_consumer_does_not_show_its_password() -> None:
    assert "secret" not in repr(Consumer("amqp://u:secret@nowhere", "a", "b", ["#"], print))


@given(st.binary(max_size=64))
def test_no_bytes_do_more_than_be_refused(body: bytes) -> None:
    with pytest.raises(NotAnEvent):
        read_event(body)


@pytest.mark.parametrize(
    ("pattern", "event_type", "fits"),
    [
        ("ticket.created", "ticket.created", True),
        ("ticket.*", "ticket.created", True),
        ("ticket.*", "ticket.created.v2", False),
        ("ticket.#", "ticket.created.v2", True),
        ("ticket.#", "ticket", True),
        ("#", "clock.warned", True),
        ("#.v2", "ticket.created.v2", True),
        ("*.created", "ticket.created", True),
        ("*", "ticket.created", False),
        ("ticket", "ticket.created", False),
        ("", "ticket.created", False),
    ],
)
def test_patterns_fit_as_at_a_topic_exchange(pattern: str, event_type: str, fits: bool) -> None:
    assert wants([pattern], event_type) is fits


def test_names_begin_with_the_team_s() -> None:
    names = Names("audience", "tickets")
    assert names.queue == "audience.tickets"
    assert names.dead == "audience.tickets.dead"
    assert names.exchange == "audience.exchange"


@pytest.mark.parametrize(
    ("team", "name"),
    [("", "n"), ("A", "n"), ("a.b", "n"), ("a", ""), ("a", "b c"), ("a", "x.dead")],
)
def test_names_that_could_mean_something_else_are_refused(team: str, name: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        Names(team, name)


def test_a_replay_without_an_inbox_is_refused() -> None:
    since = read_event(json.dumps(BODY).encode()).time
    with pytest.raises(ValueError, match="inbox"):
        Consumer("amqp://nowhere", "a", "b", ["#"], print, replay_from=since)
