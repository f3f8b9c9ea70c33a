"""Keeps reports that people ask for again: everybody their own, shared as they like."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, Forbidden, NotFound, Stale
from libs.common.ids import uuid7
from services.reporting.storage.saved_reports import (
    add_saved,
    change_saved,
    count_saved,
    drop_saved,
    lock_saved,
)

_MOST = 100
_OTHERS = "report.manage"

Values = Mapping[str, Any]


def save_report(uow: UnitOfWork, now: datetime, owner_id: UUID, values: Values) -> RowMapping:
    """Of one's own; raises Conflict beyond a hundred."""
    if count_saved(uow.session, owner_id) >= _MOST:
        raise Conflict("saved_report.too_many", f"one person keeps at most {_MOST} reports")
    row = {"report_id": uuid7(), "owner_id": owner_id, "now": now, **values}
    return add_saved(uow.session, row)


def replace_report(
    uow: UnitOfWork, now: datetime, actor: Actor, report_id: UUID, version: int, values: Values
) -> tuple[RowMapping, RowMapping]:
    """As it was and as it is now; a shipped one stays shared."""
    before = _open(uow, actor, report_id, version)
    is_shared = values["is_shared"] or before["is_shipped"]
    row = {"report_id": report_id, "now": now, **values, "is_shared": is_shared}
    return before, change_saved(uow.session, row)


def remove_report(uow: UnitOfWork, actor: Actor, report_id: UUID, version: int) -> RowMapping:
    """As it was."""
    before = _open(uow, actor, report_id, version)
    drop_saved(uow.session, report_id)
    return before


def _open(uow: UnitOfWork, actor: Actor, report_id: UUID, version: int) -> RowMapping:
    """Locked. Only report.manage changes what others share; what they do not is unknown."""
    row = lock_saved(uow.session, report_id)
    is_own = row is not None and row["owner_id"] == actor.subject
    if row is None or not (is_own or row["is_shared"]):
        raise NotFound("saved_report.unknown", "there is no such report")
    if not is_own and not actor.may(_OTHERS):
        raise Forbidden("saved_report.not_own", "only its owner changes this report")
    if row["version"] != version:
        raise Stale("version.stale", "somebody changed it meanwhile", {"version": row["version"]})
    return row
