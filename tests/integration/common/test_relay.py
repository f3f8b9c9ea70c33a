"""What stands in the outbox reaches both exchanges, in order, and is never lost on the way."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from libs.common.bus.relay import BATCH, RelayLoop
from libs.common.bus.topology import Topology, prune
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from services.probe.contract import ProbeCounted
from tests.integration.common.looking import ask, failures, heard, tell
from tests.integration.common.wire import Ear

pytestmark = pytest.mark.services("probe")

PROBE = Topology(
    exchanges=("probe.events", "probe.private"),
    queues={"probe.wanted": (("probe.private", "probe.counted"),)},
    retired={},
)


@pytest.fixture
def ears(installation: dict[str, str]) -> Iterator[Callable[[str], Ear]]:
    with ExitStack() as stack:

        def listen(exchange: str) -> Ear:
            ear = Ear(installation["AMQP_URI"], exchange)
            stack.callback(ear.close)
            return ear

        yield listen


@contextmanager
def relay(installation: dict[str, str]) -> Iterator[Database]:
    """A relay in a thread, with a pool of its own as another process has."""
    database = Database.connect("probe", Config.read(installation))
    loop = RelayLoop(database, installation["AMQP_URI"], PROBE)
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        yield database
    finally:
        loop.stop()
        thread.join(30)
        assert not thread.is_alive()
        database.close()


def tell_counts(database: Database, *keys: str, **options: Any) -> None:
    with database.begin() as uow:
        for amount, key in enumerate(keys):
            data = {"key": key, "amount": amount, "secret": "不外传"}
            uow.emit(ProbeCounted, subject=key, data=data, **options)
        uow.commit()


def is_relayed(database: Database) -> bool:
    return not ask(database, "SELECT 1 FROM outbox LIMIT 1")


def test_both_exchanges_get_the_event_and_only_one_the_secret(
    installation: dict[str, str], probe: Database, ears: Callable[[str], Ear]
) -> None:
    private, public = ears("probe.private"), ears("probe.events")
    tell_counts(probe, "a")
    with relay(installation):
        (inside,), (outside,) = private.take(1), public.take(1)
        eventually(lambda: is_relayed(probe))
    assert inside["data"] == {"key": "a", "amount": 0, "secret": "不外传"}
    assert outside["data"] == {"key": "a", "amount": 0}
    assert {**inside, "data": None} == {**outside, "data": None}


def test_a_message_is_durable_and_readable_by_anybody(
    installation: dict[str, str], probe: Database, ears: Callable[[str], Ear]
) -> None:
    ear = ears("probe.events")
    tell_counts(probe, "a")
    with relay(installation):
        (event,) = ear.take(1)
    (properties,) = ear.properties
    assert properties.content_type == "application/json"
    assert properties.content_encoding == "utf-8"
    assert properties.delivery_mode == 2
    assert (properties.message_id, properties.type) == (event["id"], "probe.counted")


def test_a_commit_wakes_the_relay(installation: dict[str, str], ears: Callable[[str], Ear]) -> None:
    ear = ears("probe.private")
    with relay(installation) as database:
        for number in range(20):
            tell_counts(database, f"k{number}")
            assert [event["subject"] for event in ear.take(1)] == [f"k{number}"]


def test_urgent_events_go_first(
    installation: dict[str, str], probe: Database, ears: Callable[[str], Ear]
) -> None:
    ear = ears("probe.private")
    tell_counts(probe, *["slow"] * (BATCH + 10))
    tell_counts(probe, "fast", "faster", urgent=True)
    with relay(installation):
        taken = [event["subject"] for event in ear.take(BATCH + 12)]
    assert taken == ["fast", "faster"] + ["slow"] * (BATCH + 10)


def test_two_relays_publish_each_event_once_and_in_order(
    installation: dict[str, str], probe: Database, ears: Callable[[str], Ear]
) -> None:
    ear = ears("probe.private")

    def write(writer: int) -> None:
        for number in range(60):
            with probe.begin() as uow:
                for subject in (f"{writer}x", f"{writer}y"):
                    data = {"key": subject, "amount": number}
                    uow.emit(ProbeCounted, subject=subject, data=data)
                uow.commit()

    with relay(installation), relay(installation):
        writers = [threading.Thread(target=write, args=(one,)) for one in range(4)]
        for writer in writers:
            writer.start()
        taken = ear.take(480, timeout=60)
        for writer in writers:
            writer.join(60)
        eventually(lambda: is_relayed(probe))
        assert ear.take(1, timeout=0.3) == []
    orders = defaultdict(list)
    for event in taken:
        orders[event["subject"]].append(event["data"]["amount"])
    assert dict(orders) == {f"{w}{s}": list(range(60)) for w in range(4) for s in "xy"}


def test_an_event_that_somebody_must_get_waits_for_its_queue(
    installation: dict[str, str], ears: Callable[[str], Ear]
) -> None:
    ear = ears("probe.events")
    with relay(installation) as database:
        tell_counts(database, "before")
        ear.take(1)
        ear.channel.queue_delete("probe.wanted")
        tell_counts(database, "after")
        eventually(lambda: is_relayed(database))
    # The relay has declared the queue anew; a repeat may stand beside the event.
    ear.queue = "probe.wanted"
    assert {event["subject"] for event in ear.take(1)} == {"after"}


def test_a_type_that_this_release_does_not_know_stays_private_and_holds_up_nothing(
    installation: dict[str, str], probe: Database, ears: Callable[[str], Ear]
) -> None:
    """As after a return to an older release."""
    private, public = ears("probe.private"), ears("probe.events")
    tell_counts(probe, "newer")
    tell(probe, "UPDATE outbox SET type = 'probe.unheard_of' WHERE type = 'probe.counted'")
    tell_counts(probe, "known")
    with relay(installation):
        assert [event["subject"] for event in private.take(2)] == ["newer", "known"]
        assert [event["subject"] for event in public.take(1)] == ["known"]
        eventually(lambda: is_relayed(probe))


def test_a_process_that_dies_before_it_deletes_publishes_again_and_the_effect_is_once(
    processes: Processes, probe: Database, ears: Callable[[str], Ear]
) -> None:
    ear = ears("probe.private")
    ear.channel.queue_declare("probe.inbox", durable=True, arguments={"x-queue-type": "quorum"})
    ear.channel.queue_bind("probe.inbox", "probe.private", "probe.counted")
    processes.arm("after_publish_before_delete", "probe.jobs")
    keys = [f"crash {number}" for number in range(5)]
    tell_counts(probe, *keys)
    processes.start("probe.jobs")
    eventually(lambda: is_relayed(probe), timeout=30)
    assert not processes.is_armed("after_publish_before_delete", "probe.jobs")
    published = Counter(event["subject"] for event in ear.take(10))
    assert published == dict.fromkeys(keys, 2)
    processes.start("probe.events")
    eventually(lambda: len(heard(probe, "echo crash%")) == 5, timeout=30)
    assert heard(probe, "crash%") == dict.fromkeys(keys, 1)
    assert heard(probe, "echo crash%") == dict.fromkeys([f"echo {key}" for key in keys], 1)
    assert not failures(probe)


def test_what_is_retired_is_pruned_once_it_is_empty(
    installation: dict[str, str], ears: Callable[[str], Ear]
) -> None:
    ear = ears("probe.private")
    for queue in ("old.empty", "old.full", "kept"):
        ear.channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        ear.channel.queue_bind(queue, "probe.private", "probe.old")
    ear.channel.queue_purge("old.full")
    ear.channel.confirm_delivery()
    ear.channel.basic_publish("", "old.full", b"{}")
    binding = ("probe.private", "probe.old")
    retired = dict.fromkeys(("old.empty", "old.full", "kept", "old.gone"), (binding,))
    topology = Topology((), {"kept": (("probe.private", "probe.counted"),)}, retired)
    for _ in range(2):
        removed = prune(installation["AMQP_URI"], topology)
        assert "queue old.full" not in removed
        assert "queue kept" not in removed
    ear.channel.basic_publish("probe.private", "probe.old", b"{}")
    assert ear.channel.queue_declare("old.full", passive=True).method.message_count == 1
    assert ear.channel.queue_declare("kept", passive=True).method.message_count == 0
    with pytest.raises(Exception, match=r"old\.empty"):
        ear.channel.queue_declare("old.empty", passive=True)
