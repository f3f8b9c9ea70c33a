"""Rules and texts as staff keep them, and what people wish; rows in JSON's types where shown."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

Columns = Mapping[str, Any]

_JSON = {"recipients", "condition", "provider_params"}
_CASTS = {
    "endpoint_ids": "uuid[]",
    "quiet_days": "smallint[]",
    "quiet_from": "time",
    "quiet_until": "time",
}


def list_rows(session: Session, table: str, order: str) -> Sequence[Row[Any]]:
    """All; there are some hundreds at most."""
    return session.execute(text(f"SELECT * FROM {table} ORDER BY {order}")).all()


def find_row(session: Session, table: str, key: str, value: UUID) -> Row[Any] | None:
    """To be changed in this transaction."""
    statement = text(f"SELECT * FROM {table} WHERE {key} = :value FOR UPDATE")
    return session.execute(statement, {"value": value}).one_or_none()


def count_rows(session: Session, table: str) -> int:
    return session.scalar(text(f"SELECT count(*) FROM {table}")) or 0


def add_row(session: Session, table: str, values: Columns) -> Row[Any]:
    names = ", ".join(values)
    marks = ", ".join(_mark(table, name) for name in values)
    statement = text(f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING *")
    return session.execute(statement, _bound(table, values)).one()


def change_row(session: Session, table: str, key: str, value: UUID, values: Columns) -> Row[Any]:
    """Raises its version."""
    changes = ", ".join(f"{name} = {_mark(table, name)}" for name in values)
    statement = text(
        f"UPDATE {table} SET {changes}, version = version + 1, updated_at = now() "
        f"WHERE {key} = :_key RETURNING *"
    )
    return session.execute(statement, {**_bound(table, values), "_key": value}).one()


def remove_row(session: Session, table: str, key: str, value: UUID) -> None:
    session.execute(text(f"DELETE FROM {table} WHERE {key} = :value"), {"value": value})


def place_rules(session: Session, rule_ids: Sequence[UUID]) -> None:
    """Give each its place; a rule's version does not count its places."""
    session.execute(
        text(
            "UPDATE rules SET position = given.place FROM unnest(CAST(:ids AS uuid[])) "
            "WITH ORDINALITY AS given (rule_id, place) WHERE rules.rule_id = given.rule_id"
        ),
        {"ids": [str(one) for one in rule_ids]},
    )


def last_position(session: Session) -> int:
    return session.scalar(text("SELECT coalesce(max(position), 0) FROM rules")) or 0


def occasion_of_key(session: Session, key: str) -> str | None:
    """Of which occasion the texts of a key are; None if there are none."""
    found = text("SELECT occasion FROM templates WHERE key = :key LIMIT 1")
    occasion: str | None = session.scalar(found, {"key": key})
    return occasion


def find_preference(session: Session, kind: str, subject_id: UUID) -> Row[Any] | None:
    statement = text(
        "SELECT * FROM preferences WHERE subject_kind = :kind AND subject_id = :subject_id"
    )
    return session.execute(statement, {"kind": kind, "subject_id": subject_id}).one_or_none()


def keep_preference(session: Session, kind: str, subject_id: UUID, values: Columns) -> Row[Any]:
    """Written anew, or for the first time."""
    named = {"subject_kind": kind, "subject_id": subject_id, **values}
    marks = ", ".join(_mark("preferences", name) for name in named)
    changes = ", ".join(f"{name} = excluded.{name}" for name in values)
    statement = text(
        f"INSERT INTO preferences ({', '.join(named)}) VALUES ({marks}) "
        f"ON CONFLICT (subject_kind, subject_id) DO UPDATE SET {changes}, "
        "version = preferences.version + 1, updated_at = now() RETURNING *"
    )
    return session.execute(statement, _bound("preferences", named)).one()


def _is_json(table: str, name: str) -> bool:
    return name in _JSON or (table == "preferences" and name == "channels")


def _mark(table: str, name: str) -> str:
    if _is_json(table, name):
        return f"CAST(:{name} AS jsonb)"
    return f"CAST(:{name} AS {_CASTS[name]})" if name in _CASTS else f":{name}"


def _bound(table: str, values: Columns) -> dict[str, Any]:
    bound = dict(values)
    for name, value in values.items():
        if _is_json(table, name):
            bound[name] = orjson.dumps(value).decode()
        elif name == "endpoint_ids":
            bound[name] = [str(one) for one in value]
    return bound
