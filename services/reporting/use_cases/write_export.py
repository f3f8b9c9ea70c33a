"""Writes an export's file, stores it, and then says so. What dies on the way is written anew; a
file that no row names is swept.
"""

import tempfile
from uuid import UUID

from libs.common.clock import utc_now
from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database
from services.reporting.storage.exports import fail_export, finish_export
from services.reporting.use_cases.export_files import Desk, Order, write_file
from services.reporting.use_cases.exports import BLOB_OWNER
from services.reporting.use_cases.pulse import Pulse

_LARGEST = 8 * 2**30  # bytes


def write_export(desk: Desk, order: Order, pulse: Pulse) -> bool:
    """Whether its file is there now; raises Lost when nobody wants it any more."""
    with tempfile.TemporaryFile() as file:
        rows = write_file(desk, order, pulse, file)
        pulse.check()
        file.seek(0)
        is_sealed = desk.database.keys is not None
        stored = desk.blobs.put(BLOB_OWNER, file, max_size=_LARGEST, encrypted=is_sealed)
    crash_point("after_export_stored")
    with desk.database.begin() as uow:
        facts = {"rows": rows, "blob_key": stored.key, "size": stored.size}
        is_wanted = finish_export(uow.session, order.export_id, order.owner, utc_now(), **facts)
        uow.commit()
    if not is_wanted:
        desk.blobs.delete(stored.key)
    return is_wanted


def refuse_export(database: Database, export_id: UUID, owner: UUID, code: str) -> None:
    """It can never be written."""
    with database.begin() as uow:
        fail_export(uow.session, export_id, owner, utc_now(), code)
        uow.commit()
