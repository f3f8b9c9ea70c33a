"""The recorder: what is awaited is stored or refused, what is left is never lost."""

import threading
from collections.abc import Callable

import pytest
from psycopg2 import OperationalError

from gateway.audit import recorder as module
from gateway.audit.entry import NOBODY, Entry, make_entry
from gateway.audit.recorder import Recorder
from libs.common.clock import utc_now
from libs.common.errors import Unavailable
from libs.common.testing.eventually import eventually


class Kept:
    """A store that can be away, or refuse what it does not like."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.is_away = False
        self.is_asked = False
        self.open = threading.Event()
        self.open.set()

    def __call__(self, entries: list[Entry]) -> None:
        self.is_asked = True
        self.open.wait(20)
        if self.is_away:
            raise OperationalError("away")
        if any(entry["action"] == "bad" for entry in entries):
            raise ValueError("cannot be stored")
        self.batches.append([entry["action"] for entry in entries])

    @property
    def actions(self) -> list[str]:
        return [action for batch in self.batches for action in batch]


def entry(action: str) -> Entry:
    return make_entry("fact", action, NOBODY, utc_now())


@pytest.fixture
def store() -> Kept:
    return Kept()


@pytest.fixture
def recorder(store: Kept) -> Recorder:
    return Recorder(store)


def in_threads(*calls: Callable[[], None]) -> list[threading.Thread]:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    return threads


def test_what_is_written_is_stored_when_the_call_returns(recorder: Recorder, store: Kept) -> None:
    recorder.write(entry("one"))
    assert store.actions == ["one"]
    recorder.close()


def test_what_is_left_is_stored_soon_or_with_the_next(recorder: Recorder, store: Kept) -> None:
    recorder.leave(entry("one"))
    eventually(lambda: store.actions == ["one"])
    recorder.close()


def test_what_waits_at_once_is_stored_in_one_statement(recorder: Recorder, store: Kept) -> None:
    store.open.clear()
    # The recorder is busy with one while the others come.
    threads = in_threads(lambda: recorder.write(entry("one")))
    eventually(lambda: store.is_asked)
    threads += in_threads(*[lambda: recorder.write(entry("one"))] * 19)
    eventually(lambda: len(recorder._waiting) == 19)
    store.open.set()
    for thread in threads:
        thread.join()
    assert [len(batch) for batch in store.batches] == [1, 19]
    recorder.close()


def test_without_the_database_who_waits_is_refused_and_what_was_left_comes_later(
    recorder: Recorder, store: Kept
) -> None:
    store.is_away = True
    recorder.leave(entry("left"))
    for _ in range(2):
        with pytest.raises(Unavailable) as refusal:
            recorder.write(entry("awaited"))
        assert refusal.value.code == "audit.unavailable"
    store.is_away = False
    eventually(lambda: store.actions == ["left"])
    recorder.close()


def test_whoever_waited_for_too_long_is_refused_and_not_written_later(
    recorder: Recorder, store: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    store.open.clear()
    recorder.leave(entry("first"))
    eventually(lambda: not recorder._waiting)
    with pytest.raises(Unavailable):
        recorder.write(entry("impatient"))
    store.open.set()
    recorder.close()
    assert store.actions == ["first"]


def test_an_entry_that_cannot_be_stored_takes_no_other_with_it(
    recorder: Recorder, store: Kept
) -> None:
    store.open.clear()
    recorder.leave(entry("first"))
    eventually(lambda: not recorder._waiting)
    recorder.leave(entry("good"), entry("bad"), entry("better"))
    store.open.set()
    recorder.close()
    assert store.actions == ["first", "good", "better"]


def test_a_graceful_end_stores_what_was_left(recorder: Recorder, store: Kept) -> None:
    recorder.leave(*(entry(str(number)) for number in range(1_200)))
    recorder.close()
    assert store.actions == [str(number) for number in range(1_200)]


def test_an_end_without_the_database_comes_in_time(
    recorder: Recorder, store: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_FAREWELL", 0.2)
    store.is_away = True
    recorder.leave(entry("lost"))
    recorder.close()
    assert store.actions == []


def test_nothing_new_is_begun_while_too_much_waits(store: Kept) -> None:
    recorder = Recorder(store, capacity=2)
    store.open.clear()
    recorder.leave(entry("first"))
    eventually(lambda: not recorder._waiting)
    recorder.leave(entry("second"), entry("third"), entry("fourth"))
    with pytest.raises(Unavailable):
        recorder.write(entry("fifth"))
    store.open.set()
    recorder.close()
    assert store.actions == ["first", "second", "third", "fourth"]
