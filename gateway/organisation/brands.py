"""The company's brands. A brand's key never changes: channels and texts refer to it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.organisation.state import begin_change, refuse_stale, refusing_taken
from gateway.organisation.telling import tell_brands
from gateway.storage.organisation import BrandRow, GroupRow
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound
from libs.common.ids import uuid7

MOST_BRANDS = 200  # inactive ones, too
_SHOWN = ("brand_id", "key", "name", "is_active", "version")


def list_brands(session: Session, *, with_inactive: bool) -> list[dict[str, Any]]:
    """By name."""
    query = select(BrandRow).order_by(BrandRow.name, BrandRow.brand_id)
    if not with_inactive:
        query = query.where(BrandRow.is_active)
    return [_show(row) for row in session.scalars(query)]


def get_brand(session: Session, brand_id: UUID) -> dict[str, Any]:
    """One of them; raises NotFound."""
    return _show(_find(session, brand_id))


def add_brand(uow: UnitOfWork, values: Mapping[str, Any]) -> dict[str, Any]:
    """A new brand: key and name; raises Conflict."""
    begin_change(uow.session)
    count = uow.session.scalar(select(func.count()).select_from(BrandRow)) or 0
    if count >= MOST_BRANDS:
        raise Conflict("brand.too_many", f"there are {count} brands already")
    row = BrandRow(brand_id=uuid7(), is_active=True, version=1, **values)
    uow.session.add(row)
    with refusing_taken():
        uow.session.flush()
    tell_brands(uow, [row.brand_id])
    return _show(row)


def change_brand(
    uow: UnitOfWork, brand_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after; raises NotFound, Stale."""
    begin_change(uow.session)
    row = _find(uow.session, brand_id)
    refuse_stale(row.version, version)
    return _write(uow, row, changes)


def set_brand_activity(
    uow: UnitOfWork, brand_id: UUID, is_active: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after; raises NotFound, or Conflict while active groups work for the brand."""
    begin_change(uow.session)
    row = _find(uow.session, brand_id)
    if not is_active:
        working = select(func.count()).select_from(GroupRow)
        groups = uow.session.scalar(
            working.where(GroupRow.brand_id == brand_id, GroupRow.is_active)
        )
        if groups:
            used = {"used_by": {"group": groups}}
            raise Conflict("brand.in_use", f"{groups} groups work for it", used)
    return _write(uow, row, {"is_active": is_active})


def _write(
    uow: UnitOfWork, row: BrandRow, changes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    before = _show(row)
    if any(before[name] != value for name, value in changes.items()):
        for name, value in changes.items():
            setattr(row, name, value)
        row.version += 1
        uow.session.flush()
        tell_brands(uow, [row.brand_id])
    return before, _show(row)


def _find(session: Session, brand_id: UUID) -> BrandRow:
    row = session.get(BrandRow, brand_id)
    if row is None:
        raise NotFound("brand.unknown", "there is no such brand")
    return row


def _show(row: BrandRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SHOWN}
