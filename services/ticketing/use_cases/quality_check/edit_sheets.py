"""Score sheets as people write them: a draft, versions that never change, and an end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound
from libs.common.ids import uuid7
from services.ticketing.domain.quality_check.sheets import ACTIVE, ARCHIVED, DRAFT, read_sheet
from services.ticketing.storage import versioned_rows
from services.ticketing.storage.quality_check.rule_rows import find_version
from services.ticketing.storage.quality_check.tables import score_sheet_versions, score_sheets

Edited = tuple[Row[Any] | None, Row[Any]]  # before, after

_TURN = "score_sheets"


def create_sheet(uow: UnitOfWork, values: Mapping[str, Any]) -> Edited:
    """A draft; raises InvalidInput naming all that cannot work."""
    row = {"sheet_id": uuid7(), "state": DRAFT, "number": 0, **read_sheet(values, uuid7)}
    return None, versioned_rows.add_row(uow.session, score_sheets, row)


def replace_sheet(
    uow: UnitOfWork, sheet_id: UUID, version: int | None, values: Mapping[str, Any]
) -> Edited:
    """What it shall be; reviews have it only once it is published."""
    before = _take(uow.session, sheet_id, version)
    _refuse_archived(before)
    read = read_sheet(values, uuid7)
    return before, versioned_rows.change_row(uow.session, score_sheets, sheet_id, read)


def publish_sheet(
    uow: UnitOfWork, actor: Actor, now: datetime, sheet_id: UUID, version: int | None
) -> Edited:
    """Its next version, in use from now on; refused where nothing has changed."""
    before = _take(uow.session, sheet_id, version)
    _refuse_archived(before)
    last = find_version(uow.session, sheet_id, before.number)
    if last is not None and (last.content, last.name) == (before.content, before.name):
        raise Conflict("score_sheet.unchanged", "this version has been published already")
    number = before.number + 1
    row = {
        "sheet_id": sheet_id,
        "number": number,
        "name": before.name,
        "content": before.content,
        "published_at": now,
        "published_by_name": actor.name,
    }
    uow.session.execute(insert(score_sheet_versions).values(row))
    changes = {"state": ACTIVE, "number": number}
    return before, versioned_rows.change_row(uow.session, score_sheets, sheet_id, changes)


def archive_sheet(uow: UnitOfWork, sheet_id: UUID, version: int | None) -> Edited:
    """Nothing new is judged by it; rules that name it rest. What has been drawn goes on."""
    before = _take(uow.session, sheet_id, version)
    _refuse_archived(before)
    changes = {"state": ARCHIVED}
    return before, versioned_rows.change_row(uow.session, score_sheets, sheet_id, changes)


def restore_sheet(uow: UnitOfWork, sheet_id: UUID, version: int | None) -> Edited:
    """As it was before it was archived: rules that name it draw again, what ends from now on."""
    before = _take(uow.session, sheet_id, version)
    if before.state != ARCHIVED:
        raise Conflict("score_sheet.not_archived", "the score sheet is not archived")
    changes = {"state": ACTIVE if before.number else DRAFT}
    return before, versioned_rows.change_row(uow.session, score_sheets, sheet_id, changes)


def _take(session: Session, sheet_id: UUID, version: int | None) -> Row[Any]:
    versioned_rows.take_turn(session, _TURN)
    row = versioned_rows.find_row(session, score_sheets, sheet_id)
    if row is None:
        raise NotFound("score_sheet.unknown", "there is no such score sheet")
    versioned_rows.demand_version(version, row)
    return row


def _refuse_archived(row: Row[Any]) -> None:
    if row.state == ARCHIVED:
        raise Conflict("score_sheet.archived", "an archived score sheet stays as it is")
