"""What the green roles share: the filing room and the contact book, made once per process."""

from typing import Any

import eventlet.tpool
from nameko.extensions import DependencyProvider

from libs.common.blobs import open_blobs
from libs.common.bus.provide import config_of
from libs.common.crypto import open_ring
from services.intake.domain.inbound import InboundMessage
from services.intake.storage.contact_book import ContactBook
from services.intake.storage.external_records import RecordShelf
from services.intake.use_cases.rooms import (
    FilingRoom,
    Offload,
    open_contact_book,
    open_filing_room,
)


class _Threads(Offload):
    """A real thread: the hub goes on. Only for pure calculations; no database, no bus."""

    def __call__(self, work: Any, content: bytes) -> InboundMessage:
        message: InboundMessage = eventlet.tpool.execute(work, content)
        return message


class ContactBookProvider(DependencyProvider):
    """Gives a service class its `book`."""

    def setup(self) -> None:
        self._book = open_contact_book(config_of(self.container))

    def get_dependency(self, worker_ctx: Any) -> ContactBook:
        return self._book


class RecordShelfProvider(DependencyProvider):
    """Gives a service class its `shelf`."""

    def setup(self) -> None:
        self._shelf = RecordShelf(open_ring(config_of(self.container)))

    def get_dependency(self, worker_ctx: Any) -> RecordShelf:
        return self._shelf


class FilingRoomProvider(DependencyProvider):
    """Gives a service class its `room`."""

    def setup(self) -> None:
        config = config_of(self.container)
        self._room = open_filing_room(config, open_blobs(config), _Threads())

    def get_dependency(self, worker_ctx: Any) -> FilingRoom:
        return self._room
