"""What verifications have found: kept for those who look at the log."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gateway.audit.checking import Tally
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7

_NOTE = text(
    "INSERT INTO audit_verifications (verification_id, verified_at, first_seal, last_seal, "
    "entries, problems) VALUES (:id, :now, :first, :last, :entries, :problems)"
)
_LATEST = text(
    "SELECT verified_at, first_seal, last_seal, entries, problems FROM audit_verifications "
    "ORDER BY verified_at DESC LIMIT 1"
)


def note_verification(database: Database, tally: Tally, problems: int, now: datetime) -> None:
    """Keep the result."""
    with database.begin() as uow:
        found = {"id": uuid7(), "now": now, "first": tally.first_seal, "last": tally.last_seal}
        uow.session.execute(_NOTE, {**found, "entries": tally.entries, "problems": problems})
        uow.commit()


def latest_verification(session: Session) -> dict[str, Any] | None:
    """The newest result."""
    found = session.execute(_LATEST).mappings().one_or_none()
    return dict(found) if found else None
