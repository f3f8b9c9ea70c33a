"""The ring that the configuration names; FIELD_KEYS_FILE may change while processes run."""

import logging
import os
import threading
import time
from collections.abc import Callable

from libs.common import metrics
from libs.common.config import Config, ConfigError
from libs.common.crypto.key_ring import HeldKeys, KeyRing, parse_keys

_log = logging.getLogger(__name__)

_LOOK_EVERY = 1.0  # seconds

# Which file, as far as stat tells: a secret that is swapped by a link has another inode.
_Signature = tuple[int, int, int] | None


class KeyFile(KeyRing):
    """A ring that follows its file. A file that becomes unreadable leaves the keys as they were.

    Threads and greenlets may share it: nobody waits, and whoever asks sees one whole state.
    """

    def __init__(self, path: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        # Before reading: what changes meanwhile is seen by the next look.
        self._signature = self._sign()
        try:
            self._held = self._read()
        except (OSError, ValueError, ConfigError) as error:
            raise ConfigError(f"FIELD_KEYS_FILE cannot be used: {_reason(error)}") from None
        self._looked_at = clock()

    def now(self) -> HeldKeys:
        """The keys of the file, at most a second old."""
        if self._clock() - self._looked_at >= _LOOK_EVERY and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._held

    def _look(self) -> None:
        self._looked_at = self._clock()
        signature = self._sign()
        if signature == self._signature:
            return
        self._signature = signature
        try:
            self._held = self._read()
        except (OSError, ValueError, ConfigError) as error:
            _log.error("FIELD_KEYS_FILE changed and cannot be used: %s", _reason(error))
            return
        _log.info("field keys are now %s", ", ".join(self._held.ids))

    def _sign(self) -> _Signature:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _read(self) -> HeldKeys:
        with open(self._path, encoding="ascii") as file:
            return HeldKeys(parse_keys(file.read()))


def _reason(error: Exception) -> str:
    """What is wrong, without anything of the file's content."""
    if isinstance(error, OSError):
        return str(error.strerror)
    return str(error) if isinstance(error, ConfigError) else "it is no text"


def open_ring(config: Config) -> KeyRing:
    """The keys of FIELD_KEYS_FILE, else those of FIELD_KEYS; raises ConfigError."""
    path = config.field_keys_file
    ring = KeyFile(path) if path else KeyRing.parse(config.field_keys)
    metrics.show_field_keys(lambda: ring.ids)
    return ring


def find_ring(config: Config) -> KeyRing | None:
    """The same, or None for a process that is given no keys."""
    return open_ring(config) if config.field_keys or config.field_keys_file else None
