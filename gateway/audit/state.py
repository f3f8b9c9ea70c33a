"""How far the log is sealed, for those who look at it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from gateway.audit.sealer import last_seal
from gateway.audit.verifications import latest_verification

_UNSEALED = text(
    "SELECT count(*), min(occurred_at) FROM "
    "(SELECT occurred_at FROM audit_tail ORDER BY occurred_at LIMIT 1000) oldest"
)


def seal_state(session: Session) -> dict[str, Any]:
    """The shape of REST."""
    seal = last_seal(session.connection())
    unsealed, oldest = session.execute(_UNSEALED).one()
    shown = None
    if seal is not None:
        shown = {
            "number": seal.number,
            "last_position": seal.last_position,
            "sealed_at": datetime.fromtimestamp(0, UTC) + timedelta(microseconds=seal.sealed_at),
            "key_id": seal.key_id,
        }
    return {
        "last_seal": shown,
        "unsealed": unsealed,
        "oldest_unsealed_at": oldest,
        "last_verification": latest_verification(session),
    }
