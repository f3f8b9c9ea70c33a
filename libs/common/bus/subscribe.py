"""The entrypoint for events: `@subscribe(TicketCreated)`, or with `batch=True`.

The method is called as `method(self, uow, event)` or `method(self, uow, events)` inside the
transaction that also holds the inbox; the shell commits and acknowledges. It must bear repeats
of a subject's events out of order, and must not commit.
"""

import inspect
from collections.abc import Iterator
from typing import Any

from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, Entrypoint

from libs.common.bus.consume import EventConsumer
from libs.common.contracts.envelope import EventSchema


class Subscribe(Entrypoint):
    """One method's subscription to one or several types of events.

    With `beside` it hears types that have a handler of their own as well, after that one and in
    the same savepoint: if either fails, neither has happened, and both are tried again.
    """

    consumer = EventConsumer()

    def __init__(
        self,
        *schemas: type[EventSchema],
        batch: bool = False,
        urgent: bool = False,
        beside: bool = False,
        **options: Any,
    ) -> None:
        self.schemas = schemas
        self.batch = batch
        self.urgent = urgent
        self.beside = beside
        super().__init__(**options)

    def queue_of(self, service: str) -> str:
        """The queue of the service's lane: one quorum queue per service and lane.

        Not `<service>.events`: rights at the broker do not tell a queue from an exchange, and
        the exchange of that name is everybody's to read.
        """
        return f"{service}.{'urgent' if self.urgent else 'inbox'}"

    def setup(self) -> None:
        self.consumer.register(self)


subscribe = Subscribe.decorator


def subscriptions_of(service: type) -> Iterator[Subscribe]:
    """The subscriptions that a service class declares."""
    for _, method in inspect.getmembers(service, inspect.isfunction):
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()):
            if isinstance(entrypoint, Subscribe):
                yield entrypoint
