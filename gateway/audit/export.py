"""Takes entries out, to be made a file of.

Rows are read a page at a time, so that a slow reader holds no transaction open.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from gateway.audit.entry import FIELDS
from gateway.audit.search import Filters, find_rows, place_of, resolve_actor
from libs.common.database.unit_of_work import Database

HEAD = (*FIELDS, "position")

_PAGE = 2_000


def read_rows(database: Database, filters: Filters) -> Iterator[list[Row[Any]]]:
    """Pages of entries, the newest first."""
    with database.begin(read_only=True) as uow:
        wanted = resolve_actor(uow.session, filters)
    after = None
    while True:
        with database.begin(read_only=True, timeout=60) as uow:
            page = list(find_rows(uow.session, wanted, _PAGE, after))
        if page:
            yield page
        if len(page) < _PAGE:
            return
        after = place_of(page[-1])
