"""The log's tail: where entries wait, unordered but safe, for the sealer."""

from collections.abc import Callable

import orjson
from sqlalchemy import text

from gateway.audit.entry import FIELDS, Entry
from gateway.auth.lookups import Lookups
from libs.common.database.unit_of_work import UnitOfWork

_COLUMNS = ", ".join(FIELDS)
# One parameter for any number of rows. An answer may be lost and the statement repeated.
_INSERT = (
    f"INSERT INTO audit_tail ({_COLUMNS}) SELECT {_COLUMNS} "
    "FROM json_populate_recordset(NULL::audit_tail, {}) ON CONFLICT (entry_id) DO NOTHING"
)
_PLAIN = _INSERT.format("%s")
_BOUND = text(_INSERT.format("CAST(:entries AS json)"))


def writer(lookups: Lookups) -> Callable[[list[Entry]], None]:
    """Writes entries in one statement and one commit."""

    def write(entries: list[Entry]) -> None:
        lookups.run(_PLAIN, (orjson.dumps(entries).decode(),))

    return write


def add_entry(uow: UnitOfWork, entry: Entry) -> None:
    """Write an entry as part of a transaction."""
    uow.session.execute(_BOUND, {"entries": orjson.dumps([entry]).decode()})
