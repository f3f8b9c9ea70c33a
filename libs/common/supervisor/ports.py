"""Free ports of 127.0.0.1, and waiting until something listens there."""

import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing

# Below the range from which the kernel takes ports for outgoing connections: a server that is
# stopped and started again must find its port free.
RANDOM_PORTS = range(20000, 32000)


def free_port(preferred: int | None = None) -> int:
    """The preferred port or the next free one above it; without a preference a random one."""
    for port in _candidates(preferred):
        if _is_free(port):
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


def wait_until(condition: Callable[[], bool], timeout: float, what: str) -> None:
    """Poll until the condition holds; TimeoutError names what did not happen."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout:.0f} s")
        time.sleep(0.05)
