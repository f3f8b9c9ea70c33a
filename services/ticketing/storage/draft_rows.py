"""What people are writing: one draft for each person, ticket and kind, the last one kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.ids import uuid7
from services.ticketing.storage.together_tables import drafts
from services.ticketing.storage.worded_rows import keys_for, open_words, words_columns


@dataclass(frozen=True)
class DraftPlace:
    """Whose draft, where, of what: reply or note."""

    person_id: UUID
    ticket_id: UUID
    kind: str


def find_draft(session: Session, place: DraftPlace) -> tuple[dict[str, Any], datetime] | None:
    """What it holds, and since when."""
    row = session.execute(select(drafts).where(*_at(place))).one_or_none()
    return None if row is None else (open_words(session, drafts, row), row.updated_at)


def keep_draft(
    session: Session, place: DraftPlace, words: Mapping[str, Any], now: datetime
) -> None:
    """The last writer's counts."""
    keys = keys_for(session, place.ticket_id)
    known = session.scalar(select(drafts.c.draft_id).where(*_at(place)).with_for_update())
    draft_id = known or uuid7()
    kept = words_columns(drafts, draft_id, words, keys) | {
        "draft_id": draft_id,
        "updated_at": now,
    }
    statement = insert(drafts).values(**vars(place), **kept)
    # Of two first ones at once the later stays, with the id that its words are bound to.
    replaced = statement.on_conflict_do_update(
        index_elements=["person_id", "ticket_id", "kind"], set_=kept
    )
    session.execute(replaced)


def forget_draft(session: Session, place: DraftPlace) -> None:
    """It was sent, or is not wanted any more."""
    session.execute(delete(drafts).where(*_at(place)))


def forget_old_drafts(session: Session, before: datetime, limit: int) -> int:
    """Whom nobody has gone on with; returns how many."""
    old = select(drafts.c.draft_id).where(drafts.c.updated_at < before).limit(limit)
    found = session.scalars(old.with_for_update(skip_locked=True)).all()
    if found:
        session.execute(delete(drafts).where(drafts.c.draft_id.in_(found)))
    return len(found)


def _at(place: DraftPlace) -> list[Any]:
    return [drafts.c[name] == value for name, value in vars(place).items()]
