"""Reviews on their way: scored, disputed, decided, confirmed. The shell commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from libs.common.actor import SYSTEM, Actor
from libs.common.contracts.ticketing import QUALITY_EVENTS
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, Stale, field_error
from libs.common.ids import uuid7
from libs.common.scope import watched_ids
from libs.common.timers import Timer, cancel_timer, schedule_timer
from services.ticketing.domain.act import Act
from services.ticketing.domain.quality_check.review import Review, Reviewer
from services.ticketing.domain.quality_check.sheets import Sheet, sheet_of
from services.ticketing.storage.quality_check.review_rows import (
    keep_review,
    known_entries,
    lock_review,
)
from services.ticketing.storage.quality_check.rule_rows import find_version
from services.ticketing.storage.quality_check.seeing import sees
from services.ticketing.storage.tables import tickets

CONFIRMATION = "quality_confirmation"

_SCHEMAS = {schema.type: schema for schema in QUALITY_EVENTS}
_TOLD = (
    *("review_id", "ticket_id", "source", "rule_id", "sheet_id", "sheet_number", "state"),
    *("version", "handler_id", "reviewer_id", "group_id", "department_id", "region_id"),
    *("total", "is_passed", "is_fatal", "scored_at", "due_at"),
)


def score_review(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    review_id: UUID,
    version: int | None,
    scores: Mapping[str, Any],
    comment: str | None,
    entry_ids: Sequence[UUID],
) -> Review:
    """The reviewer's judgement; what it cites must stand in the ticket's timeline."""
    review = _take(uow, actor, review_id, version)
    unknown = set(entry_ids) - known_entries(uow.session, review.ticket_id, entry_ids)
    if unknown:
        raise field_error("entry_ids", "is no entry of this ticket", "entry.unknown")
    act = Act(actor, now, uuid7)
    review.score(_sheet(uow, review), scores, comment, entry_ids, watched_ids(actor), act)
    return _keep(uow, review)


def appeal_review(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    review_id: UUID,
    version: int | None,
    reason: str,
) -> Review:
    """The handler disputes it."""
    review = _take(uow, actor, review_id, version)
    review.appeal(reason, Act(actor, now, uuid7))
    return _keep(uow, review)


def decide_appeal(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    review_id: UUID,
    version: int | None,
    scores: Mapping[str, Any] | None,
    reason: str,
) -> Review:
    """Upheld, or changed to what `scores` give."""
    review = _take(uow, actor, review_id, version)
    review.decide(_sheet(uow, review), scores, reason, Act(actor, now, uuid7))
    return _keep(uow, review)


def confirm_review(
    uow: UnitOfWork, actor: Actor, now: datetime, *, review_id: UUID, version: int | None
) -> Review:
    """The handler agrees."""
    review = _take(uow, actor, review_id, version)
    review.confirm(Act(actor, now, uuid7))
    return _keep(uow, review)


def reassign_review(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    review_id: UUID,
    version: int | None,
    reviewer: Reviewer,
    reason: str | None,
) -> Review:
    """Somebody else reviews it."""
    review = _take(uow, actor, review_id, version)
    review.hand_to(reviewer, reason, Act(actor, now, uuid7))
    return _keep(uow, review)


def confirm_by_time(uow: UnitOfWork, timer: Timer, now: datetime) -> None:
    """Nobody has disputed it in time: it stands."""
    review = lock_review(uow.session, UUID(timer.key))
    if review is not None and review.confirm_by_time(Act(SYSTEM, now, uuid7)):
        _keep(uow, review)


def _take(uow: UnitOfWork, actor: Actor, review_id: UUID, version: int | None) -> Review:
    review = lock_review(uow.session, review_id)
    if review is None or not sees(review, actor):
        raise NotFound("quality_review.unknown", "there is no such review")
    if version is not None and version != review.version:
        message = "somebody changed the review in the meantime"
        raise Stale("version.stale", message, {"version": review.version})
    return review


def _sheet(uow: UnitOfWork, review: Review) -> Sheet:
    version = find_version(uow.session, review.sheet_id, review.sheet_number)
    assert version is not None  # a foreign key holds it
    return sheet_of(version.content)


def _keep(uow: UnitOfWork, review: Review) -> Review:
    keep_review(uow.session, review)
    key = str(review.review_id)
    if review.due_at is None:
        cancel_timer(uow.session, CONFIRMATION, key)
    else:
        schedule_timer(uow.session, CONFIRMATION, key, review.due_at)
    statement = select(tickets.c.number).where(tickets.c.ticket_id == review.ticket_id)
    number = uow.session.scalar(statement) or ""
    for told in review.told:
        data = {name: getattr(review, name) for name in _TOLD}
        data |= {"number": number, "occurred_at": told.at, "actor": told.actor.as_fact()}
        uow.emit(_SCHEMAS[told.type], subject=key, data=data, time=told.at)
    review.told = []
    return review
