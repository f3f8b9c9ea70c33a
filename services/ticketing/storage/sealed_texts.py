"""What people wrote, at rest: as it is or sealed, with TICKET_BODIES=sealed or where confidential.

Readers open whichever form a row has, so that the option can be changed at any time. Subject,
customer's name and number are never sealed: lists and search need them.
"""

import logging
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, Undecryptable, field_context
from libs.common.errors import Unavailable

_log = logging.getLogger(__name__)

# The members of events that people write.
_SPOKEN = ("note", "reason")
# Those of confidential tickets that stay readable: what queries ask for.
OPEN_MEMBERS = ("type", "notify_customer")

Json = dict[str, Any]


def sealing_keys(session: Session, *, is_confidential: bool = False) -> KeyRing | None:
    """The keys with which this session seals what it writes; None if it writes plainly.

    Raises Unavailable where something confidential is to be written and there are none.
    """
    keys = known_keys(session)
    if is_confidential and keys is None:
        raise Unavailable("ticket.keys_missing", "confidential tickets need FIELD_KEYS")
    return keys if is_confidential or session.info.get("seals_texts") else None


def known_keys(session: Session) -> KeyRing | None:
    """The keys of this process, whatever the option says; None if it has none."""
    keys: KeyRing | None = session.info.get("keys")
    return keys


def entry_context(entry_id: UUID) -> str:
    """What the sealed texts of an entry are bound to."""
    return field_context("timeline_entries", "sealed", entry_id)


def solution_context(ticket_id: UUID) -> str:
    """What the sealed solution of a ticket is bound to."""
    return field_context("tickets", "sealed_solution", ticket_id)


def fields_context(ticket_id: UUID) -> str:
    """What the confidential fields of a ticket are bound to."""
    return field_context("tickets", "sealed_fields", ticket_id)


def seal_entry(keys: KeyRing, row: Json, *, is_confidential: bool = False) -> Json:
    """The row of an entry with its texts in `sealed` alone, in the form that JSON takes.

    Of a confidential ticket nothing is left of an event but what it is.
    """
    event = row["event"] or {}
    words = {name: row[name] for name in ("text", "html") if row[name] is not None}
    if is_confidential:
        spoken = {name: value for name, value in event.items() if name not in OPEN_MEMBERS}
    else:
        spoken = {name: event[name] for name in _SPOKEN if event.get(name) is not None}
    if not words and not spoken:
        return row
    sealed = keys.encrypt(orjson.dumps({**words, "event": spoken}), entry_context(row["entry_id"]))
    rest = {name: value for name, value in event.items() if name not in spoken}
    changed = {"text": None, "html": None, "event": rest or None, "sealed": f"\\x{sealed.hex()}"}
    return {**row, **changed}


def open_entry(session: Session, row: Any) -> Json:
    """What the row of an entry keeps sealed: its text, html and event; nothing if it is plain."""
    if row.sealed is None:
        return {}
    opened = _open(session, row.sealed, entry_context(row.entry_id))
    words = orjson.loads(opened) if opened else {}
    event = row.event and {**row.event, **words.get("event", {})}
    return {"text": words.get("text"), "html": words.get("html"), "event": event}


def seal_solution(keys: KeyRing, row: Json) -> Json:
    """The row of a ticket with its solution sealed, in the form that JSON takes."""
    if row["solution"] is None:
        return row
    sealed = keys.encrypt_text(row["solution"], solution_context(row["ticket_id"]))
    return {**row, "solution": None, "sealed_solution": f"\\x{sealed.hex()}"}


def open_solution(session: Session, row: Any) -> Json:
    """The solution that the row of a ticket keeps sealed; nothing if it is plain or missing."""
    if row.sealed_solution is None:
        return {}
    opened = _open(session, row.sealed_solution, solution_context(row.ticket_id))
    return {"solution": opened and opened.decode()}


def seal_fields(keys: KeyRing, ticket_id: UUID, secret: Json) -> bytes | None:
    """The confidential fields of a ticket; None where there are none."""
    return keys.encrypt(orjson.dumps(secret), fields_context(ticket_id)) if secret else None


def open_fields(session: Session, row: Any) -> Json | None:
    """The fields that the row of a ticket keeps sealed; None if no key opens them."""
    if row.sealed_fields is None:
        return {}
    opened = _open(session, row.sealed_fields, fields_context(row.ticket_id))
    return orjson.loads(opened) if opened else None


def _open(session: Session, sealed: bytes, context: str) -> bytes | None:
    """A text that no key opens must not hide the rest of the ticket."""
    keys = known_keys(session)
    try:
        if keys is None:
            raise Undecryptable("a sealed text, and no keys")
        return keys.decrypt(sealed, context)
    except Undecryptable:
        _log.exception("a text cannot be read: %s", context)
        return None


def open_bytes(session: Session, sealed: bytes, context: str) -> bytes | None:
    """What another table keeps sealed; None if no key opens it."""
    return _open(session, sealed, context)
