"""The ready client with a team's own rights: at least once, retries, dead letters, orderly ends."""

import sys
import time
from threading import Event as Flag
from typing import Any

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from libs.common.consumer import Consumer, DeadLetters, HandlerFailed
from libs.common.testing.eventually import eventually
from tests.integration.consumer.audience import Heard, event_id, publish, publish_raw, running

pytestmark = pytest.mark.services()

QUICK = {"pauses": (0.01, 0.01)}


def waiting(uri: str, queue: str) -> int:
    with pika.BlockingConnection(pika.URLParameters(uri)) as connection:
        count: int = connection.channel().queue_declare(queue, passive=True).method.message_count
        return count


def bind(team: str, name: str, **options: Any) -> None:
    """Let a consumer make its queue, and go."""
    consumer = Consumer(team, "audience", name, ["ticket.*"], Heard(), **options)
    with running(consumer):
        eventually(lambda: waiting(team, f"audience.{name}") == 0, trouble=(ChannelClosedByBroker,))


def test_events_that_come_while_nobody_runs_are_handled_in_order_later(
    team: str, producer: str, name: str
) -> None:
    bind(team, name)
    publish(producer, range(100))
    heard = Heard()
    with running(Consumer(team, "audience", name, ["ticket.*"], heard)):
        eventually(lambda: len(heard.numbers) >= 100)
        publish(producer, range(100, 120))
        eventually(lambda: len(heard.numbers) >= 120)
    assert heard.numbers == list(range(120))
    eventually(lambda: waiting(team, f"audience.{name}") == 0)


def test_only_the_types_that_are_wanted_reach_the_handler(
    team: str, producer: str, name: str
) -> None:
    bind(team, name)
    heard = Heard()
    with running(Consumer(team, "audience", name, ["ticket.solved", "clock.#"], heard)):
        # The queue is still bound to what an earlier release of the team's wanted.
        publish(producer, [1], "ticket.created")
        publish(producer, [2], "ticket.solved")
        eventually(lambda: heard.has(2))
        eventually(lambda: waiting(team, f"audience.{name}") == 0)


def test_an_event_that_the_handler_fails_at_is_put_aside_and_the_next_is_handled(
    team: str, producer: str, name: str
) -> None:
    bind(team, name)
    publish(producer, [1, 2, 3])
    heard = Heard()

    def handle(event: Any) -> None:
        heard(event)
        if event.seq == 2:
            raise ValueError("of no use")

    with running(Consumer(team, "audience", name, ["ticket.*"], handle, **QUICK)):
        eventually(lambda: heard.numbers == [1, 2, 2, 2, 3])
        letters = DeadLetters(team, "audience", name)
        (letter,) = eventually(letters.list)
    assert (letter.event_id, letter.type, letter.attempts) == (event_id(2), "ticket.created", 3)
    assert letter.reason == "ValueError: of no use"
    assert letter.failed_at > time.time() - 600
    assert waiting(team, f"audience.{name}.dead") == 1, "looking takes nothing away"


def test_dead_letters_are_replayed_or_discarded_by_id(team: str, producer: str, name: str) -> None:
    bind(team, name)
    publish(producer, [1, 2, 3])
    is_mended = Flag()
    heard = Heard()

    def handle(event: Any) -> None:
        if not is_mended.is_set():
            raise ValueError("not yet")
        heard(event)

    letters = DeadLetters(team, "audience", name)
    with running(Consumer(team, "audience", name, ["ticket.*"], handle, pauses=())):
        eventually(lambda: len(letters.list()) == 3)
        is_mended.set()
        assert letters.discard([event_id(1)]) == 1
        assert letters.replay([event_id(3)]) == 1
        eventually(lambda: heard.has(3))
        assert letters.replay() == 1
        eventually(lambda: heard.has(2, 3))
    assert letters.list() == []


def test_what_is_no_event_is_put_aside_too(team: str, producer: str, name: str) -> None:
    bind(team, name)
    publish_raw(producer, b"{")
    publish(producer, [1])
    heard = Heard()
    with running(Consumer(team, "audience", name, ["ticket.*"], heard)):
        eventually(lambda: heard.has(1))
        (letter,) = eventually(DeadLetters(team, "audience", name).list)
    assert (letter.event_id, letter.body) == (None, b"{")
    assert letter.reason.startswith("not an event")


