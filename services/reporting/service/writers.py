"""The processes that write exports: a few at a time, none outlives who started it."""

import logging
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from nameko.extensions import DependencyProvider

from libs.common.bus.provide import database_of
from libs.common.clock import utc_now
from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import Database
from services.reporting.use_cases.exports import claim_export, give_back_export

_MODULE = "services.reporting.service.exporting"
_AT_ONCE = 2
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Writer:
    export_id: UUID
    owner: UUID
    process: "subprocess.Popen[bytes]"


class Writers:
    """Never waits: it looks after its processes whenever it is called."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writers: list[_Writer] = []

    @property
    def count(self) -> int:
        """How many are at work."""
        return len(self._writers)

    def tend(self, now: datetime) -> bool:
        """See who has ended, and begin with what waits; whether another one was begun."""
        for writer in list(self._writers):
            if (status := writer.process.poll()) is not None:
                self._end(writer, status, now)
        if self.count >= _AT_ONCE:
            return False
        owner = uuid4()
        export_id = claim_export(self._database, owner, now)
        if export_id is None:
            return False
        self._writers.append(_Writer(export_id, owner, _start(export_id, owner)))
        return True

    def close(self) -> None:
        """Stop all; others begin anew with what they were at."""
        for writer in self._writers:
            writer.process.kill()
        for writer in self._writers:
            writer.process.wait()
            _close_input(writer)
            try:
                give_back_export(
                    self._database, writer.export_id, writer.owner, utc_now(), is_counted=False
                )
            except Exception as error:
                # The lease ends by itself.
                if not is_database_trouble(error):
                    raise
        self._writers.clear()

    def _end(self, writer: _Writer, status: int, now: datetime) -> None:
        self._writers.remove(writer)
        _close_input(writer)
        if status != 0:
            _log.warning("the writer of export %s ended with %s", writer.export_id, status)
            give_back_export(self._database, writer.export_id, writer.owner, now, is_counted=True)


class WritersProvider(DependencyProvider):
    """Gives a service class its `writers`."""

    def setup(self) -> None:
        self._writers = Writers(database_of(self.container))

    def get_dependency(self, worker_ctx: Any) -> Writers:
        return self._writers

    def stop(self) -> None:
        self._writers.close()

    def kill(self) -> None:
        self._writers.close()


def _start(export_id: UUID, owner: UUID) -> "subprocess.Popen[bytes]":
    arguments = [sys.executable, "-m", _MODULE, str(export_id), str(owner)]
    return subprocess.Popen(arguments, stdin=subprocess.PIPE)


def _close_input(writer: _Writer) -> None:
    if writer.process.stdin is not None:
        writer.process.stdin.close()
