"""SIGTERM and SIGINT as a flag, so that a process can finish what it has in hand."""

import signal
from types import FrameType


class StopSignal:
    """Set when the process has been asked to end."""

    def __init__(self) -> None:
        self._is_set = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._set)

    def is_set(self) -> bool:
        """Whether it is time to stop."""
        return self._is_set

    def _set(self, _number: int, _frame: FrameType | None) -> None:
        self._is_set = True
