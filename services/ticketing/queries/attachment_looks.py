"""Adds to the attachments of entries what has been found out about them since."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.scanning import CLEAN, open_scanner
from services.ticketing.storage.attachment_looks import looks_of

WAITING = "waiting"


def with_looks(session: Session, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries as they are shown, their attachments with `safety` and `has_thumbnail`.

    `safety`: clean, harmful, unscannable, waiting for the scanner, or None where there is none.
    """
    ids = {UUID(file["attachment_id"]) for entry in entries for file in entry["attachments"]}
    if not ids:
        return list(entries)
    looks, unseen = looks_of(session, ids), WAITING if open_scanner() else None

    def look(file: dict[str, Any]) -> dict[str, Any]:
        known = looks.get(UUID(file["attachment_id"]))
        safety = known.scan_state if known is not None and known.scan_state else unseen
        is_shown = safety in (CLEAN, None)
        made = known is not None and known.thumbnail_state == "made"
        return {**file, "safety": safety, "has_thumbnail": made and is_shown}

    return [
        {**entry, "attachments": [look(file) for file in entry["attachments"]]} for entry in entries
    ]