def test_trouble_that_is_not_the_event_s_fault_is_waited_out(
    team: str, producer: str, name: str
) -> None:
    bind(team, name)
    publish(producer, [1])
    heard, attempts = Heard(), []

    def handle(event: Any) -> None:
        attempts.append(1)
        if len(attempts) < 4:
            raise ConnectionError("their service is down")
        heard(event)

    options: dict[str, Any] = {"pauses": (), "trouble": (ConnectionError,)}
    with running(Consumer(team, "audience", name, ["ticket.*"], handle, **options)):
        eventually(lambda: heard.has(1))
    assert DeadLetters(team, "audience", name).list() == []


def test_without_dead_letters_it_ends_and_the_event_stays(
    team: str, producer: str, name: str
) -> None:
    bind(team, name, dead_letter=False)
    publish(producer, [1])

    def handle(event: Any) -> None:
        raise ValueError("of no use")

    consumer = Consumer(team, "audience", name, ["ticket.*"], handle, dead_letter=False, pauses=())
    with running(consumer) as thread:
        thread.join(30)
        assert isinstance(thread.error, HandlerFailed)
    eventually(lambda: waiting(team, f"audience.{name}") == 1)


def test_a_handler_that_leaves_ends_the_consumer_and_its_event_stays(
    team: str, producer: str, name: str
) -> None:
    bind(team, name)
    publish(producer, [1])

    def handle(event: Any) -> None:
        sys.exit(3)

    with running(Consumer(team, "audience", name, ["ticket.*"], handle)) as thread:
        thread.join(30)
        assert isinstance(thread.error, HandlerFailed)
    eventually(lambda: waiting(team, f"audience.{name}") == 1)


def test_told_to_stop_it_ends_its_event_and_leaves_the_others(
    team: str, producer: str, name: str
) -> None:
    bind(team, name)
    publish(producer, range(10))
    heard, is_in_hand, may_end = Heard(), Flag(), Flag()

    def handle(event: Any) -> None:
        is_in_hand.set()
        may_end.wait(30)
        heard(event)

    consumer = Consumer(team, "audience", name, ["ticket.*"], handle)
    with running(consumer) as thread:
        assert is_in_hand.wait(30)
        consumer.stop()
        assert thread.is_alive()
        may_end.set()
        thread.join(30)
    assert heard.numbers == [0]
    eventually(lambda: waiting(team, f"audience.{name}") == 9)


def test_heartbeats_go_on_while_a_handler_works(team: str, producer: str, name: str) -> None:
    bind(team, name)
    publish(producer, [1, 2])
    parameters = pika.URLParameters(team)
    parameters.heartbeat = 1
    heard = Heard()

    def handle(event: Any) -> None:
        heard(event)
        # A broker gives up after two heartbeats without a sign.
        until = time.monotonic() + (4 if event.seq == 1 else 0)
        eventually(lambda: time.monotonic() > until)

    with running(Consumer(parameters, "audience", name, ["ticket.*"], handle)):
        eventually(lambda: len(heard.numbers) >= 2, 30)
    assert heard.numbers == [1, 2], "nothing came a second time"


def test_several_processes_share_a_queue(team: str, producer: str, name: str) -> None:
    bind(team, name)
    heard = Heard()
    one = Consumer(team, "audience", name, ["ticket.*"], heard)
    other = Consumer(team, "audience", name, ["ticket.*"], heard)
    with running(one), running(other):
        publish(producer, range(200))
        eventually(lambda: heard.has(*range(200)))


def test_a_team_s_consumer_with_another_team_s_name_is_refused_at_once(team: str) -> None:
    with running(Consumer(team, "strangers", "n", ["ticket.*"], Heard())) as thread:
        thread.join(30)
        assert isinstance(thread.error, ChannelClosedByBroker)
        assert thread.error.reply_code == 403


def test_a_queue_with_other_arguments_is_an_error_and_not_waited_for(team: str, name: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(team)) as connection:
        connection.channel().queue_declare(f"audience.{name}", durable=True)
    with running(Consumer(team, "audience", name, ["ticket.*"], Heard())) as thread:
        thread.join(30)
        assert isinstance(thread.error, ChannelClosedByBroker)
        assert thread.error.reply_code == 406


def test_an_installation_without_an_exchange_is_read_all_the_same(
    team: str, producer: str, name: str
) -> None:
    heard = Heard()
    exchanges = ("intake.events", "reporting.events", "ticketing.events")
    with running(Consumer(team, "audience", name, ["ticket.*"], heard, exchanges=exchanges)):
        eventually(lambda: waiting(team, f"audience.{name}") == 0, trouble=(ChannelClosedByBroker,))

        def arrives() -> bool:
            publish(producer, [1])
            return bool(heard.numbers)

        eventually(arrives)
