"""Gives actions whose outcome nobody has told the outcome "unknown", so that they are seen."""

from datetime import timedelta

from sqlalchemy import text

from gateway.audit.entry import FIELDS
from libs.common.database.unit_of_work import Database

# Longer than any request takes; should an outcome come later, it stands beside this one.
PATIENCE = timedelta(minutes=10)
# Clocks differ, and entries are committed after their instant: looked at twice.
_OVERLAP = timedelta(minutes=2)

_OWN = ("entry_id", "phase", "occurred_at", "outcome")
_KEPT = ", ".join(name for name in FIELDS if name not in _OWN)
_SPAN = (
    "phase = 'intent' AND occurred_at > (SELECT settled_until - :overlap FROM audit_state)"
    " AND occurred_at <= now() - :patience"
)
_NO_OUTCOME = (
    "NOT EXISTS (SELECT 1 FROM {} o WHERE o.action_id = i.action_id AND o.phase = 'outcome')"
)

_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('gateway.audit.settling'))")
_SETTLE = text(
    f"INSERT INTO audit_tail (entry_id, phase, occurred_at, outcome, {_KEPT}) "
    f"SELECT gen_random_uuid(), 'outcome', now(), 'unknown', {_KEPT} FROM ("
    f"SELECT {_KEPT} FROM audit_tail WHERE {_SPAN} "
    f"UNION ALL SELECT {_KEPT} FROM audit_entries WHERE {_SPAN}) i "
    f"WHERE {_NO_OUTCOME.format('audit_tail')} AND {_NO_OUTCOME.format('audit_entries')}"
)
_ADVANCE = text("UPDATE audit_state SET settled_until = now() - :patience")


def settle_unfinished(database: Database, patience: timedelta = PATIENCE) -> int:
    """How many there were. Nothing while another process does the same."""
    with database.begin(timeout=60) as uow:
        if not uow.session.execute(_LOCK).scalar():
            return 0
        settled = uow.session.execute(_SETTLE, {"overlap": _OVERLAP, "patience": patience})
        uow.session.execute(_ADVANCE, {"patience": patience})
        uow.commit()
    return int(settled.rowcount)  # type: ignore[attr-defined]
