"""The port: what every blob store can do; a store itself only knows stored bytes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import BinaryIO, Self

from libs.common.blobs.keys import check_key, day_prefix, is_sealed, new_key
from libs.common.blobs.sealing import HEADER, content_size, seal, span, unseal
from libs.common.blobs.streams import PIECE, Content, Measured, as_file, read_pieces
from libs.common.clock import utc_now
from libs.common.config import ConfigError
from libs.common.crypto.key_ring import KeyRing


@dataclass(frozen=True)
class StoredBlob:
    """What was stored: size (bytes) and SHA-256 (hex) are those of the content, not of its seal."""

    key: str
    size: int
    sha256: str


class BlobStream:
    """Content in pieces of at most 64 KB; close it unless it was read to its end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        piece = b"" if self._file.closed else self._file.read(PIECE)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """Let go of the file or connection behind it."""
        self._file.close()


class Blobs(ABC):
    """Blobs by random key. Durable once `put` returns; never changed afterwards.

    Reading raises NotFound (`blob.missing`) for a key without a blob and InvalidInput for what
    is no key; a store that is full or down raises Unavailable. All calls block: in a green
    process the whole hub waits, a few milliseconds for a directory.
    """

    def __init__(
        self, keys: KeyRing | None = None, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._keys = keys
        self._clock = clock

    def put(
        self, owner: str, content: Content, *, max_size: int, encrypted: bool = False
    ) -> StoredBlob:
        """Store bytes, a readable file or an iterable of bytes under a new key.

        `owner` is the service that will delete it. Raises TooLarge as soon as more than
        `max_size` bytes have come, and nothing of it remains.
        """
        key = new_key(owner, self._clock().date(), sealed=encrypted)
        measured = Measured(content, max_size)
        self._write(key, seal(measured, self._ring(), key) if encrypted else measured)
        return StoredBlob(key, measured.size, measured.sha256)

    def open(self, key: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """A readable file over a range of the content, by default all of it; close it."""
        if is_sealed(check_key(key)):
            return self._open_sealed(key, start, length)
        file = self._open(key, start, length)
        return as_file(read_pieces(file, length), file.close)

    def stream(self, key: str, start: int = 0, length: int | None = None) -> BlobStream:
        """The same range as an iterator of bytes, e.g. for a response's body."""
        return BlobStream(self.open(key, start, length))

    def read(self, key: str) -> bytes:
        """All of it in memory: for what is known to be small."""
        with self.open(key) as file:
            return file.read()

    def size(self, key: str) -> int:
        """Bytes of content."""
        stored = self._stored_size(check_key(key))
        return content_size(stored) if is_sealed(key) else stored

    def delete(self, key: str) -> None:
        """Remove it; a blob that is gone already is no error."""
        self._delete(check_key(key))

    def list_day(self, owner: str, day: date) -> Iterator[str]:
        """Keys that an owner got on a day (UTC), in order: what a sweep for orphans compares."""
        return self._list(day_prefix(owner, day))

    def sweep_unfinished(self, older_than: timedelta) -> int:
        """Remove what crashed writers left behind; returns how many pieces."""
        return 0

    def _open_sealed(self, key: str, start: int, length: int | None) -> BinaryIO:
        ring, stored = self._ring(), self._stored_size(key)
        with self._open(key, 0, HEADER) as head:
            header = head.read(HEADER)
        part = span(stored, start, length)
        file = self._open(key, part.offset, part.length)
        buffered = as_file(read_pieces(file, part.length), file.close)
        return as_file(unseal(buffered, header, part, stored, ring, key), buffered.close)

    def _ring(self) -> KeyRing:
        if self._keys is None:
            raise ConfigError("FIELD_KEYS must be set: this blob is to be encrypted")
        return self._keys

    @abstractmethod
    def _write(self, key: str, content: Iterable[bytes]) -> None:
        """Store all or nothing, durably; whatever `content` raises goes through."""

    @abstractmethod
    def _open(self, key: str, start: int, length: int | None) -> BinaryIO:
        """Stored bytes from `start`; may yield more than `length`. Raises NotFound."""

    @abstractmethod
    def _stored_size(self, key: str) -> int:
        """Bytes stored; raises NotFound."""

    @abstractmethod
    def _delete(self, key: str) -> None: ...

    @abstractmethod
    def _list(self, prefix: str) -> Iterator[str]: ...
