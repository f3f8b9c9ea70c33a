"""Sampling rules as people write them: checked whole before they are kept."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound, field_error
from libs.common.ids import uuid7
from services.ticketing.domain.quality_check.sampling import read_rule
from services.ticketing.domain.quality_check.sheets import ACTIVE
from services.ticketing.storage import versioned_rows
from services.ticketing.storage.known_things import KnownThings
from services.ticketing.storage.quality_check.rule_rows import list_quality_rules
from services.ticketing.storage.quality_check.tables import quality_rules, score_sheets

# Each end of a ticket is shown to all of them.
MOST = 50

Edited = tuple[Row[Any] | None, Row[Any] | None]  # before, after

_TURN = "quality_rules"


def create_quality_rule(uow: UnitOfWork, values: Mapping[str, Any]) -> Edited:
    """It samples from now on, if it is switched on."""
    versioned_rows.take_turn(uow.session, _TURN)
    if len(list_quality_rules(uow.session)) >= MOST:
        raise Conflict("quality_rule.too_many", f"there are at most {MOST}")
    row = {"rule_id": uuid7(), **_read(uow.session, values)}
    return None, versioned_rows.add_row(uow.session, quality_rules, row)


def replace_quality_rule(
    uow: UnitOfWork, rule_id: UUID, version: int | None, values: Mapping[str, Any]
) -> Edited:
    """The whole of it anew; what it has taken stays taken."""
    before = _take(uow.session, rule_id, version)
    read = _read(uow.session, values)
    return before, versioned_rows.change_row(uow.session, quality_rules, rule_id, read)


def remove_quality_rule(uow: UnitOfWork, rule_id: UUID, version: int | None) -> Edited:
    """It samples no more; its reviews stay."""
    before = _take(uow.session, rule_id, version)
    versioned_rows.remove_row(uow.session, quality_rules, rule_id)
    return before, None


def _read(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """One that is switched off may go on naming what is gone."""
    is_off = values.get("is_active") is False
    read = read_rule(values, None if is_off else KnownThings(session))
    sheet = versioned_rows.find_row(session, score_sheets, read["sheet_id"])
    if sheet is None or (not is_off and sheet.state != ACTIVE):
        raise field_error("sheet_id", "is no score sheet in use", "score_sheet.not_active")
    return read


def _take(session: Session, rule_id: UUID, version: int | None) -> Row[Any]:
    versioned_rows.take_turn(session, _TURN)
    row = versioned_rows.find_row(session, quality_rules, rule_id)
    if row is None:
        raise NotFound("quality_rule.unknown", "there is no such sampling rule")
    versioned_rows.demand_version(version, row)
    return row
