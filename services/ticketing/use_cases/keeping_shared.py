"""Keeps what people make for themselves, their group or everybody: canned replies and macros."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import find_group
from libs.common.errors import NotFound, Stale, field_error
from libs.common.ids import uuid7
from services.ticketing.domain.sharing import demand_change, may_see, own_groups
from services.ticketing.storage import kept_rows
from services.ticketing.storage.kept_rows import Kind

Values = Mapping[str, Any]


def get_kept(session: Session, kind: Kind, actor: Actor, kept_id: UUID) -> RowMapping:
    """One that the actor may use; raises NotFound."""
    return _known(kind, actor, kept_rows.find_kept(session, kind.table, kept_id))


def add_kept(
    uow: UnitOfWork, kind: Kind, actor: Actor, now: datetime, values: Values
) -> RowMapping:
    """A new one of the actor's."""
    demand_change({**values, "owner_id": actor.subject}, actor, kind.manages)
    _check_group(uow.session, values)
    key = kept_rows.key_of(kind.table).name
    row = {key: uuid7(), "owner_id": actor.subject, **values}
    return kept_rows.add_kept(uow.session, kind.table, row, now)


def replace_kept(
    uow: UnitOfWork,
    kind: Kind,
    actor: Actor,
    now: datetime,
    kept_id: UUID,
    version: int | None,
    values: Values,
) -> tuple[RowMapping, RowMapping]:
    """As it was, and as it is now. Made private again it belongs to whoever did so."""
    before = _opened(uow.session, kind, actor, kept_id, version)
    is_own = before["owner_id"] == actor.subject
    owner_id = before["owner_id"] if is_own or values["visibility"] != "private" else actor.subject
    row = {**values, "owner_id": owner_id}
    demand_change(row, actor, kind.manages)
    _check_group(uow.session, values)
    return before, kept_rows.change_kept(uow.session, kind.table, kept_id, row, now)


def remove_kept(
    uow: UnitOfWork, kind: Kind, actor: Actor, kept_id: UUID, version: int | None
) -> RowMapping:
    """As it was."""
    before = _opened(uow.session, kind, actor, kept_id, version)
    kept_rows.drop_kept(uow.session, kind.table, kept_id)
    return before


def _opened(
    session: Session, kind: Kind, actor: Actor, kept_id: UUID, version: int | None
) -> RowMapping:
    row = _known(kind, actor, kept_rows.lock_kept(session, kind.table, kept_id))
    demand_change(row, actor, kind.manages)
    if version is not None and row["version"] != version:
        raise Stale("version.stale", "somebody changed it meanwhile", {"version": row["version"]})
    return row


def _known(kind: Kind, actor: Actor, row: RowMapping | None) -> RowMapping:
    if row is None or not may_see(row, actor, own_groups(actor), kind.manages):
        raise NotFound(f"{kind.noun}.unknown", f"there is no such {kind.noun.replace('_', ' ')}")
    return row


def _check_group(session: Session, values: Values) -> None:
    group_id = values["group_id"]
    group = None if group_id is None else find_group(session, group_id)
    if group_id is not None and (group is None or not group.is_active):
        raise field_error("group_id", "there is no such group", "group.unknown")
