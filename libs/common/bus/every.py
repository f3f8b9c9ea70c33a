"""The entrypoint for jobs: `@every(0.1)`, called again at once while it returns something true."""

import logging
import random
import time
from typing import Any

from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint

from libs.common.database.trouble import is_database_trouble
from libs.common.metrics import timed_handler

_log = logging.getLogger(__name__)

# What a look in vain may take of the time: a machine that is busy is not kept busy by looking.
_SHARE = 40
_LONGEST = 1.0


def pause_after(seconds: float, took: float) -> float:
    """How long to wait after a look that found nothing and took so long; all in seconds."""
    return max(seconds, min(_SHARE * took, _LONGEST))


class Every(Entrypoint):
    """Calls the method every `seconds`; after a long look it rests longer, up to a second.

    An error is logged and waited out, never fatal.
    """

    def __init__(self, seconds: float, **options: Any) -> None:
        self._seconds = seconds
        self._stopping = Signal()
        super().__init__(**options)

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier=self.method_name)

    def stop(self) -> None:
        self._stopping.send()
        self._thread.wait()

    def kill(self) -> None:
        self._thread.kill()

    def _run(self) -> None:
        # Soon at first: a process that never lives for an hour has hourly jobs as well.
        pause = min(self._seconds, 1 + random.random())
        while not self._stopping.wait(timeout=pause) and not self._stopping.ready():
            try:
                began = time.monotonic()
                with timed_handler(self.container.service_name, self.method_name):
                    is_more = self._call()
                pause = 0 if is_more else pause_after(self._seconds, time.monotonic() - began)
            except Exception as error:
                if is_database_trouble(error):
                    _log.warning("%s waits: %s", self.method_name, error)
                else:
                    _log.error("%s failed: %s", self.method_name, error, exc_info=error)
                # Replicas that fell over together do not come back together.
                pause = max(self._seconds, 0.5) * (1 + random.random())

    def _call(self) -> Any:
        done = Signal()

        def finish(_context: Any, result: Any, exc_info: Any) -> tuple[Any, None]:
            done.send((result, exc_info[1] if exc_info else None))
            return result, None

        self.container.spawn_worker(self, (), {}, handle_result=finish)
        result, error = done.wait()
        if error is not None:
            raise error
        return result


every = Every.decorator
