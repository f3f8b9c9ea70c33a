"""Identifiers: UUIDv7 (RFC 9562), which sort by creation time and so keep indexes compact."""

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A new UUIDv7, greater than every one this process made before it.

    The 12 bits after the milliseconds hold its fraction (RFC 9562, method 3), and never go back.
    """
    global _last
    with _lock:
        ticks = time.time_ns() * 4096 // 1_000_000
        _last = ticks = max(ticks, _last + 1)
    milliseconds, fraction = divmod(ticks, 4096)
    value = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76 | fraction << 64
    value |= 0b10 << 62 | int.from_bytes(os.urandom(8)) & (2**62 - 1)
    return uuid.UUID(int=value)
