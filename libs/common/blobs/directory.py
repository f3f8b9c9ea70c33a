"""Blobs as files under one directory, which every process that shares them must see."""

import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from libs.common.blobs.store import Blobs
from libs.common.clock import utc_now
from libs.common.crypto.key_ring import KeyRing
from libs.common.errors import NotFound, Unavailable

_INCOMING = ".incoming"  # never a day's key: owners begin with a letter


class DirectoryBlobs(Blobs):
    """Writes to a temporary file, synchronises it, renames it, synchronises the directory."""

    def __init__(
        self,
        root: str | Path,
        keys: KeyRing | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(keys, clock)
        self._root = Path(root).absolute()
        self._durable: set[Path] = set()  # directories whose names are on the disk

    def _write(self, key: str, content: Iterable[bytes]) -> None:
        target = self._root / key
        with _unwritable():
            self._make_durable(target.parent)
            self._make_durable(self._root / _INCOMING)
        unfinished = self._root / _INCOMING / secrets.token_hex(16)
        try:
            _write_durably(unfinished, content)
            with _unwritable():
                os.rename(unfinished, target)
                _sync(target.parent)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise

    def _make_durable(self, directory: Path) -> None:
        """Create it with its parents, so that a power cut cannot take a path to a blob away."""
        if directory in self._durable:
            return
        if directory != self._root:
            self._make_durable(directory.parent)
            directory.mkdir(mode=0o750, exist_ok=True)
        else:
            directory.mkdir(mode=0o750, parents=True, exist_ok=True)
        _sync(directory.parent)
        self._durable.add(directory)

    def _open(self, key: str, start: int, length: int | None) -> BinaryIO:
        try:
            file = (self._root / key).open("rb")
        except FileNotFoundError:
            raise _missing(key) from None
        file.seek(start)
        return file

    def _stored_size(self, key: str) -> int:
        try:
            return (self._root / key).stat().st_size
        except FileNotFoundError:
            raise _missing(key) from None

    def _delete(self, key: str) -> None:
        (self._root / key).unlink(missing_ok=True)

    def _list(self, prefix: str) -> Iterator[str]:
        with suppress(FileNotFoundError):
            yield from sorted(prefix + name for name in os.listdir(self._root / prefix))

    def sweep_unfinished(self, older_than: timedelta) -> int:
        removed = 0
        for path in (self._root / _INCOMING).glob("*"):
            # Another process may finish or sweep it at the same moment.
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - older_than.total_seconds():
                    path.unlink()
                    removed += 1
        return removed


def _write_durably(path: Path, content: Iterable[bytes]) -> None:
    with _unwritable():
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb")
    with file:
        for piece in content:
            with _unwritable():
                file.write(piece)
        with _unwritable():
            file.flush()
            os.fsync(file.fileno())


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _unwritable() -> Iterator[None]:
    """A full or read-only disk is the store's fault, not that of what it was given."""
    try:
        yield
    except OSError as error:
        raise Unavailable("blobs.unwritable", f"cannot store a file: {error.strerror}") from error


def _missing(key: str) -> NotFound:
    return NotFound("blob.missing", f"no blob {key}")
