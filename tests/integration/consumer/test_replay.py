"""Replay from a time and then live: every event once, none missing, wherever it is cut."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.consumer import Consumer, Inbox, SqliteInbox
from libs.common.testing.eventually import eventually
from tests.integration.consumer.audience import Heard, publish, running

pytestmark = pytest.mark.services()

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def _history(producer: str) -> None:
    publish(producer, range(300))


@pytest.fixture
def own_inbox(sqlite_file: str) -> Inbox:
    made = SqliteInbox(sqlite_file)
    made.prepare()
    return made


@contextmanager
def publishing(uri: str, first: int) -> Iterator[Callable[[], list[int]]]:
    """One event after the other, from another thread; yields how to stop and learn which."""
    ending, published = threading.Event(), [first - 1]

    def work() -> None:
        while not ending.is_set():
            publish(uri, [published[-1] + 1])
            published.append(published[-1] + 1)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()

    def end() -> list[int]:
        ending.set()
        thread.join(30)
        return published[1:]

    try:
        yield end
    finally:
        end()


_starts = iter(range(1_000_000, 900_000_000, 1_000_000))


@pytest.fixture
def first(producer: str) -> int:
    """The number of the first event of this test alone: the stream has those of others too."""
    return next(_starts)


def own(heard: Heard, first: int) -> list[int]:
    """Of what was heard, the history and this test's."""
    return [one for one in heard.numbers if one is not None and (one < 300 or one >= first)]


def test_history_comes_first_and_live_events_after_it_without_gap_or_double(
    team: str, producer: str, name: str, own_inbox: Inbox, first: int
) -> None:
    heard = Heard()
    consumer = Consumer(
        team, "audience", name, ["ticket.*"], heard, inbox=own_inbox, replay_from=LONG_AGO
    )
    with publishing(producer, first) as end, running(consumer):
        eventually(lambda: own_inbox.place(f"audience.{name}", LONG_AGO).is_done, 60)
        count = len(heard.numbers)
        eventually(lambda: len(heard.numbers) > count + 50, 30)
        published = end()
        eventually(lambda: heard.numbers[-1] == published[-1], 30)
    assert own(heard, first) == [*range(300), *published]


def test_in_a_quiet_time_it_ends_too(
    team: str, producer: str, name: str, own_inbox: Inbox, first: int
) -> None:
    heard = Heard()
    options: dict[str, Any] = {"inbox": own_inbox, "replay_from": LONG_AGO}
    with running(Consumer(team, "audience", name, ["ticket.*"], heard, **options)):
        eventually(lambda: own_inbox.place(f"audience.{name}", LONG_AGO).is_done, 60)
        publish(producer, [first])
        eventually(lambda: heard.numbers[-1] == first)
    assert own(heard, first) == [*range(300), first]


def test_cut_in_the_middle_it_goes_on_where_it_was(
    team: str, producer: str, name: str, own_inbox: Inbox, first: int
) -> None:
    heard = Heard()

    def started() -> Consumer:
        def handle(event: Any, connection: Any) -> None:
            heard(event)
            if len(heard.numbers) in (40, 41, 200):
                consumer.stop()

        options: dict[str, Any] = {"inbox": own_inbox, "replay_from": LONG_AGO}
        consumer = Consumer(team, "audience", name, ["ticket.*"], handle, **options)
        return consumer

    with publishing(producer, first) as end:
        for expected in (40, 41, 200):
            with running(started()) as thread:
                thread.join(60)
            assert len(heard.numbers) == expected
        with running(started()):
            published = end()
            eventually(lambda: published[-1] in heard.numbers, 60)
    assert own(heard, first) == [*range(300), *published]


def test_only_what_happened_since_the_time_is_replayed(
    team: str, producer: str, name: str, own_inbox: Inbox, first: int
) -> None:
    since = datetime.now(UTC) + timedelta(hours=1)
    publish(producer, [first], time=since - timedelta(seconds=1))
    publish(producer, [first + 1, first + 2], time=since)
    heard = Heard()
    # The stream is read from its beginning; an event's own time decides.
    options: dict[str, Any] = {"inbox": own_inbox, "replay_from": since}
    own_inbox.place(f"audience.{name}", since)
    with own_inbox.transaction() as connection:
        own_inbox.advance(connection, f"audience.{name}", 0)
    with running(Consumer(team, "audience", name, ["ticket.*"], heard, **options)):
        eventually(lambda: heard.numbers == [first + 1, first + 2], 30)
        eventually(lambda: own_inbox.place(f"audience.{name}", since).is_done, 60)


def test_after_the_replay_a_restart_reads_the_queue_alone(
    team: str, producer: str, name: str, own_inbox: Inbox, first: int
) -> None:
    own_inbox.place(f"audience.{name}", LONG_AGO)
    own_inbox.finish(f"audience.{name}")
    heard = Heard()
    options: dict[str, Any] = {"inbox": own_inbox, "replay_from": LONG_AGO}
    with running(Consumer(team, "audience", name, ["ticket.*"], heard, **options)):

        def arrives() -> bool:
            publish(producer, [first])
            return bool(heard.numbers)

        eventually(arrives)
    assert heard.numbers == [first]


def test_types_that_are_not_wanted_are_left_out_of_a_replay(
    team: str, producer: str, name: str, own_inbox: Inbox
) -> None:
    publish(producer, [1, 2], "ticket.edited")
    heard = Heard()
    options: dict[str, Any] = {"inbox": own_inbox, "replay_from": LONG_AGO}
    with running(Consumer(team, "audience", name, ["ticket.edited"], heard, **options)):
        eventually(lambda: own_inbox.place(f"audience.{name}", LONG_AGO).is_done, 60)
    # The two have one id each, and their numbers' ids are those of other events: once.
    assert heard.numbers == [1, 2]


def test_the_inbox_keeps_place_and_effect_together(own_inbox: Inbox) -> None:
    own_inbox.place("audience.a", LONG_AGO)
    with suppress(ZeroDivisionError), own_inbox.transaction() as connection:
        own_inbox.take(connection, "audience.a", "1")
        own_inbox.advance(connection, "audience.a", 8)
        raise ZeroDivisionError
    assert own_inbox.place("audience.a", LONG_AGO).next_offset is None
    with own_inbox.transaction() as connection:
        assert own_inbox.take(connection, "audience.a", "1")
