"""Statuses: the shipped ones, and those that a company has put on them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Label, Row, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from services.ticketing.domain.statuses import OwnStatuses, Status
from services.ticketing.storage.tables import statuses, tickets
from services.ticketing.storage.versioned_rows import take_turn

_READ = "statuses_of_company"
_ALL = select(statuses).order_by(statuses.c.position, statuses.c.key)
_COLUMNS = (
    statuses.c.key,
    statuses.c.base,
    statuses.c.is_archived,
    statuses.c.customer_text_zh,
    statuses.c.customer_text_en,
)
_OF_COMPANY = (
    select(*_COLUMNS)
    .where((statuses.c.base != statuses.c.key) | statuses.c.is_reworded)
    .order_by(statuses.c.position, statuses.c.key)
)
# The same beside another row, for whoever must not ask twice.
OWN_BESIDE: Label[Any] = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(*_COLUMNS),
                statuses.c.position,
                statuses.c.key,
            )
        )
    )
    .where(statuses.c.base != statuses.c.key)
    .scalar_subquery()
    .label("own_statuses")
)
_PLACES = text(
    "UPDATE statuses s SET position = o.place "
    "FROM unnest(CAST(:keys AS text[])) WITH ORDINALITY AS o (key, place) WHERE s.key = o.key"
)


def own_statuses(session: Session) -> OwnStatuses:
    """The company's own ones by key, in their order; read once in a transaction."""
    return {key: one for key, one in _of_company(session).items() if one.own}


def reworded_statuses(session: Session) -> OwnStatuses:
    """The shipped ones of which the company tells customers something else; read with those."""
    return {key: one for key, one in _of_company(session).items() if not one.own}


def _of_company(session: Session) -> OwnStatuses:
    if _READ not in session.info:
        rows = session.execute(_OF_COMPANY)
        session.info[_READ] = {row.key: _status(*row) for row in rows}
    known: OwnStatuses = session.info[_READ]
    return known


def own_beside(row: Any) -> OwnStatuses:
    """The same from a row that was read with `OWN_BESIDE`."""
    return {one[0]: _status(*one) for one in row.own_statuses or ()}


def _status(key: str, base: str, is_archived: bool, text_zh: str, text_en: str) -> Status:
    return Status(key, base, is_archived, (text_zh, text_en))


def lock_statuses(session: Session) -> None:
    """Wait until nobody else is changing statuses; until the transaction ends."""
    take_turn(session, "statuses")


def all_statuses(session: Session) -> Sequence[Row[Any]]:
    """Every one in the order in which people see them."""
    return session.execute(_ALL).all()


def find_row(session: Session, key: str) -> Row[Any] | None:
    """One of them."""
    return session.execute(select(statuses).where(statuses.c.key == key)).one_or_none()


def add_row(session: Session, values: Mapping[str, Any]) -> None:
    """A new one; its place is given by `keep_order`."""
    row = {
        "position": 0,
        "is_archived": False,
        "is_reworded": False,
        "version": 1,
        "updated_at": func.now(),
        **values,
    }
    session.execute(insert(statuses).values(row))
    session.info.pop(_READ, None)


def change_row(session: Session, key: str, changes: Mapping[str, Any]) -> None:
    """As it is from now on, in its next version."""
    values = {**changes, "version": statuses.c.version + 1, "updated_at": func.now()}
    session.execute(update(statuses).where(statuses.c.key == key).values(values))
    session.info.pop(_READ, None)


def keep_order(session: Session, keys: Sequence[str]) -> None:
    """Have all of them in this order."""
    session.execute(_PLACES, {"keys": list(keys)})
    session.info.pop(_READ, None)


def count_tickets(session: Session, row: Row[Any], most: int) -> int:
    """How many tickets have it, counted up to `most`; the bin does not count."""
    column = tickets.c.status if row.base == row.key else tickets.c.own_status
    found = select(tickets.c.ticket_id).where(column == row.key, tickets.c.deleted_at.is_(None))
    counted = select(func.count()).select_from(found.limit(most).subquery())
    return int(session.scalar(counted) or 0)
