"""The inbox: an effect once, with its event, in SQLite and in PostgreSQL."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest

from libs.common.consumer import Consumer, DeadLetters, Inbox, PostgresInbox, SqliteInbox
from libs.common.consumer.inbox import Place
from libs.common.testing.eventually import eventually
from tests.integration.consumer.audience import Heard, publish, running

pytestmark = pytest.mark.services()

MONDAY, TUESDAY = datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 17, tzinfo=UTC)


@pytest.fixture
def effects(inbox: Inbox) -> Callable[[], list[int]]:
    """What handlers have written, and the inbox's tables beside it."""
    inbox.prepare()
    with inbox.transaction() as connection, closing(connection.cursor()) as cursor:
        cursor.execute("CREATE TABLE effects (number integer)")

    def read() -> list[int]:
        with inbox._apart() as connection, closing(connection.cursor()) as cursor:
            cursor.execute("SELECT number FROM effects ORDER BY number")
            return [row[0] for row in cursor.fetchall()]

    return read


def write(event: Any, connection: Any) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"INSERT INTO effects VALUES ({event.seq:d})")


def test_an_event_that_comes_twice_has_its_effect_once(
    inbox: Inbox, effects: Callable[[], list[int]], team: str, producer: str, name: str
) -> None:
    with running(Consumer(team, "audience", name, ["ticket.*"], write, inbox=inbox)):

        def arrives() -> bool:
            publish(producer, [1, 1, 2, 1])
            return effects() == [1, 2]

        eventually(arrives)
        publish(producer, [2, 1, 3])
        eventually(lambda: effects() == [1, 2, 3])


def test_what_a_failing_handler_wrote_is_undone_and_it_may_be_tried_again(
    inbox: Inbox, effects: Callable[[], list[int]], team: str, producer: str, name: str
) -> None:
    attempts = []

    def handle(event: Any, connection: Any) -> None:
        write(event, connection)
        attempts.append(event.seq)
        if len(attempts) < 3:
            raise ValueError("half-way")

    with running(
        Consumer(team, "audience", name, ["ticket.*"], handle, inbox=inbox, pauses=(0.01, 0.01))
    ):

        def arrives() -> bool:
            publish(producer, [7])
            return effects() == [7]

        eventually(arrives)
    assert attempts == [7, 7, 7]


def test_a_dead_letter_that_is_replayed_has_its_effect_once(
    inbox: Inbox, effects: Callable[[], list[int]], team: str, producer: str, name: str
) -> None:
    is_broken = [True]

    def handle(event: Any, connection: Any) -> None:
        write(event, connection)
        if is_broken[0]:
            raise ValueError("broken")

    letters = DeadLetters(team, "audience", name)
    with running(Consumer(team, "audience", name, ["ticket.*"], handle, inbox=inbox, pauses=())):

        def dies() -> bool:
            publish(producer, [5])
            return len(letters.list()) > 0

        eventually(dies, trouble=(Exception,))
        is_broken[0] = False
        assert letters.replay() >= 1

        def is_written_once() -> bool:
            letters.replay()
            return effects() == [5]

        eventually(is_written_once)


def test_consumers_with_different_names_handle_the_same_event(inbox: Inbox) -> None:
    inbox.prepare()
    with inbox.transaction() as connection:
        assert inbox.take(connection, "audience.a", "1")
        assert inbox.take(connection, "audience.b", "1")
        assert not inbox.take(connection, "audience.a", "1")


def test_the_place_of_a_replay_only_goes_forward(inbox: Inbox) -> None:
    inbox.prepare()
    inbox.prepare()
    assert inbox.place("audience.a", MONDAY) == Place()
    for offset in (5, 9, 7):
        with inbox.transaction() as connection:
            inbox.advance(connection, "audience.a", offset)
    assert inbox.place("audience.a", MONDAY) == Place(next_offset=9)
    inbox.finish("audience.a")
    assert inbox.place("audience.a", MONDAY).is_done


def test_another_time_begins_another_replay(inbox: Inbox) -> None:
    inbox.prepare()
    inbox.place("audience.a", MONDAY)
    inbox.finish("audience.a")
    assert inbox.place("audience.a", TUESDAY) == Place()
    assert not inbox.place("audience.a", TUESDAY).is_done


def test_ids_are_forgotten_when_nothing_can_bring_their_events_back(inbox: Inbox) -> None:
    inbox.prepare()
    with inbox.transaction() as connection, closing(connection.cursor()) as cursor:
        cursor.execute("INSERT INTO tidedesk_inbox VALUES ('audience.a', 'old', 0)")
        inbox.take(connection, "audience.a", "new")
    inbox.sweep()
    with inbox.transaction() as connection:
        assert inbox.take(connection, "audience.a", "old")
        assert not inbox.take(connection, "audience.a", "new")


def test_a_database_that_does_not_answer_is_waited_for(
    own_database: Callable[[], Any], team: str, producer: str, name: str
) -> None:
    is_down, refused = [False], []

    def connect() -> Any:
        if is_down[0]:
            refused.append(1)
            raise psycopg2.OperationalError("down")
        return own_database()

    heard = Heard()

    def handle(event: Any, connection: Any) -> None:
        if is_down[0]:
            connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        heard(event)

    inbox = PostgresInbox(connect)
    with running(Consumer(team, "audience", name, ["ticket.*"], handle, inbox=inbox, pauses=())):

        def arrives() -> bool:
            publish(producer, [1])
            return bool(heard.numbers)

        eventually(arrives)
        is_down[0] = True
        publish(producer, [2])
        eventually(lambda: len(refused) >= 3)
        is_down[0] = False
        eventually(lambda: heard.numbers == [1, 2])
    assert DeadLetters(team, "audience", name).list() == []


def test_the_sqlite_inbox_stands_in_a_file_that_others_may_read(sqlite_file: str) -> None:
    inbox = SqliteInbox(sqlite_file)
    inbox.prepare()
    with inbox.transaction() as connection:
        inbox.take(connection, "audience.a", "1")
    with closing(sqlite3.connect(sqlite_file)) as other:
        assert other.execute("SELECT consumer, event_id FROM tidedesk_inbox").fetchall() == [
            ("audience.a", "1")
        ]
