"""Free ports of 127.0.0.1, and waiting until something listens there."""

import random
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing

# Below the range from which the kernel takes ports for outgoing connections: a server that is
# stopped and started again must find its port free.
RANDOM_PORTS = range(20000, 32000)


# Ports that this process has chosen, by name in the kernel; they are given back when it ends.
_claims: list[socket.socket] = []


def free_port(preferred: int | None = None) -> int:
    """The preferred port or the next free one above it; without a preference a random one.

    A preferred port stays ours until this process ends: of two installations that start at the
    same time, the second takes the next.
    """
    for port in _candidates(preferred):
        if _is_free(port) and (preferred is None or _claim(port)):
            return port
    raise OSError("no free port on 127.0.0.1")


def _candidates(preferred: int | None) -> Iterator[int]:
    if preferred is not None:
        yield from range(preferred, preferred + 200)
    for _ in range(200):
        yield random.choice(RANDOM_PORTS)


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _claim(port: int) -> bool:
    """Whether nobody else has chosen the port (Linux; elsewhere nobody is asked)."""
    if sys.platform != "linux":
        return True
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0tidedesk-port-{port}")
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
