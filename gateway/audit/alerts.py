"""Alerts: something about access that somebody should look at, told once and kept until they do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gateway.audit.kinds import KINDS, TOLD_TO_THE_PERSON, WINDOW
from gateway.storage.audit import Alert
from gateway.storage.people import Person, RoleRow
from libs.common.clock import utc_now
from libs.common.contracts.gateway import SecurityAlerted
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7

READERS = "alert.read"


def raise_alert(
    uow: UnitOfWork,
    kind: str,
    *,
    person_id: UUID | None = None,
    address: str | None = None,
    facts: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> None:
    """Raise one of KINDS, in this transaction; within an hour the same only counts up.

    It is about `person_id`, else about `address`. `facts` are small and hold no contact data.
    """
    now = now or utc_now()
    alert = {
        "alert_id": uuid7(),
        "kind": kind,
        "severity": KINDS[kind],
        "person_id": person_id,
        "address": address,
        "facts": dict(facts or {}),
        "raised_at": now,
        "last_raised_at": now,
        "times": 1,
        "unique_key": _unique_key(kind, person_id, address, now),
    }
    if _keep(uow.session, alert):
        _tell(uow, alert)


def _unique_key(kind: str, person_id: UUID | None, address: str | None, now: datetime) -> str:
    window = int(now.timestamp() // WINDOW.total_seconds())
    return f"{kind}:{person_id or address or 'all'}:{window}"


def _keep(session: Session, alert: dict[str, Any]) -> bool:
    """Whether it is new; otherwise the one of this window has been counted up."""
    added = insert(Alert).values(alert)
    counted = added.on_conflict_do_update(
        index_elements=[Alert.unique_key],
        set_={"times": Alert.times + 1, "last_raised_at": added.excluded.last_raised_at},
    )
    # A row that this statement has inserted was never updated by any transaction.
    was_inserted: ColumnElement[bool] = literal_column("(xmax = 0)")
    return bool(session.execute(counted.returning(was_inserted)).scalar_one())


def _tell(uow: UnitOfWork, alert: Mapping[str, Any]) -> None:
    person_id = alert["person_id"]
    shown = ("alert_id", "kind", "severity", "person_id", "address", "raised_at", "facts")
    body = {
        **{name: alert[name] for name in shown},
        "person_name": uow.session.scalar(select(Person.name).where(Person.person_id == person_id)),
        "recipients": _recipients(uow.session, alert["kind"], person_id),
    }
    uow.emit(SecurityAlerted, subject=str(alert["alert_id"]), data=body, time=alert["raised_at"])


def _recipients(session: Session, kind: str, person_id: UUID | None) -> list[UUID]:
    """Who may read alerts, and for some kinds whoever they are about."""
    wanted = RoleRow.permissions.contains([READERS])
    if kind in TOLD_TO_THE_PERSON:
        wanted = or_(wanted, Person.person_id == person_id)
    people = select(Person.person_id).join(RoleRow, RoleRow.key == Person.role)
    found = people.where(Person.is_active, wanted).order_by(Person.person_id)
    return list(session.scalars(found))
