"""Free ports of 127.0.0.1, and waiting until something listens there."""

import itertools
import random
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing

# Below the range from which the kernel takes ports for outgoing connections: a server that is
# stopped and started again must find its port free.
_FIRST, _LAST, _BLOCK = 20000, 32000, 1000

# Ports and blocks that this process has chosen, by name in the kernel; given back when it ends.
_claims: list[socket.socket] = []
_own_ports: Iterator[int] | None = None


def free_port(preferred: int | None = None) -> int:
    """The preferred port or the next free one above it; without a preference any.

    It stays ours until this process ends, also while nothing listens there: of two installations
    that start at the same time, the second takes another. (Ports without preference come round
    again after a thousand.)
    """
    for port in _candidates(preferred):
        if _is_free(port) and (preferred is None or _claim(f"port-{port}")):
            return port
    raise OSError("no free port on 127.0.0.1")


def _candidates(preferred: int | None) -> Iterator[int]:
    global _own_ports
    if preferred is not None:
        yield from range(preferred, preferred + 200)
    if _own_ports is None:
        _own_ports = itertools.cycle(_own_block())
    yield from itertools.islice(_own_ports, _BLOCK)


def _own_block() -> range:
    """A thousand ports that no other process chooses from."""
    starts = list(range(_FIRST, _LAST, _BLOCK))
    random.shuffle(starts)
    start = next((one for one in starts if _claim(f"ports-{one}")), starts[0])
    return range(start, start + _BLOCK)


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _claim(name: str) -> bool:
    """Whether nobody else has claimed the name (Linux; elsewhere nobody is asked)."""
    if sys.platform != "linux":
        return True
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0tidedesk-{name}")
    except OSError:
        claim.close()
        return False
    _claims.append(claim)
    return True


def wait_until(condition: Callable[[], bool], timeout: float, what: str) -> None:
    """Poll until the condition holds; TimeoutError names what did not happen."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout:.0f} s")
        time.sleep(0.05)
