"""The process that writes one export, so that the services' own processes stay quick:

    python -m services.reporting.service.exporting EXPORT_ID OWNER

Its standard input stays open for as long as whoever started it lives.
"""

import logging
import os
import sys
import threading
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from libs.common.blobs import open_blobs
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.crash_points import running_as
from libs.common.database.unit_of_work import Database
from libs.common.errors import DeskError, Unavailable
from libs.common.logs import configure_logs
from services.reporting.domain.covering import Marked
from services.reporting.domain.exports import REPORT
from services.reporting.queries.asking import Asked
from services.reporting.service import arguments as args
from services.reporting.service.export_arguments import charts_of, day_of, drill_of, report_of
from services.reporting.storage.exports import load_claimed
from services.reporting.storage.sums import load_marks
from services.reporting.use_cases.export_files import Desk, Order
from services.reporting.use_cases.exports import give_back_export, thaw_actor
from services.reporting.use_cases.pulse import Lost, Pulse
from services.reporting.use_cases.write_export import refuse_export, write_export

ROLE = "reporting.exporting"
_NICE = 5
_log = logging.getLogger(__name__)


def write(desk: Desk, export_id: UUID, owner: UUID) -> bool:
    """Write what this owner has claimed; whether the file is there now."""
    try:
        with desk.database.begin(read_only=True) as uow:
            row = load_claimed(uow.session, export_id, owner)
            if row is None:
                return False
            order = order_of(uow.session, row, owner, desk)
        with Pulse(desk.database, export_id, owner) as pulse:
            return write_export(desk, order, pulse)
    except Lost:
        _log.info("export %s is not wanted any more", export_id)
        return False
    except Unavailable:
        raise
    except DeskError as error:
        _log.warning("export %s cannot be written: %s", export_id, error)
        refuse_export(desk.database, export_id, owner, error.code)
        return False


def order_of(session: Session, row: RowMapping, owner: UUID, desk: Desk) -> Order:
    """What was ordered, of the day on which it was ordered."""
    arguments, day = row["arguments"], day_of(row["created_at"], desk.zone)
    is_report = row["what"] == REPORT
    content = report_of(arguments, day, row["language"]) if is_report else drill_of(arguments, day)
    filters = args.filters_of(arguments.get("filters"))
    return Order(
        export_id=row["export_id"],
        owner=owner,
        kind=row["kind"],
        language=row["language"],
        asked=Asked(thaw_actor(row["actor"]), filters, Marked(load_marks(session))),
        content=content,
        charts=charts_of(arguments.get("charts")),
    )


def main(export_id: str, owner: str) -> None:
    """Exits with a status other than 0 if it should be tried again."""
    config = Config.read()
    configure_logs(ROLE, config.log_level)
    running_as(ROLE)
    os.nice(_NICE)
    database = Database.connect("reporting", config)
    claim = (UUID(export_id), UUID(owner))
    threading.Thread(target=_end_with_parent, args=(database, *claim), daemon=True).start()
    desk = Desk(database, open_blobs(config), config.business_zone)
    try:
        write(desk, *claim)
    finally:
        database.close()


def _end_with_parent(database: Database, export_id: UUID, owner: UUID) -> None:
    """When whoever started this is gone: let somebody else begin anew, at once."""
    # Past Python's own file, whose lock would be held while this process ends.
    os.read(0, 1)
    try:
        give_back_export(database, export_id, owner, utc_now(), is_counted=False)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
