"""Keeps the copy: of two states of a thing the one with the higher version holds."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from libs.common.contracts.envelope import Event
from libs.common.directory.tables import KIND_OF, Kind

_KIND_OF_TYPE = {schema.type: kind for schema, kind in KIND_OF.items()}


def keep_directory(session: Session, events: Iterable[Event]) -> None:
    """Copy what directory events tell, in any order and however often; one statement a kind."""
    by_kind: dict[Kind, list[Mapping[str, Any]]] = {}
    for event in events:
        by_kind.setdefault(_KIND_OF_TYPE[event.type], []).append(event.data)
    # Kinds and keys in one order, so that replicas wait for one another and do not deadlock.
    for kind in sorted(by_kind, key=lambda kind: kind.table):
        states = _newest(kind, by_kind[kind])
        rows = [{name: state.get(name) for name in kind.columns} for state in states]
        session.execute(_keep(kind), {"rows": orjson.dumps(rows).decode()})


def _newest(kind: Kind, states: Iterable[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    last: dict[Any, Mapping[str, Any]] = {}
    for state in states:
        known = last.get(state[kind.key])
        if known is None or known["version"] < state["version"]:
            last[state[kind.key]] = state
    return [last[key] for key in sorted(last)]


@cache
def _keep(kind: Kind) -> TextClause:
    names = ", ".join(kind.columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in kind.columns[1:])
    return text(
        f"INSERT INTO {kind.table} ({names}) SELECT {names} "
        f"FROM json_populate_recordset(NULL::{kind.table}, CAST(:rows AS json)) "
        f"ON CONFLICT ({kind.key}) DO UPDATE SET {changes} "
        f"WHERE {kind.table}.version < excluded.version"
    )
