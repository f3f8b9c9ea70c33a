"""Queues events for the webhooks that want them; costs one small query where there are none."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.contracts.envelope import Event, public_event
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.notify.domain.streams import Stream
from services.notify.domain.webhooks import stream_of, wants
from services.notify.storage.webhook_deliveries import add_deliveries, release_held
from services.notify.storage.webhook_streams import lock_streams, put_streams
from services.notify.storage.webhooks import active_types


def feed_webhooks(uow: UnitOfWork, events: Sequence[Event], now: datetime) -> None:
    """Each event for each webhook that wants it, without its private fields."""
    webhooks = active_types(uow.session)
    if not webhooks:
        return
    streams = _advance(uow.session, list(webhooks), events, now)
    rows = []
    for event in events:
        ids = [one for one, patterns in webhooks.items() if wants(patterns, event.type)]
        if ids:
            stream = streams.get(stream_of(event.type, event.subject))
            rows += _rows(event, ids, _next_at(event, stream, now), now)
    add_deliveries(uow.session, rows)


def _advance(
    session: Session, webhook_ids: Sequence[UUID], events: Sequence[Event], now: datetime
) -> dict[str, Stream]:
    """Of events that are numbered. Of all of them, wanted or not: only so do gaps show."""
    seen: dict[str, list[int]] = {}
    for event in events:
        if "seq" in event.data:
            seen.setdefault(stream_of(event.type, event.subject), []).append(event.data["seq"])
    if not seen:
        return {}
    before = lock_streams(session, list(seen), now)
    after = {name: before[name].advance(positions, now) for name, positions in seen.items()}
    put_streams(session, after, now)
    for name, stream in after.items():
        if before[name].gap_since and stream.upto is not None:
            release_held(session, webhook_ids, name, stream.upto, now)
    return after


def _next_at(event: Event, stream: Stream | None, now: datetime) -> datetime:
    if stream is None or stream.has_reached(event.data["seq"]):
        return now
    return (stream.gap_since or now) + stream.patience + timedelta(milliseconds=1)


def _rows(
    event: Event, webhooks: Sequence[UUID], next_at: datetime, now: datetime
) -> list[dict[str, Any]]:
    row = {
        "occurred_at": event.time,
        "event_id": event.id,
        "type": event.type,
        "subject": event.subject,
        "stream": stream_of(event.type, event.subject),
        "position": event.data.get("seq", _instant_of(event.id)),
        "body": public_event(event).decode(),
        "queued_at": now,
        "next_at": next_at,
    }
    return [{**row, "delivery_id": uuid7(), "webhook_id": one} for one in webhooks]


def _instant_of(event_id: UUID) -> int:
    """The milliseconds that a UUIDv7 begins with: whoever numbers nothing orders by time."""
    return event_id.int >> 80
