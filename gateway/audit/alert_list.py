"""Alerts as those see them who look after them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from gateway.storage.audit import Alert
from gateway.storage.people import Person
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import Conflict, NotFound

_SHOWN = (
    Alert.alert_id,
    Alert.kind,
    Alert.severity,
    Alert.person_id,
    Person.name.label("person_name"),
    Alert.address,
    Alert.facts,
    Alert.times,
    Alert.raised_at,
    Alert.last_raised_at,
    Alert.acknowledged_at,
    Alert.acknowledged_by,
    Alert.acknowledged_name,
    Alert.note,
)


def list_alerts(
    session: Session, filters: Mapping[str, Any], limit: int, cursor: str | None
) -> dict[str, Any]:
    """{items, next_cursor}; raises InvalidInput for a cursor that is none."""
    query = _filtered(filters)
    if cursor:
        place = decode_cursor(cursor, 2, datetime, UUID)
        query = query.where(tuple_(Alert.raised_at, Alert.alert_id) < tuple_(*place))
    order = (Alert.raised_at.desc(), Alert.alert_id.desc())
    rows = session.execute(query.order_by(*order).limit(limit + 1)).mappings().all()
    items = [dict(row) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    next_cursor = encode_cursor((last["raised_at"], last["alert_id"])) if last else None
    return {"items": items, "next_cursor": next_cursor}


def acknowledge(
    session: Session, alert_id: UUID, who: tuple[UUID, str], note: str, now: datetime
) -> dict[str, Any]:
    """The alert, looked at by `who` (id and name); NotFound, or Conflict where somebody has."""
    alert = session.get(Alert, alert_id, with_for_update=True)
    if alert is None:
        raise NotFound("alert.unknown", "there is no such alert")
    if alert.acknowledged_at is not None:
        raise Conflict("alert.acknowledged", f"{alert.acknowledged_name} has looked at it already")
    alert.acknowledged_at, alert.note = now, note
    alert.acknowledged_by, alert.acknowledged_name = who
    session.flush()
    found = session.execute(_all().where(Alert.alert_id == alert_id))
    return dict(found.mappings().one())


def _all() -> Select[Any]:
    return select(*_SHOWN).outerjoin(Person, Person.person_id == Alert.person_id)


def _filtered(filters: Mapping[str, Any]) -> Select[Any]:
    query = _all()
    for name in ("kind", "severity"):
        if name in filters:
            query = query.where(getattr(Alert, name) == filters[name])
    if "open" in filters:
        is_open = Alert.acknowledged_at.is_(None)
        query = query.where(is_open if filters["open"] else ~is_open)
    return query
