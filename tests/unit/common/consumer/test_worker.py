"""The handler's thread: order, attempts, what counts and what does not."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from libs.common.consumer.worker import Delivery, Outcome, Rules, Worker
from libs.common.testing.eventually import eventually


class Session:
    """Gives deliveries and hears of their outcomes, without a broker."""

    def __init__(self) -> None:
        self.is_open = True
        self.outcomes: list[Outcome] = []

    def settle(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def delivery(self, number: int, event_type: str = "ticket.created") -> Delivery:
        body = {
            **{"specversion": "1.0", "id": str(number), "source": "/tidedesk/ticketing"},
            **{"type": event_type, "subject": "t", "time": "2026-11-21T08:00:30Z"},
            "data": {"seq": number},
        }
        return Delivery(self, number, json.dumps(body).encode(), None, event_type)


class Stage:
    """A worker whose handler fails as told, by event."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.failures: dict[int, list[Exception]] = {}
        self.stopping = threading.Event()
        self.session = Session()
        self.worker = Worker(self._rules(), self.stopping)
        self.worker.start()

    def _rules(self) -> Rules:
        return Rules(
            consumer="audience.n",
            types=("ticket.*",),
            handler=self.handle,
            inbox=None,
            pauses=(0.0, 0.0),
            trouble=(ConnectionError,),
            since=None,
        )

    def handle(self, event: Any) -> None:
        self.heard.append(event.seq)
        if waiting := self.failures.get(event.seq):
            raise waiting.pop(0)

    def settled(self, count: int) -> list[Outcome]:
        eventually(lambda: len(self.session.outcomes) == count)
        return self.session.outcomes


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage()
    yield made
    made.stopping.set()
    made.worker.end()
    eventually(lambda: made.worker.has_ended)


def test_events_are_handled_one_after_the_other(stage: Stage) -> None:
    for number in range(20):
        stage.worker.put(stage.session.delivery(number))
    assert [outcome.delivery.tag for outcome in stage.settled(20)] == list(range(20))
    assert stage.heard == list(range(20))


def test_a_second_attempt_may_do(stage: Stage) -> None:
    stage.failures[1] = [ValueError("x")]
    stage.worker.put(stage.session.delivery(1))
    assert stage.settled(1)[0].reason is None
    assert stage.heard == [1, 1]


def test_after_the_last_attempt_it_is_dead_and_says_why(stage: Stage) -> None:
    stage.failures[1] = [ValueError("a"), KeyError("b"), ValueError("c")]
    stage.worker.put(stage.session.delivery(1))
    stage.worker.put(stage.session.delivery(2))
    first, second = stage.settled(2)
    assert (first.reason, first.attempts) == ("ValueError: c", 3)
    assert second.reason is None


def test_trouble_is_no_attempt(stage: Stage) -> None:
    stage.failures[1] = [ConnectionResetError("x")] * 2 + [ValueError("a")]
    stage.worker.put(stage.session.delivery(1))
    assert stage.settled(1)[0].reason is None
    assert stage.heard == [1, 1, 1, 1]


def test_types_that_nobody_wants_are_settled_unheard(stage: Stage) -> None:
    stage.worker.put(stage.session.delivery(1, "clock.warned"))
    assert stage.settled(1)[0].reason is None
    assert stage.heard == []


def test_what_came_by_a_lost_connection_is_left_to_come_again(stage: Stage) -> None:
    lost = Session()
    lost.is_open = False
    stage.worker.put(lost.delivery(1))
    stage.worker.put(stage.session.delivery(2))
    stage.settled(1)
    assert (stage.heard, lost.outcomes) == ([2], [])


def test_told_to_stop_between_attempts_it_gives_the_event_back(stage: Stage) -> None:
    stage.failures[1] = [ConnectionError("x")] * 1000
    stage.worker.put(stage.session.delivery(1))
    eventually(lambda: stage.heard)
    stage.stopping.set()
    stage.worker.end()
    eventually(lambda: stage.worker.has_ended)
    assert stage.session.outcomes == []
