"""Each owner's user at a real broker does its own work and nothing else; so does a team's."""

from collections.abc import Callable, Iterator
from functools import partial
from operator import methodcaller
from typing import Any
from uuid import uuid4

import amqp
import pytest

from libs.common.bus.broker_users import rights_of_team, user_of
from libs.common.bus.connection import connect
from libs.common.bus.publisher import ConfirmingChannel, durable_json
from libs.common.bus.topology import RPC_EXCHANGE, call_queue, committed, declare_at, owner_of
from libs.common.supervisor.programs import launcher
from libs.common.supervisor.rabbit import LocalRabbit
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes

pytestmark = pytest.mark.services("ticketing")

SERVICES = committed().callees
PRODUCERS = sorted({owner_of(name) for name in committed().exchanges})
QUORUM = {"x-queue-type": "quorum"}

Act = Callable[[Any], object]


@pytest.fixture(scope="module")
def node(rabbit: Any) -> LocalRabbit:
    if not isinstance(rabbit, LocalRabbit):
        pytest.skip("needs users of its own: unset AMQP_URI to run it")
    return rabbit


@pytest.fixture(scope="module")
def team(node: LocalRabbit, installation: dict[str, str]) -> str:
    vhost = installation["AMQP_URI"].rpartition("/")[2]
    return node.admit(user_of("audience"), "secret", vhost, rights_of_team("audience"))


@pytest.fixture
def uri_of(node: LocalRabbit, installation: dict[str, str], team: str) -> Callable[[str], str]:
    def find(owner: str) -> str:
        return team if owner == "audience" else installation[f"{owner.upper()}_AMQP_URI"]

    return find


def publish(uri: str, exchange: str, key: str, *, mandatory: bool = False) -> None:
    """Publish and wait until the broker has taken it."""
    with connect(uri, "test") as connection:
        channel = ConfirmingChannel(connection)
        channel.publish(exchange, key, durable_json(b"{}"), mandatory=mandatory)
        channel.wait_for_confirms()


def act(uri: str, what: Act) -> object:
    with connect(uri, "test") as connection, connection.channel() as channel:
        return what(channel)


def is_refused(uri: str, what: Act) -> bool:
    with pytest.raises(amqp.AccessRefused, match="ACCESS_REFUSED"):
        act(uri, what)
    return True


def another(owner: str) -> str:
    return next(service for service in SERVICES if service != owner)


@pytest.mark.parametrize("owner", PRODUCERS)
def test_an_owner_publishes_its_own_events(uri_of: Callable[[str], str], owner: str) -> None:
    publish(uri_of(owner), f"{owner}.private", "nobody.listens")
    publish(uri_of(owner), f"{owner}.events", "nobody.listens")


@pytest.mark.parametrize("owner", [*SERVICES, "gateway", "kb"])
@pytest.mark.parametrize("side", ["private", "events"])
def test_nobody_publishes_another_s_events(
    uri_of: Callable[[str], str], owner: str, side: str
) -> None:
    with pytest.raises(amqp.AccessRefused):
        publish(uri_of(owner), f"{another(owner)}.{side}", "ticket.created")


@pytest.mark.parametrize("owner", [*SERVICES, "gateway", "audience"])
def test_nobody_goes_around_the_exchanges(uri_of: Callable[[str], str], owner: str) -> None:
    with pytest.raises(amqp.AccessRefused):
        publish(uri_of(owner), "", f"{another(owner)}.inbox")


@pytest.mark.parametrize("owner", SERVICES)
def test_a_service_consumes_its_own_queues(uri_of: Callable[[str], str], owner: str) -> None:
    for queue in (f"{owner}.inbox", call_queue(owner)):
        act(uri_of(owner), methodcaller("basic_consume", queue))


@pytest.mark.parametrize("owner", [*SERVICES, "gateway", "kb", "audience"])
def test_nobody_reads_empties_or_deletes_another_s_queues(
    uri_of: Callable[[str], str], owner: str
) -> None:
    for queue in (f"{another(owner)}.inbox", call_queue(another(owner))):
        for attempt in ("basic_consume", "basic_get", "queue_purge", "queue_delete"):
            assert is_refused(uri_of(owner), methodcaller(attempt, queue))


@pytest.mark.parametrize("owner", [*SERVICES, "gateway", "kb", "audience"])
def test_nobody_declares_or_deletes_what_the_operator_declares(
    uri_of: Callable[[str], str], owner: str
) -> None:
    # What begins with a team's name is its own to declare.
    own, other = f"{owner}.private".replace("audience", "gateway"), f"{another(owner)}.private"
    attempts = [
        methodcaller("queue_declare", "a.queue.of.somebody", durable=True),
        methodcaller("queue_declare", "intake.urgent", durable=True, arguments=QUORUM),
        methodcaller("exchange_declare", "nameko-rpc", "topic", durable=True),
        methodcaller("exchange_declare", other, "topic", durable=True),
        methodcaller("exchange_delete", own),
        methodcaller("exchange_delete", other),
        methodcaller("exchange_delete", committed().mark),
    ]
    assert all(is_refused(uri_of(owner), attempt) for attempt in attempts)


@pytest.mark.parametrize("owner", SERVICES)
def test_a_service_does_not_listen_to_more_than_the_operator_has_bound(
    uri_of: Callable[[str], str], owner: str
) -> None:
    inbox, source = f"{owner}.inbox", f"{another(owner)}.private"
    assert is_refused(uri_of(owner), methodcaller("queue_bind", inbox, source, "#"))


