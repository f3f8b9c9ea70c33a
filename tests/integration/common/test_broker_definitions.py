"""RabbitMQ takes our definitions when it starts, and lets the owners in by them."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pika
import pytest

from libs.common.bus.broker_definitions import definitions, password_hash
from libs.common.bus.broker_users import OWNERS, rights_of
from libs.common.config import ConfigError
from libs.common.supervisor.rabbit import LocalRabbit

WORDS = {"RABBITMQ_PASSWORD": "of the operator"} | {
    f"{owner.upper()}_AMQP_PASSWORD": f"of {owner}" for owner in OWNERS
}


@pytest.fixture(scope="module")
def broker(run_directory: Path) -> Iterator[LocalRabbit]:
    path = run_directory / "definitions.json"
    path.write_text(json.dumps(definitions("tidedesk", WORDS)))
    server = LocalRabbit(
        run_directory / "defined" / "rabbitmq",
        # It sets this one itself; all others come from the file.
        owner_passwords={"kb": "of kb"},
        settings={"load_definitions": str(path)},
    ).start()
    yield server
    server.stop()


def connect(broker: LocalRabbit, user: str, password: str) -> pika.BlockingConnection:
    return pika.BlockingConnection(
        pika.ConnectionParameters(
            "127.0.0.1", broker.port, "tidedesk", pika.PlainCredentials(user, password)
        )
    )


def test_owners_and_the_operator_come_in_with_their_passwords(broker: LocalRabbit):
    for owner in ("ticketing", "gateway", "reporting"):
        connect(broker, f"tidedesk-{owner}", f"of {owner}").close()
    with connect(broker, "tidedesk", "of the operator") as connection:
        connection.channel().queue_declare("anything")
    with pytest.raises(pika.exceptions.AMQPError):
        connect(broker, "tidedesk-ticketing", "of somebody else")


def test_a_service_declares_nothing(broker: LocalRabbit):
    with (
        connect(broker, "tidedesk-sla", "of sla") as connection,
        pytest.raises(pika.exceptions.ChannelClosedByBroker, match="ACCESS_REFUSED"),
    ):
        connection.channel().queue_declare("sla.own")


def test_rights_are_those_of_the_topology():
    found = {one["user"]: one for one in definitions("shop", WORDS)["permissions"]}
    for owner in OWNERS:
        rights, given = rights_of(owner), found[f"tidedesk-{owner}"]
        assert (given["configure"], given["write"], given["read"], given["vhost"]) == (
            rights.configure,
            rights.write,
            rights.read,
            "shop",
        )


def test_the_file_holds_no_password_but_its_hash():
    text = json.dumps(definitions("tidedesk", WORDS))
    assert "of ticketing" not in text
    salted = b64decode(password_hash("secret", b"salt"))
    assert salted == b"salt" + hashlib.sha256(b"saltsecret").digest()


def test_a_password_that_is_missing_is_named():
    with pytest.raises(ConfigError, match="KB_AMQP_PASSWORD must be set"):
        definitions("tidedesk", {**WORDS, "KB_AMQP_PASSWORD": ""})
