"""SIGTERM and SIGINT as a flag: a process may finish what it has in hand, but not for ever."""

import signal
from types import FrameType


class StopSignal:
    """Set when the process has been asked to end, which it must within `patience` seconds.

    The kernel's alarm ends a process that does not, whatever it hangs in.
    """

    def __init__(self, patience: int) -> None:
        self._is_set = False
        self._patience = patience
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._set)

    def is_set(self) -> bool:
        """Whether it is time to stop."""
        return self._is_set

    def _set(self, _number: int, _frame: FrameType | None) -> None:
        if not self._is_set:
            self._is_set = True
            signal.alarm(self._patience)