def test_the_gateway_calls_services_and_a_service_only_answers(
    uri_of: Callable[[str], str],
) -> None:
    publish(uri_of("gateway"), RPC_EXCHANGE, "ticketing.ping", mandatory=True)
    for asker in ("tidedesk.reply-of-nobody", str(uuid4())):
        publish(uri_of("ticketing"), RPC_EXCHANGE, asker)
    for caller, key in (("notify", "ticketing.ping"), ("gateway", "tidedesk.reply-of-another")):
        with pytest.raises(amqp.AccessRefused):
            publish(uri_of(caller), RPC_EXCHANGE, key)


def test_the_gateway_hears_no_calls(uri_of: Callable[[str], str]) -> None:
    def eavesdrop(channel: Any) -> None:
        channel.queue_declare("tidedesk.reply-ear", exclusive=True)
        channel.queue_bind("tidedesk.reply-ear", RPC_EXCHANGE, "#")

    assert is_refused(uri_of("gateway"), eavesdrop)


@pytest.mark.parametrize("owner", [*SERVICES, "gateway", "dispatch", "sla", "kb", "reporting"])
def test_a_team_binds_queues_of_its_own_to_public_exchanges(team: str, owner: str) -> None:
    def listen(channel: Any) -> None:
        channel.queue_declare("audience.tickets", durable=True, auto_delete=False)
        channel.queue_bind("audience.tickets", f"{owner}.events", "ticket.*")
        channel.basic_consume("audience.tickets")

    if f"{owner}.events" in committed().exchanges:
        act(team, listen)


def test_a_team_hears_nothing_private_and_says_nothing(team: str) -> None:
    def eavesdrop(channel: Any) -> None:
        channel.queue_declare("audience.ear", durable=True, auto_delete=False)
        channel.queue_bind("audience.ear", "ticketing.private", "#")

    def divert(channel: Any) -> None:
        """Declare a queue whose dead letters would be published as ours."""
        letters = {"x-dead-letter-exchange": "ticketing.private"}
        channel.queue_declare("audience.letters", durable=True, arguments=letters)

    assert is_refused(team, eavesdrop)
    assert is_refused(team, divert)
    for exchange in ("ticketing.events", "ticketing.private", RPC_EXCHANGE):
        with pytest.raises(amqp.AccessRefused):
            publish(team, exchange, "ticket.created")


def test_a_team_reads_the_stream_and_does_nothing_else_to_it(
    team: str, uri_of: Callable[[str], str]
) -> None:
    def read(channel: Any) -> None:
        channel.basic_qos(0, 10, False)
        channel.basic_consume("tidedesk.replay", arguments={"x-stream-offset": "first"})

    act(team, read)
    refused = [
        methodcaller("queue_delete", "tidedesk.replay"),
        methodcaller("queue_bind", "tidedesk.replay", "ticketing.events", "#"),
        methodcaller("queue_unbind", "tidedesk.replay", "ticketing.events", "#"),
        methodcaller("queue_declare", "tidedesk.replay", durable=True, auto_delete=False),
    ]
    assert all(is_refused(team, attempt) for attempt in refused)
    # Reading is enough to empty a queue, but a stream cannot be emptied.
    with pytest.raises(amqp.AMQPNotImplementedError):
        act(team, methodcaller("queue_purge", "tidedesk.replay"))
    with pytest.raises(amqp.AccessRefused):
        publish(team, "", "tidedesk.replay")
    assert is_refused(uri_of("ticketing"), read)


def test_a_team_has_an_exchange_of_its_own_for_its_own_queues(team: str) -> None:
    def put_aside(channel: Any) -> None:
        channel.exchange_declare("audience.exchange", "direct", durable=True, auto_delete=False)
        channel.queue_declare("audience.dead", durable=True, auto_delete=False, arguments=QUORUM)
        channel.queue_bind("audience.dead", "audience.exchange", "audience.dead")

    act(team, put_aside)
    publish(team, "audience.exchange", "audience.dead", mandatory=True)
    for queue in ("ticketing.inbox", "tidedesk.replay"):
        assert is_refused(team, methodcaller("queue_bind", queue, "audience.exchange", "#"))


@pytest.fixture
def bare(node: LocalRabbit) -> Iterator[str]:
    """A vhost in which nobody has declared anything yet."""
    node.create_vhost("bare")
    yield "bare"
    node.delete_vhost("bare")


def test_processes_wait_until_the_operator_has_declared(
    node: LocalRabbit, bare: str, processes: Processes
) -> None:
    env = {**node.own_uris(bare), "AMQP_URI": ""}
    roles = ("ticketing.rpc", "ticketing.events")
    processes.run(*(launcher(role, env=env) for role in roles))
    for role in roles:
        eventually(partial(waits_for_broker, processes, role), 30)
    # Each has a relay.
    eventually(lambda: len(reasons(processes)) == 4)
    declare_at(node.uri(bare))
    processes.wait_ready(*roles)
    assert len(reasons(processes)) == 4, "each says it once, however often it looks"
    processes.stop(*roles)


def reasons(processes: Processes) -> list[str]:
    """Why somebody waits."""
    return [line for line in processes.output().splitlines() if "does not stand yet" in line]


def waits_for_broker(processes: Processes, role: str) -> bool:
    return processes.failing(role) == ["broker"]


def test_everything_that_an_owner_has_begins_with_its_name() -> None:
    owners = {owner_of(name) for name in (*committed().exchanges, *committed().queues)}
    assert owners <= {*SERVICES, "gateway"}
