"""Content on its way in (measured and limited) and on its way out (in pieces, as a file)."""

import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Protocol

from libs.common.errors import TooLarge

PIECE = 65_536  # bytes


class Readable(Protocol):
    """All that is asked of a file that is put."""

    def read(self, size: int = ..., /) -> bytes: ...


Content = bytes | Readable | Iterable[bytes]


class Measured:
    """Iterates over content once, adding up size and SHA-256; raises TooLarge past the limit."""

    def __init__(self, content: Content, max_size: int) -> None:
        self._pieces = pieces(content)
        self._max_size = max_size
        self._hash = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.size += len(piece)
            if self.size > self._max_size:
                limit = {"limit": self._max_size}
                raise TooLarge("blob.too_large", f"more than {self._max_size} bytes", limit)
            self._hash.update(piece)
            yield piece

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of what went past so far."""
        return self._hash.hexdigest()


def pieces(content: Content) -> Iterator[bytes]:
    """Bytes, a readable file or an iterable of bytes, as an iterator of bytes."""
    if isinstance(content, bytes | bytearray | memoryview):
        return iter((bytes(content),))
    if isinstance(content, Iterable) and not hasattr(content, "read"):
        return iter(content)
    return read_pieces(content)  # type: ignore[arg-type]


def read_pieces(file: Readable, length: int | None = None) -> Iterator[bytes]:
    """At most `length` bytes of a file."""
    left = length
    while left is None or left > 0:
        piece = file.read(PIECE if left is None else min(PIECE, left))
        if not piece:
            return
        if left is not None:
            left -= len(piece)
        yield piece


class _PiecesFile(io.RawIOBase):
    """An iterator of bytes as a raw file."""

    def __init__(self, source: Iterator[bytes], on_close: Callable[[], None]) -> None:
        self._source = source
        self._on_close = on_close
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._source, None)
            if piece is None:
                return 0
            self._rest = piece
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def close(self) -> None:
        if not self.closed:
            self._on_close()
        super().close()


def as_file(source: Iterator[bytes], on_close: Callable[[], None]) -> BinaryIO:
    """A readable, unseekable binary file over an iterator; closing it calls `on_close`."""
    return io.BufferedReader(_PiecesFile(source, on_close), PIECE)
