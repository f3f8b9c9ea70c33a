"""Checks that everybody's load is what their assignments add up to, and mends it if not."""

import logging

from prometheus_client import Counter

from libs.common.database.unit_of_work import Database
from services.dispatch.storage.load_rows import differing_loads, mend_loads
from services.dispatch.storage.wakes import wake_people

_log = logging.getLogger(__name__)
_mended = Counter("tidedesk_mended_loads_total", "Loads that were not the sum of assignments")


def check_loads(database: Database) -> int:
    """Returns how many were wrong: always 0, unless somebody has written past the ledger."""
    with database.begin() as uow:
        differing = differing_loads(uow.session)
        mended = mend_loads(uow.session, differing) if differing else 0
        if mended:
            _log.error("the loads of %d people were wrong", mended)
            wake_people(uow.session, differing)
        uow.commit()
    _mended.inc(mended)
    return mended
