"""The real processes between broker and receiver, and deaths at every point in between."""

import random
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from libs.common.bus.rpc_client import RpcClient
from libs.common.clock import utc_now
from libs.common.contracts.envelope import dump_event
from libs.common.contracts.ticketing import TicketCreated, TicketReplied
from libs.common.database.unit_of_work import Database
from libs.common.errors import Forbidden
from libs.common.ids import uuid7
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.integration.notify.outside import Outside
from tests.support.actors import actor
from tests.support.vendors.server import HANG
from tests.support.webhook_receiver import Receiver
from tests.unit.notify.facts import created, replied

pytestmark = pytest.mark.services("notify")

Story = list[tuple[Any, bytes]]


@pytest.fixture(scope="module")
def running(processes: Processes, outside: Outside) -> Processes:
    env = {"HTTP_ALLOW_PRIVATE": "127.0.0.0/8"}
    processes.start("notify.events", "notify.jobs", "notify.rpc", env=env)
    return processes


@pytest.fixture
def hooked(running: Processes, caller: RpcClient, receiver: Receiver) -> Iterator[str]:
    """The id of a webhook that hears of all that tickets do."""
    values = {"name": f"hook {uuid7()}", "url": receiver.hook_url, "types": ["ticket.*"]}
    made = command(caller, "create_webhook", values=values)
    receiver.secrets.append(made["secret"])
    yield made["webhook_id"]
    command(caller, "remove_webhook", webhook_id=made["webhook_id"])


def command(caller: RpcClient, method: str, **arguments: Any) -> Any:
    boss, key = actor("administrator"), str(uuid7())
    return caller.command(
        "notify", method, arguments, actor=boss, command_id=key, request_id="r", timeout=20.0
    )


def story(length: int) -> Story:
    """A ticket's events as they lie in the queue."""
    ticket_id = uuid7()
    facts: list[tuple[Any, dict[str, Any]]] = [(TicketCreated, created(ticket_id=ticket_id))]
    facts += [
        (TicketReplied, replied(ticket_id=ticket_id, seq=seq)) for seq in range(2, length + 1)
    ]
    return [
        (schema, dump_event(schema, uuid7(), str(ticket_id), utc_now(), data))
        for schema, data in facts
    ]


def subject_of(told: Story) -> str:
    subject: str = orjson.loads(told[0][1])["subject"]
    return subject


_HURRY = (
    "UPDATE webhook_deliveries SET leased_until = now() WHERE delivery_id IN "
    "(SELECT delivery_id FROM webhook_deliveries WHERE leased_until > now() "
    "FOR UPDATE SKIP LOCKED)",
    "UPDATE webhook_deliveries SET next_at = now() WHERE delivery_id IN "
    "(SELECT delivery_id FROM webhook_deliveries WHERE attempts > 0 AND next_at > now() "
    "FOR UPDATE SKIP LOCKED)",
    "UPDATE webhooks SET resume_at = now() WHERE resume_at > now()",
)


def hurry(stored: Database) -> None:
    """What waits for a lease or for another try is due now: tests have no time to wait."""
    for statement in _HURRY:
        with stored.engine.begin() as connection:
            connection.execute(text(statement))


def statuses(stored: Database) -> set[str]:
    with stored.engine.connect() as connection:
        return set(connection.execute(text("SELECT status FROM webhook_deliveries")).scalars())


@pytest.mark.parametrize(
    ("point", "role"),
    [
        ("after_commit_before_ack", "notify.events"),
        ("after_webhook_claim_before_send", "notify.jobs"),
        ("after_webhook_send_before_commit", "notify.jobs"),
    ],
)
def test_every_event_comes_once_at_least_and_in_order_whoever_dies(
    running: Processes,
    outside: Outside,
    stored: Database,
    hooked: str,
    receiver: Receiver,
    point: str,
    role: str,
) -> None:
    before = running.restarts(role)
    running.arm(point, role)
    tickets = [story(5) for _ in range(8)]
    told = [event for ticket in tickets for event in ticket]
    shuffled = random.Random(7).sample(told, len(told)) + told[:10]
    for start in range(0, len(shuffled), 10):
        outside.publish(*shuffled[start : start + 10])

    def all_came() -> bool:
        hurry_after_death(running, role, before, stored)
        return len(receiver.ids()) == len(told)

    eventually(all_came, 90, pause=0.3)
    assert running.restarts(role) > before
    for ticket in tickets:
        assert receiver.seqs(subject_of(ticket)) == [1, 2, 3, 4, 5]

    def all_settled() -> bool:
        hurry(stored)
        return statuses(stored) == {"sent"}

    eventually(all_settled, 30, pause=0.3)


def hurry_after_death(running: Processes, role: str, before: int, stored: Database) -> None:
    if running.restarts(role) > before:
        hurry(stored)


def test_a_receiver_that_was_down_gets_everything_in_order(
    running: Processes, outside: Outside, stored: Database, hooked: str, receiver: Receiver
) -> None:
    receiver.status = 503
    tickets = [story(4) for _ in range(3)]
    outside.publish(*[event for ticket in tickets for event in ticket])
    eventually(lambda: len(receiver.asked) >= 3)
    assert receiver.events == []
    receiver.status = 200

    def all_came() -> bool:
        hurry(stored)
        return len(receiver.ids()) == 12

    eventually(all_came, 30, pause=0.3)
    for ticket in tickets:
        assert receiver.seqs(subject_of(ticket)) == [1, 2, 3, 4]


def test_a_receiver_that_hangs_delays_nobody_else(
    running: Processes, outside: Outside, caller: RpcClient, hooked: str, receiver: Receiver
) -> None:
    receiver.say(HANG, HANG)
    with Receiver() as other:
        values = {"name": "other", "url": other.hook_url, "types": ["ticket.created"]}
        made = command(caller, "create_webhook", values=values)
        other.secrets.append(made["secret"])
        outside.publish(*[event for _ in range(5) for event in story(1)])
        eventually(lambda: len(other.ids()) == 5)
        assert len(receiver.asked) == 2
        command(caller, "remove_webhook", webhook_id=made["webhook_id"])
    receiver.release()
    eventually(lambda: len(receiver.ids()) == 5)


def test_a_ping_and_a_rotation_over_rpc(
    running: Processes, caller: RpcClient, hooked: str, receiver: Receiver
) -> None:
    told = command(caller, "ping_webhook", webhook_id=hooked)
    eventually(lambda: [one["type"] for one in receiver.events] == ["webhook.ping"])
    boss = actor("administrator")

    def log() -> Any:
        wanted = {"webhook_id": hooked}
        return caller.query("notify", "list_webhook_deliveries", wanted, actor=boss, request_id="r")

    (shown,) = eventually(lambda: [i for i in log()["items"] if i["status"] == "sent"])
    assert shown["delivery_id"] == told["delivery_id"]
    renewed = command(caller, "rotate_webhook_secret", webhook_id=hooked)
    receiver.secrets = [renewed["secret"]]
    command(caller, "ping_webhook", webhook_id=hooked)
    eventually(lambda: len(receiver.events) == 2)


def test_agents_may_not_register_webhooks(running: Processes, caller: RpcClient) -> None:
    with pytest.raises(Forbidden):
        caller.command(
            "notify",
            "create_webhook",
            {"values": {}},
            actor=actor("agent"),
            command_id=str(uuid7()),
            request_id="r",
        )
