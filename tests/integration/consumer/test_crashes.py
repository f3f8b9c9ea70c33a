"""A team's program is killed in the middle, the broker goes away: each event once, none lost."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from libs.common.consumer import Consumer, DeadLetters, Inbox
from libs.common.consumer.inbox import InboxTrouble
from libs.common.supervisor.rabbit import LocalRabbit
from libs.common.testing.eventually import eventually
from tests.integration.consumer.audience import Heard, publish, running
from tests.support.audience_program import open_inbox

pytestmark = pytest.mark.services()

ROOT = Path(__file__).resolve().parents[3]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
COUNT = 300


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, sqlite_file: str) -> str:
    if request.param == "sqlite":
        return sqlite_file
    connect = request.getfixturevalue("own_database")
    with closing(connect()) as connection:
        dsn = connection.get_dsn_parameters()
    url: str = request.getfixturevalue("postgres").url_for(dsn["dbname"])
    return url


@pytest.fixture
def effects(place: str) -> Callable[[], list[int]]:
    inbox = open_inbox(place)
    inbox.prepare()
    with inbox.transaction() as connection, closing(connection.cursor()) as cursor:
        cursor.execute("CREATE TABLE effects (number integer)")
    inbox.close()
    return lambda: written(inbox)


def written(inbox: Inbox) -> list[int]:
    with inbox._apart() as connection, closing(connection.cursor()) as cursor:
        cursor.execute("SELECT number FROM effects ORDER BY number")
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def program(team: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """As its own process; killed without a word at the end."""
    command = [sys.executable, "-m", "tests.support.audience_program", *arguments]
    env = {**os.environ, "AMQP_URI": team}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=quiet, stderr=quiet)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def bind(team: str, name: str) -> None:
    """Let a queue be made before anything is published."""
    with running(Consumer(team, "audience", name, ["ticket.*"], Heard())):
        eventually(lambda: DeadLetters(team, "audience", name).list() == [], trouble=(Exception,))


def count_reaches(effects: Callable[[], list[int]], number: int) -> None:
    eventually(lambda: len(effects()) >= number, 60, trouble=(InboxTrouble,))


def test_killed_again_and_again_it_handles_every_event_once(
    place: str, effects: Callable[[], list[int]], team: str, producer: str, name: str
) -> None:
    bind(team, name)
    publish(producer, range(COUNT))
    for reached in (1, COUNT // 4, COUNT // 2):
        with program(team, name, place):
            count_reaches(effects, reached)
    with program(team, name, place):
        count_reaches(effects, COUNT)
    assert effects() == list(range(COUNT))


def test_killed_in_a_replay_it_handles_every_event_once(
    place: str, effects: Callable[[], list[int]], team: str, producer: str, name: str
) -> None:
    publish(producer, range(10_000, 10_000 + COUNT))

    def own() -> list[int]:
        return [number for number in effects() if number >= 10_000]

    for reached in (1, COUNT // 4, COUNT // 2):
        with program(team, name, place, LONG_AGO.isoformat()):
            count_reaches(own, reached)
    with program(team, name, place, LONG_AGO.isoformat()):
        publish(producer, range(10_000 + COUNT, 10_100 + COUNT))
        count_reaches(own, COUNT + 100)
        eventually(lambda: open_inbox(place).place(f"audience.{name}", LONG_AGO).is_done, 60)
        publish(producer, [20_000])
        count_reaches(own, COUNT + 101)
    assert own() == [*range(10_000, 10_100 + COUNT), 20_000]


def test_a_restart_of_the_broker_loses_and_repeats_nothing(
    rabbit: Any,
    place: str,
    effects: Callable[[], list[int]],
    team: str,
    producer: str,
    name: str,
) -> None:
    if not isinstance(rabbit, LocalRabbit):
        pytest.skip("stops the broker: unset AMQP_URI to run it")
    bind(team, name)
    publish(producer, range(COUNT))
    with program(team, name, place):
        count_reaches(effects, 10)
        rabbit.stop()
        rabbit.start()
        publish(producer, range(COUNT, COUNT + 50))
        count_reaches(effects, COUNT + 50)
    assert effects() == list(range(COUNT + 50))


def test_an_event_that_ends_every_process_is_put_aside_and_no_other(
    sqlite_file: str, team: str, producer: str, name: str
) -> None:
    inbox = open_inbox(sqlite_file)
    inbox.prepare()
    with inbox.transaction() as connection:
        connection.execute("CREATE TABLE effects (number integer)")
    letters = DeadLetters(team, "audience", name)
    bind(team, name)
    publish(producer, range(60))
    while not letters.list():
        with program(team, name, sqlite_file, "", "30") as process:
            eventually(partial(has_ended_or, process, letters.list), 60)
    with program(team, name, sqlite_file):
        eventually(lambda: len(written(inbox)) == 59, 60)
    assert written(inbox) == [number for number in range(60) if number != 30]
    (letter,) = letters.list()
    assert orjson.loads(letter.body)["data"]["seq"] == 30
    assert letter.reason == "delivery_limit"


def has_ended_or(process: subprocess.Popen[bytes], look: Callable[[], object]) -> bool:
    return process.poll() is not None or bool(look())
