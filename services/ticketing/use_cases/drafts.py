"""Drafts, kept so that one begun at a desk can be finished at another. The shell commits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from libs.common.actor import Actor
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.errors import TooLarge, field_error
from services.ticketing.domain import checks
from services.ticketing.storage.draft_rows import (
    DraftPlace,
    forget_draft,
    forget_old_drafts,
    keep_draft,
)

KINDS = ("reply", "note")
_MOST_BYTES = 64 * 1024
_KEPT = timedelta(days=90)
_BATCH = 500


def place_of(actor: Actor, ticket_id: UUID, kind: str) -> DraftPlace:
    """Where the actor's draft is, of a ticket that they may know of."""
    checks.one_of("kind", kind, KINDS)
    assert actor.subject is not None
    return DraftPlace(actor.subject, ticket_id, kind)


def save_draft(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    ticket_id: UUID,
    kind: str,
    words: Mapping[str, Any],
) -> None:
    """Nothing written is no draft."""
    place, kept = place_of(actor, ticket_id, kind), checks.storable(dict(words))
    if not isinstance(kept.get("text"), str):
        raise field_error("text", "must be text")
    if len(orjson.dumps(kept)) > _MOST_BYTES:
        raise TooLarge("draft.too_large", f"a draft has at most {_MOST_BYTES} bytes")
    if not kept["text"].strip() and not kept.get("mentions"):
        forget_draft(uow.session, place)
    else:
        keep_draft(uow.session, place, kept, now)


def drop_draft(uow: UnitOfWork, actor: Actor, *, ticket_id: UUID, kind: str) -> None:
    """The actor has done with it."""
    forget_draft(uow.session, place_of(actor, ticket_id, kind))


def sweep_drafts(database: Database, now: datetime) -> bool:
    """Drop what nobody has gone on with for months; whether there may be more."""
    with database.begin() as uow:
        found = forget_old_drafts(uow.session, now - _KEPT, _BATCH)
        uow.commit()
    return found == _BATCH
