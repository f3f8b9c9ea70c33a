"""Waits for many connections at once: who leaves, who takes what waited, who comes."""

import selectors
import socket
import time
from collections.abc import Iterable
from contextlib import suppress

from gateway.live.stream import Stream


class Ears:
    """Belongs to one thread, but for `ring`."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._bell, self._rung = socket.socketpair()
        for end in (self._bell, self._rung):
            end.setblocking(False)
        self._selector.register(self._rung, selectors.EVENT_READ)

    def ring(self) -> None:
        """Wake whoever waits."""
        with suppress(OSError):
            self._bell.send(b"!")

    def listen_to(self, stream: Stream) -> None:
        """Notice when its peer leaves."""
        self._selector.register(stream.socket, selectors.EVENT_READ, stream)

    def forget(self, stream: Stream) -> None:
        """Before its socket is closed."""
        with suppress(KeyError, ValueError):
            self._selector.unregister(stream.socket)

    def wait(self, streams: Iterable[Stream], due: float) -> None:
        """Until a monotonic instant, or until somebody comes or leaves."""
        for stream in streams:
            self._attend(stream)
        while (left := due - time.monotonic()) > 0:
            for key, events in self._selector.select(left):
                if key.data is None:
                    self._hear()
                    return
                self._serve(key.data, events)
                if key.data.is_over:
                    return

    def close(self) -> None:
        """When nobody is listened to any more."""
        self._selector.close()
        self._bell.close()
        self._rung.close()

    def _serve(self, stream: Stream, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            stream.socket.flush()
            self._attend(stream)
        if events & selectors.EVENT_READ:
            stream.socket.listen()

    def _attend(self, stream: Stream) -> None:
        """Those that are behind are also asked whether they take more."""
        behind = selectors.EVENT_WRITE if stream.socket.is_behind else 0
        if self._selector.get_key(stream.socket).events != selectors.EVENT_READ | behind:
            self._selector.modify(stream.socket, selectors.EVENT_READ | behind, stream)

    def _hear(self) -> None:
        with suppress(OSError):
            while self._rung.recv(64):
                pass
