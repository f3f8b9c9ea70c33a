"""What filing needs beside the database: keys, the blob store, the right to use a thread."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from libs.common.blobs import Blobs
from libs.common.config import Config, ConfigError
from libs.common.crypto import BlindIndex, open_ring
from services.intake.domain.inbound import InboundMessage
from services.intake.storage.contact_book import ContactBook
from services.intake.storage.receipts import RawMessages


class Offload(Protocol):
    """Runs a pure calculation where it does not hold the process up, and waits for it."""

    def __call__(
        self, work: Callable[[bytes], InboundMessage], content: bytes
    ) -> InboundMessage: ...


@dataclass(frozen=True)
class FilingRoom:
    """Made once per process."""

    raw: RawMessages
    blobs: Blobs
    book: ContactBook
    thread_keys: tuple[bytes, ...]
    offload: Offload


def open_contact_book(config: Config) -> ContactBook:
    """Raises ConfigError where a key is missing."""
    return ContactBook(open_ring(config), BlindIndex(config.index_key))


def open_filing_room(config: Config, blobs: Blobs, offload: Offload) -> FilingRoom:
    """Raises ConfigError where a key is missing."""
    if not config.thread_keys:
        raise ConfigError("THREAD_KEY must be set")
    raw = RawMessages(open_ring(config), blobs)
    return FilingRoom(raw, blobs, open_contact_book(config), config.thread_keys, offload)
