"""The other services, as far as notify's processes see them."""

from typing import Any

from libs.common.actor import Actor
from libs.common.bus.connection import connect
from libs.common.bus.publisher import ConfirmingChannel, durable_json, publish_all
from libs.common.bus.rpc_client import RpcClient
from libs.common.bus.topology import committed, declare, generate
from libs.common.clock import utc_now
from libs.common.contracts.envelope import EventSchema, dump_event
from libs.common.contracts.sla import ClockChanged
from libs.common.contracts.ticketing import TicketCreated
from libs.common.ids import uuid7
from tests.unit.notify.facts import clock_facts

Facts = dict[str, Any]

_SUBJECTS = ("ticket_id", "customer_id", "alert_id")


class Outside:
    """Publishes events as their producers would."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        with connect(uri, "outside") as connection:
            declare(connection.channel(), generate(committed()))

    def tell(self, *facts: tuple[type[EventSchema], Facts]) -> None:
        """Publish events and wait for the confirms."""
        self.publish(*((schema, body(schema, data)) for schema, data in facts))

    def publish(self, *bodies: tuple[type[EventSchema], bytes]) -> None:
        """Publish written events, perhaps not for the first time."""
        with connect(self._uri, "outside") as connection:
            messages = [
                (f"{schema.producer}.private", schema.type, durable_json(raw), True)
                for schema, raw in bodies
            ]
            publish_all(ConfirmingChannel(connection), messages)


def opened(ticket: Facts) -> tuple[tuple[type[EventSchema], Facts], ...]:
    """A new ticket, told with its clocks: a receipt waits for what it may promise."""
    return (TicketCreated, ticket), (ClockChanged, clock_facts(ticket, None))


def body(schema: type[EventSchema], data: Facts) -> bytes:
    """An event of a new id."""
    subject = next(data[name] for name in _SUBJECTS if name in data)
    return dump_event(schema, uuid7(), str(subject), utc_now(), data)


def command(
    caller: RpcClient, actor: Actor, method: str, *, command_id: str = "", **arguments: Any
) -> None:
    """Have notify do something, once unless a command id is given again."""
    known = command_id or str(uuid7())
    caller.command("notify", method, arguments, actor=actor, command_id=known, request_id="r")
