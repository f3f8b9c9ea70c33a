"""Customers' tiers through time: a ticket's is the one that held when it was created."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.database.rows import put_rows

_NAMES = ("customer_id", "version", "told_at", "tier")
_LOAD = text(
    "SELECT customer_id, told_at, tier FROM customer_states WHERE customer_id = ANY(:ids) "
    "ORDER BY customer_id, version"
)
_LOCKS = text(
    "SELECT pg_advisory_xact_lock(:space, hashtext(key)) FROM ("
    "SELECT DISTINCT unnest(CAST(:ids AS text[])) AS key ORDER BY 1) AS named"
)
_SHARED = text(
    "SELECT pg_advisory_xact_lock_shared(:space, hashtext(key)) FROM ("
    "SELECT DISTINCT unnest(CAST(:ids AS text[])) AS key ORDER BY 1) AS named"
)
_SPACE = 0x7C05


@dataclass(frozen=True)
class Tiers:
    """One customer's tiers as (from when they were told, tier), by version."""

    told: tuple[tuple[datetime, str | None], ...]

    def at(self, created_at: datetime) -> str | None:
        """The newest that was told by then; if none was, the first."""
        found = [tier for told_at, tier in self.told if told_at <= created_at]
        return found[-1] if found else self.told[0][1]


def guard_customers(session: Session, ids: Collection[UUID], *, is_edit: bool = False) -> None:
    """Tickets and tiers of a customer that arrive at once are made one after the other."""
    if ids:
        locks = _LOCKS if is_edit else _SHARED
        session.execute(locks, {"space": _SPACE, "ids": [str(one) for one in ids]})


def keep_states(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep what was told of customers, in any order and however often."""
    given = sorted(rows, key=lambda row: (row["customer_id"], row["version"]))
    put_rows(session, "customer_states", _NAMES, given, "ON CONFLICT DO NOTHING")


def load_tiers(session: Session, ids: Collection[UUID]) -> dict[UUID, Tiers]:
    """Of those of the customers that are known."""
    found: dict[UUID, list[tuple[datetime, str | None]]] = defaultdict(list)
    if ids:
        for row in session.execute(_LOAD, {"ids": list(ids)}):
            found[row.customer_id].append((row.told_at, row.tier))
    return {key: Tiers(tuple(told)) for key, told in found.items()}
