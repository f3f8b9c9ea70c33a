"""The end of a process that still has things under way."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from libs.common.database.trouble import is_database_trouble
from services.notify.clients.lanes import Lanes

_log = logging.getLogger(__name__)

_PATIENCE = 5.0  # seconds


def finish(ways: Sequence[Lanes[Any]], settle: Callable[[], None]) -> None:
    """Settle for a moment what is under way, then close; leases answer for the rest."""
    until = time.monotonic() + _PATIENCE
    try:
        while any(way.is_busy() for way in ways) and time.monotonic() < until:
            settle()
    except Exception as error:
        if not is_database_trouble(error):
            raise
        _log.warning("what was sent last is not settled: %s", error)
    finally:
        for way in ways:
            way.close()
