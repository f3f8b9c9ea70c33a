"""Departments and regions: two kinds of the same thing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from gateway.organisation.state import begin_change, refuse_stale, refusing_taken
from gateway.organisation.telling import Tell, tell_departments, tell_regions
from gateway.organisation.tree import Tree, Unit
from gateway.storage.organisation import DepartmentRow, GroupRow, RegionRow
from gateway.storage.people import Person
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound
from libs.common.ids import uuid7

_MOST_LISTED = 5_000


@dataclass(frozen=True)
class UnitKind:
    """Departments or regions; `noun` begins the codes of problems and the name of the id."""

    noun: str
    table: Table
    tell: Tell

    @property
    def key(self) -> str:
        """The name of the id, here and in the rows of people and groups."""
        return f"{self.noun}_id"

    @property
    def id_column(self) -> ColumnElement[UUID]:
        return self.table.c[self.key]


DEPARTMENTS = UnitKind("department", DepartmentRow.__table__, tell_departments)  # type: ignore[arg-type]
REGIONS = UnitKind("region", RegionRow.__table__, tell_regions)  # type: ignore[arg-type]


def read_tree(session: Session, kind: UnitKind) -> Tree:
    """All units, as they stand."""
    table = kind.table
    rows = session.execute(
        select(kind.id_column, table.c.parent_id, table.c.name, table.c.is_active)
    )
    return Tree(kind.noun, (Unit(*row) for row in rows))


def list_units(session: Session, kind: UnitKind, *, with_inactive: bool) -> list[dict[str, Any]]:
    """Each with how many active people and groups belong to it itself; siblings in order."""
    columns = kind.table.c
    query = _shown(kind).order_by(columns.position, columns.name, kind.id_column)
    if not with_inactive:
        query = query.where(columns.is_active)
    return [dict(row) for row in session.execute(query.limit(_MOST_LISTED)).mappings()]


def get_unit(session: Session, kind: UnitKind, unit_id: UUID) -> dict[str, Any]:
    """One of them; raises NotFound."""
    row = session.execute(_shown(kind).where(kind.id_column == unit_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"{kind.noun}.unknown", f"there is no such {kind.noun}")
    return dict(row)


def add_unit(uow: UnitOfWork, kind: UnitKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """A new unit: name, parent_id, position; raises InvalidInput, Conflict."""
    begin_change(uow.session)
    unit = Unit(uuid7(), values["parent_id"], values["name"])
    read_tree(uow.session, kind).add(unit)
    insert_unit(uow.session, kind, unit, values["position"])
    kind.tell(uow, [unit.unit_id])
    return get_unit(uow.session, kind, unit.unit_id)


def insert_unit(session: Session, kind: UnitKind, unit: Unit, position: int) -> None:
    """The row of a unit that the tree has taken in."""
    place = {"parent_id": unit.parent_id, "name": unit.name, "position": position}
    row = {kind.key: unit.unit_id, **place, "is_active": True, "version": 1}
    with refusing_taken():
        session.execute(kind.table.insert().values(row))


def change_unit(
    uow: UnitOfWork, kind: UnitKind, unit_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after; raises NotFound, Stale, InvalidInput for a circle, Conflict for a name."""
    begin_change(uow.session)
    before = get_unit(uow.session, kind, unit_id)
    refuse_stale(before["version"], version)
    if not before["is_active"]:
        raise Conflict(f"{kind.noun}.inactive", "it must be active again first")
    after = {**before, **changes}
    read_tree(uow.session, kind).refuse_place(Unit(unit_id, after["parent_id"], after["name"]))
    return before, _write(uow, kind, before, changes)


def set_unit_activity(
    uow: UnitOfWork, kind: UnitKind, unit_id: UUID, is_active: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after; Conflict while something active hangs on it, or when it has no place."""
    begin_change(uow.session)
    before = get_unit(uow.session, kind, unit_id)
    if is_active and not before["is_active"]:
        tree = read_tree(uow.session, kind)
        tree.refuse_more()
        tree.refuse_place(Unit(unit_id, before["parent_id"], before["name"]))
    elif not is_active:
        _refuse_used(kind, before)
    return before, _write(uow, kind, before, {"is_active": is_active})


def _write(
    uow: UnitOfWork, kind: UnitKind, before: Mapping[str, Any], changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Nothing is told where nothing changes."""
    unit_id: UUID = before[kind.key]
    if any(before[name] != value for name, value in changes.items()):
        change = kind.table.update().where(kind.id_column == unit_id)
        with refusing_taken():
            uow.session.execute(change.values(**changes, version=kind.table.c.version + 1))
        kind.tell(uow, [unit_id])
    return get_unit(uow.session, kind, unit_id)


def _refuse_used(kind: UnitKind, unit: Mapping[str, Any]) -> None:
    used = {name: unit[f"{name}_count"] for name in ("child", "person", "group")}
    if any(used.values()):
        told = ", ".join(f"{count} × {name}" for name, count in used.items() if count)
        raise Conflict(f"{kind.noun}.in_use", f"still belong to it: {told}", {"used_by": used})


def _shown(kind: UnitKind) -> Any:
    """Counted to each unit itself, not to what is below."""
    table, children = kind.table, kind.table.alias("children")
    belong: dict[str, tuple[Any, Any, Any]] = {
        "child_count": (children.c.parent_id, children.c.is_active, children),
        "person_count": (getattr(Person, kind.key), Person.is_active, Person),
        "group_count": (getattr(GroupRow, kind.key), GroupRow.is_active, GroupRow),
    }
    counts = [
        select(func.count())
        .select_from(source)
        .where(place == kind.id_column, is_active)
        .correlate(table)
        .scalar_subquery()
        .label(name)
        for name, (place, is_active, source) in belong.items()
    ]
    columns = table.c
    own = (columns.parent_id, columns.name, columns.position, columns.is_active, columns.version)
    return select(kind.id_column, *own, *counts)
