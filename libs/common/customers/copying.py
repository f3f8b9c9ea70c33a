"""Keeps the copy: of two states of a customer the one with the higher version holds."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.contracts.envelope import Event

_COLUMNS = ("customer_id", "version", "tier", "region_id", "language")
_NAMES = ", ".join(_COLUMNS)
_CHANGES = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
_KEEP = text(
    f"INSERT INTO customer_copies ({_NAMES}) SELECT {_NAMES} "
    "FROM json_populate_recordset(NULL::customer_copies, CAST(:rows AS json)) "
    f"ON CONFLICT (customer_id) DO UPDATE SET {_CHANGES} "
    "WHERE customer_copies.version < excluded.version"
)


def keep_customers(session: Session, events: Iterable[Event]) -> None:
    """Copy what customer events tell, in any order and however often, by one statement."""
    newest: dict[UUID, Mapping[str, Any]] = {}
    for state in (event.data for event in events):
        known = newest.get(state["customer_id"])
        if known is None or known["version"] < state["version"]:
            newest[state["customer_id"]] = state
    # In one order, so that replicas wait for one another and do not deadlock.
    rows = [{name: newest[key].get(name) for name in _COLUMNS} for key in sorted(newest)]
    if rows:
        session.execute(_KEEP, {"rows": orjson.dumps(rows).decode()})
