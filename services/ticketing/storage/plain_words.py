"""Seals the words of rows that were written plainly: collaborations, efforts, drafts and others."""

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing
from services.ticketing.storage.worded_rows import seal_words
from services.ticketing.storage.worded_tables import WORDED


def seal_some_words(session: Session, keys: KeyRing, limit: int) -> int:
    """Up to `limit` rows of each table that nobody else has locked; returns how many."""
    return sum(_seal(session, keys, table, limit) for table in WORDED)


def _seal(session: Session, keys: KeyRing, table: Table, limit: int) -> int:
    [key] = table.primary_key.columns
    # Answered by the index of plain rows: where there are none, nothing is read.
    plain = select(key, table.c.words).where(table.c.sealed.is_(None))
    rows = session.execute(plain.limit(limit).with_for_update(key_share=True, skip_locked=True))
    found = rows.all()
    for row_key, words in found:
        sealed = seal_words(keys, table.name, row_key, words or {})
        session.execute(update(table).where(key == row_key).values(words=None, sealed=sealed))
    return len(found)
