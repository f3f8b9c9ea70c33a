"""The sign of life of whoever writes an export: renews its lease, tells how far it is."""

import logging
import threading
from types import TracebackType
from typing import Self
from uuid import UUID

from libs.common.clock import utc_now
from libs.common.database.trouble import is_database_trouble
from libs.common.database.unit_of_work import Database
from services.reporting.storage.exports import renew_lease

_log = logging.getLogger(__name__)
_EVERY = 1.0  # seconds


class Lost(Exception):
    """The export was cancelled, or is somebody else's by now."""


class Pulse:
    """A thread of its own, because closing a long workbook takes longer than a lease lasts."""

    def __init__(self, database: Database, export_id: UUID, owner: UUID) -> None:
        self.progress = 0  # percent
        self._database = database
        self._export_id, self._owner = export_id, owner
        self._is_lost = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def check(self) -> None:
        """Raise Lost once nobody wants what is being written."""
        if self._is_lost:
            raise Lost

    def _beat(self) -> None:
        while not self._over.wait(_EVERY) and not self._is_lost:
            try:
                self._is_lost = not self._renew()
            except Exception as error:
                # The lease outlasts a database that is away for a moment.
                if not is_database_trouble(error):
                    raise
                _log.warning("the lease of an export was not renewed: %s", error)

    def _renew(self) -> bool:
        with self._database.begin() as uow:
            is_mine = renew_lease(
                uow.session, self._export_id, self._owner, utc_now(), self.progress
            )
            uow.commit()
        return is_mine
