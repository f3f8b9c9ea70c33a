"""The entrypoint for jobs: `@every(0.1)`, called again at once while it returns something true."""

import logging
import random
from typing import Any

from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint

from libs.common.database.trouble import is_database_trouble
from libs.common.metrics import timed_handler

_log = logging.getLogger(__name__)


class Every(Entrypoint):
    """Calls the method every `seconds`; an error is logged and waited out, never fatal."""

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
                with timed_handler(self.container.service_name, self.method_name):
                    pause = 0 if self._call() else self._seconds
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
