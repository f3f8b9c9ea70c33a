"""Servers that the environment names, used by tests in place of private ones."""

from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

import pika
import pytest

from libs.common.bus.address import BrokerAddress
from libs.common.bus.topology import call_queue, committed


class _Named:
    """A server that is not ours to stop: tests that must are skipped."""

    is_running = True

    def start(self) -> NoReturn:
        pytest.skip("stops a server: unset DATABASE_URL and AMQP_URI to run it")

    stop = start
    kill = start


class NamedPostgres(_Named):
    """The server in DATABASE_URL; the account may create databases."""

    def __init__(self, url: str) -> None:
        self.url = url

    def url_for(self, database: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))


class NamedRabbit(_Named):
    """The vhost in AMQP_URI, for the tests alone: each module finds its queues emptied."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def uri(self, vhost: str | None = None) -> str:
        return self._uri

    def own_uris(self, vhost: str | None = None) -> dict[str, str]:
        """Everything runs as the user that is named."""
        return {}

    def create_vhost(self, name: str) -> None:
        """There is one vhost: what the last module left in it is deleted."""
        topology = committed()
        calls = [call_queue(service) for service in topology.callees]
        with pika.BlockingConnection(BrokerAddress.parse(self._uri).for_pika()) as connection:
            channel = connection.channel()
            for queue in (*topology.queues, *topology.streams, *calls):
                channel.queue_delete(queue)

    def delete_vhost(self, name: str) -> None:
        self.create_vhost(name)
