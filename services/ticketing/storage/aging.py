"""Finds tickets whose time has come: to be closed, archived, purged."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from services.ticketing.storage.tables import tickets

_t = tickets.c
_CONFIRMED = _t.confirmation["is_confirmed"].as_boolean()


def to_close(
    session: Session, solved_before: datetime, limit: int, *, needs_confirmation: bool
) -> list[UUID]:
    """Solved long ago, and nothing stands in the way."""
    conditions = [_t.status == "solved", _t.solved_at < solved_before]
    conditions += [_t.is_dissatisfied.is_(False), _t.is_supervised.is_(False)]
    if needs_confirmation:
        conditions.append(_CONFIRMED)
    return _some(session, conditions, _t.solved_at, limit)


def to_archive(session: Session, closed_before: datetime, limit: int) -> list[UUID]:
    """Closed long ago."""
    return _some(
        session, [_t.status == "closed", _t.closed_at < closed_before], _t.closed_at, limit
    )


def to_purge(session: Session, deleted_before: datetime, limit: int) -> list[UUID]:
    """Long in the bin."""
    conditions = [_t.deleted_at < deleted_before, _t.status == "deleted"]
    return _some(session, conditions, _t.deleted_at, limit)


def _some(
    session: Session, conditions: Iterable[ColumnElement[bool]], order: ColumnElement, limit: int
) -> list[UUID]:
    statement = select(_t.ticket_id).where(*conditions).order_by(order).limit(limit)
    # Replicas share them out.
    return list(session.scalars(statement.with_for_update(skip_locked=True, key_share=True)))
