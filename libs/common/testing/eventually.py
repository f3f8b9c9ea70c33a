"""Waiting in tests: poll with a deadline, never sleep and hope."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(
    look: Callable[[], Found],
    timeout: float = 15.0,
    *,
    trouble: tuple[type[BaseException], ...] = (),
    pause: float = 0.05,
) -> Found:
    """Call until the result is truthy and return it.

    AssertionError, and what `trouble` names, mean "not yet". At the deadline the last of them is
    raised, or an AssertionError that shows the last result.
    """
    not_yet: tuple[type[BaseException], ...] = (AssertionError, *trouble)
    deadline = time.monotonic() + timeout
    while True:
        try:
            found = look()
            if found:
                return found
            failure: BaseException = AssertionError(f"still {found!r} after {timeout:g} s")
        except not_yet as error:
            failure = error
        if time.monotonic() > deadline:
            raise failure
        time.sleep(pause)
