"""One open stream: whose it is, how far it has come, and the socket it is written to."""

import time
from uuid import UUID

from gateway.live.seeing import Batch, Viewer, beat, frame
from gateway.live.standing import Holder
from libs.common.web.taken import TakenSocket

BEAT = 15.0  # seconds without a word after which a sign of life is sent


class Stream:
    """`until`: a monotonic instant at which it ends, if its first updates have not ended it."""

    def __init__(
        self,
        holder: Holder,
        viewer: Viewer,
        position: int,
        until: float | None = None,
    ) -> None:
        self.holder = holder
        self.viewer = viewer
        self.position = position
        self._until = until
        self._socket: TakenSocket | None = None
        self._spoke_at = time.monotonic()

    @property
    def person_id(self) -> UUID:
        """Whose streams are counted together."""
        return self.holder.caller.person_id

    @property
    def socket(self) -> TakenSocket:
        """Only after `open`."""
        assert self._socket is not None
        return self._socket

    @property
    def is_over(self) -> bool:
        """Whether there is nobody to talk to any more."""
        return self.socket.is_gone

    def open(self, socket: TakenSocket) -> None:
        """From now on it can be written to."""
        self._socket = socket

    def tell(self, batch: Batch) -> None:
        """What of the batch is for this viewer, and is news."""
        told = batch.frames_for(self.viewer, self.position)
        self.position = max(self.position, batch.last_id)
        if told:
            self._write(told)
            if self._until is not None:
                self.socket.end()

    def keep_alive(self, now: float) -> None:
        """Say something now and then; end when the time is over."""
        if self._until is not None and now >= self._until:
            self.end("wait")
        elif now - self._spoke_at >= BEAT:
            self._write(beat(self.position))

    def end(self, reason: str) -> None:
        """The last word."""
        self._write(frame(self.position, {"reason": reason}, "end"))
        self.socket.end()

    def _write(self, part: bytes) -> None:
        self._spoke_at = time.monotonic()
        self.socket.write(part)
