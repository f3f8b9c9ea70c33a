"""Working hours by which people get new tickets."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from libs.common.calendars import parse_weekly, parse_zone
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import names_of
from libs.common.directory.tables import PEOPLE
from libs.common.errors import Conflict, NotFound, field_error
from libs.common.ids import uuid7
from services.dispatch.storage import configuration as stored
from services.dispatch.storage.tables import shifts
from services.dispatch.storage.wakes import wake_people
from services.dispatch.use_cases.configuration.change import Change, changed, made, removed
from services.dispatch.use_cases.configuration.fields import (
    Field,
    demand_fields,
    line,
    read_fields,
)
from services.dispatch.use_cases.configuration.versions import demand_version

MOST = 200
_NAMED = 20  # people in a refusal

_FIELDS: dict[str, Field] = {
    "name": line(100),
    "zone": lambda where, value: parse_zone(value, where).key,
    "weekly": lambda where, value: parse_weekly(value, where).as_json(),
}


def create_shift(uow: UnitOfWork, *, values: Mapping[str, Any]) -> Change:
    """`name`, `zone` and `weekly` hours; raises InvalidInput for periods that overlap, and
    for another shift's name.
    """
    demand_fields(values, *_FIELDS)
    read = read_fields(values, _FIELDS)
    stored.take_turn(uow.session)
    if stored.count_rows(uow.session, shifts) >= MOST:
        raise Conflict("shift.too_many", f"there are at most {MOST} shifts")
    _demand_free(uow.session, read["name"])
    return made(stored.add_row(uow.session, shifts, {"shift_id": uuid7(), **read}))


def edit_shift(
    uow: UnitOfWork, *, shift_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> Change:
    """Change some of it, for everybody who works by it."""
    read = read_fields(changes, _FIELDS)
    before = _take(uow.session, shift_id, version)
    _demand_free(uow.session, read.get("name", before.name), shift_id)
    after = stored.change_row(uow.session, shifts, shift_id, read)
    wake_people(uow.session, stored.people_on_shift(uow.session, shift_id))
    return changed(before, after)


def remove_shift(uow: UnitOfWork, *, shift_id: UUID, version: int | None) -> Change:
    """Raises Conflict naming the people who work by it."""
    _take(uow.session, shift_id, version)
    _demand_unused(uow.session, shift_id)
    gone = stored.remove_row(uow.session, shifts, shift_id)
    assert gone is not None
    return removed(gone)


def _take(session: Session, shift_id: UUID, version: int | None) -> Row[Any]:
    stored.take_turn(session)
    row = stored.find_row(session, shifts, shift_id)
    if row is None:
        raise NotFound("shift.unknown", "there is no such shift")
    demand_version(version, row.version)
    return row


def _demand_free(session: Session, name: str, but: UUID | None = None) -> None:
    if stored.is_shift(session, name, but):
        raise field_error("name", "is another shift's already", "field.taken")


def _demand_unused(session: Session, shift_id: UUID) -> None:
    workers = stored.people_on_shift(session, shift_id)
    if workers:
        names = sorted(names_of(session, PEOPLE, workers[:_NAMED]).values())
        told = {"people": names, "count": len(workers)}
        raise Conflict("shift.in_use", f"people work by this shift: {'、'.join(names)}", told)
