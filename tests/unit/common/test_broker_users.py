"""Who may do what at the broker, as regular expressions; RabbitMQ itself judges in integration."""

import re

import pytest

from libs.common.bus.broker_users import (
    OWNERS,
    Rights,
    commands,
    rights_of,
    rights_of_team,
    user_of,
)
from libs.common.bus.topology import Topology, committed

TOPOLOGY = Topology(
    exchanges=("intake.events", "intake.private", "ticketing.events", "ticketing.private"),
    queues={"ticketing.inbox": (), "ticketing.urgent": (), "intake.inbox": ()},
    retired={"ticketing.old": ()},
    callees=("ticketing",),
)
NAMES = (
    *TOPOLOGY.exchanges,
    *TOPOLOGY.queues,
    *TOPOLOGY.retired,
    TOPOLOGY.mark,
    "nameko-rpc",
    "rpc-ticketing",
    "rpc-intake",
    "tidedesk.reply-0a",
    "tidedesk.replay",
    "amq.default",
    "",
)


def allowed(pattern: str) -> set[str]:
    """RabbitMQ looks for a match anywhere in the name."""
    return {name for name in NAMES if re.search(pattern, name)} - {""}


def test_a_service_writes_its_own_exchanges_and_answers() -> None:
    rights = rights_of("ticketing", TOPOLOGY)
    assert allowed(rights.write) == {"ticketing.events", "ticketing.private", "nameko-rpc"}
    assert re.search(rights.calls or "", "tidedesk.reply-0a")
    assert not re.search(rights.calls or "", "intake.get_customers")


def test_a_service_reads_its_own_queues_those_of_the_last_release_included() -> None:
    own = {"ticketing.inbox", "ticketing.urgent", "ticketing.old", "rpc-ticketing", TOPOLOGY.mark}
    assert allowed(rights_of("ticketing", TOPOLOGY).read) == own


@pytest.mark.parametrize("owner", [owner for owner in OWNERS if owner != "gateway"])
def test_no_service_declares_anything(owner: str) -> None:
    assert allowed(rights_of(owner, TOPOLOGY).configure) == set()


def test_the_gateway_has_its_queues_of_replies_and_calls_those_that_answer() -> None:
    rights = rights_of("gateway", TOPOLOGY)
    assert allowed(rights.configure) == {"tidedesk.reply-0a"}
    assert allowed(rights.write) == {"nameko-rpc", "tidedesk.reply-0a"}
    assert allowed(rights.read) == {"nameko-rpc", "tidedesk.reply-0a", TOPOLOGY.mark}
    assert re.search(rights.calls or "", "ticketing.get_ticket")
    assert not re.search(rights.calls or "", "tidedesk.reply-0a")
    assert re.search(rights.replies or "", "tidedesk.reply-0a")
    assert not re.search(rights.replies or "", "ticketing.*")


def test_an_owner_without_anything_may_do_nothing() -> None:
    assert rights_of("kb", TOPOLOGY) == Rights("^$", "^$", r"^(tidedesk\.topology-.*)$")


def test_a_team_reads_the_public_exchanges_the_stream_and_queues_of_its_own() -> None:
    rights = rights_of_team("audience")
    assert allowed(rights.read) == {"intake.events", "ticketing.events", "tidedesk.replay"}
    assert allowed(rights.write) == allowed(rights.configure) == set()
    for queue in ("audience.kombu", "evt-ticketing-ticket.created--audience.hear"):
        for pattern in (rights.read, rights.write, rights.configure):
            assert re.search(pattern, queue)
            assert not re.search(pattern, f"x.{queue}")
            assert not re.search(pattern, queue.replace("audience", "audiences"))


@pytest.mark.parametrize("queue", committed().queues)
def test_no_team_reads_a_queue_of_ours(queue: str) -> None:
    assert not re.search(rights_of_team("audience").read, queue)


@pytest.mark.parametrize("name", ["ticketing", "tidedesk", "amq", "a.b", ".*", "A", "", "a|b"])
def test_a_team_cannot_be_taken_for_one_of_ours(name: str) -> None:
    with pytest.raises(ValueError, match="not a name for a team"):
        rights_of_team(name)


def test_the_commands_name_every_user_and_no_password() -> None:
    lines = list(commands("desk", ["audience"]))
    for name in (*OWNERS, "audience"):
        assert (
            f'printf %s "${name.upper()}_AMQP_PASSWORD" | rabbitmqctl add_user {user_of(name)}'
            in lines
        )
        assert any(f"set_permissions --vhost desk {user_of(name)} '" in line for line in lines)
