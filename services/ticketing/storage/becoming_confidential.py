"""Seals what a ticket holds when it becomes confidential, in the transaction that makes it so."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing
from services.ticketing.storage.plain_texts import write_entries
from services.ticketing.storage.sealed_texts import (
    OPEN_MEMBERS,
    entry_context,
    seal_entry,
    sealing_keys,
)
from services.ticketing.storage.worded_rows import seal_words
from services.ticketing.storage.worded_tables import WORDED

_BATCH = 500
_OPEN = ", ".join(f"'{name}'" for name in OPEN_MEMBERS)
# Sealed ones, too, of which more than the words has to go.
_READABLE = text(
    "SELECT entry_id, created_at, ticket_id, text, html, event, sealed FROM timeline_entries "
    "WHERE ticket_id = :ticket_id AND created_at >= :since AND (text IS NOT NULL "
    f"OR html IS NOT NULL OR event - ARRAY[{_OPEN}] <> '{{}}'::jsonb) "
    "ORDER BY seq LIMIT :limit FOR NO KEY UPDATE"
)


def seal_what_was(session: Session, ticket_id: UUID, since: datetime) -> None:
    """Entries, and the words of rows beside them; `since`: when the ticket began.

    The caller has locked the ticket. Raises Undecryptable for what no key opens: sealed again, it
    would be lost.
    """
    keys = sealing_keys(session, is_confidential=True)
    assert keys is not None
    wanted = {"ticket_id": ticket_id, "since": since, "limit": _BATCH}
    while found := session.execute(_READABLE, wanted).mappings().all():
        rows = [_opened(keys, dict(row)) for row in found]
        write_entries(session, [seal_entry(keys, row, is_confidential=True) for row in rows])
    for table in WORDED:
        [key] = table.primary_key.columns
        plain = select(key, table.c.words).where(
            table.c.ticket_id == ticket_id, table.c.sealed.is_(None)
        )
        for row_key, words in session.execute(plain.with_for_update(key_share=True)).all():
            sealed = seal_words(keys, table.name, row_key, words or {})
            session.execute(update(table).where(key == row_key).values(words=None, sealed=sealed))


def _opened(keys: KeyRing, row: dict[str, Any]) -> dict[str, Any]:
    sealed = row.pop("sealed")
    if sealed is None:
        return row
    words = orjson.loads(keys.decrypt(sealed, entry_context(row["entry_id"])))
    event = row["event"] and {**row["event"], **words.get("event", {})}
    return row | {"text": words.get("text"), "html": words.get("html"), "event": event}
