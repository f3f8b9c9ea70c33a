"""Connections to the broker that notice when it is gone, blocked or silent."""

import contextlib
import logging
import time

import amqp

from libs.common.bus.address import BrokerAddress

HEARTBEAT = 20  # seconds
_SOCKET_TIMEOUT = 10  # seconds

# What a dead, refusing or closing broker raises.
BROKER_TROUBLE: tuple[type[BaseException], ...] = (amqp.AMQPError, OSError)


class Blocked(OSError):
    """The broker takes nothing for now (memory or disk alarm)."""


class BrokerConnection(amqp.Connection):
    """An AMQP connection that knows whether the broker has blocked its publishers."""

    def __init__(self, uri: str, name: str) -> None:
        self.uri = uri
        address = BrokerAddress.parse(uri)
        self.is_blocked = False
        super().__init__(
            host=f"{address.host}:{address.port}",
            userid=address.user,
            password=address.password,
            virtual_host=address.vhost,
            ssl=address.tls or False,
            connect_timeout=5,
            read_timeout=None,
            write_timeout=_SOCKET_TIMEOUT,
            heartbeat=HEARTBEAT,
            client_properties={"connection_name": name},
            on_blocked=self._set_blocked,
            on_unblocked=self._set_unblocked,
        )

    def _set_blocked(self, _reason: str) -> None:
        self.is_blocked = True

    def _set_unblocked(self) -> None:
        self.is_blocked = False

    def poll(self, timeout: float = 0) -> bool:
        """Handle what has arrived, waiting up to `timeout` seconds; whether anything had."""
        try:
            self.drain_events(timeout=timeout or 1e-6)
        except TimeoutError:
            return False
        return True

    def poll_all(self) -> None:
        """Handle everything that has arrived, without waiting."""
        while self.poll():
            pass

    def refuse_if_blocked(self) -> None:
        """Raise Blocked instead of hanging in the socket."""
        if self.is_blocked:
            raise Blocked("the broker has blocked its publishers")

    def abandon(self) -> None:
        """Close without waiting for anybody; unacknowledged messages go back to their queues."""
        with contextlib.suppress(*BROKER_TROUBLE):
            self.collect()


def connect(uri: str, name: str) -> BrokerConnection:
    """Open a connection shown to operators as `name`; raises one of BROKER_TROUBLE."""
    connection = BrokerConnection(uri, name)
    try:
        connection.connect()
        # Every wait ends: a green socket knows nothing of the kernel's own time-outs.
        connection.transport.sock.settimeout(_SOCKET_TIMEOUT)
    except BaseException:
        connection.abandon()
        raise
    return connection


class BackOff:
    """Growing pauses between attempts: 0.1 s doubling to 2 s."""

    def __init__(self) -> None:
        self._pause = 0.1
        self._said = ""

    def explain(self, log: logging.Logger, reason: str) -> None:
        """Warn why there is a pause, but of the same reason in a row only once."""
        if reason != self._said:
            log.warning("%s", reason)
            self._said = reason

    def wait(self) -> None:
        """Sleep for the present pause and double it."""
        time.sleep(self._pause)
        self._pause = min(self._pause * 2, 2.0)

    def reset(self) -> None:
        """It worked: begin again with the short pause."""
        self._pause = 0.1
        self._said = ""
