"""Finds entries, sealed or not, the newest first; fast however long the log is.

Every condition of its own has an index that ends with the order of the list. An actor's name or
login is looked up among those the log holds, then entries are found by login.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from gateway.audit.entry import FIELDS
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import NotFound

_COLUMNS = ", ".join(FIELDS)
_ORDER = "ORDER BY occurred_at DESC, entry_id DESC LIMIT :limit"

# Filters that are no plain equality of a column.
_CONDITIONS = {
    "from": "occurred_at >= :from",
    "to": "occurred_at < :to",
    "logins": "lower(actor_login) = wanted.login",
    "after": "(occurred_at, entry_id) < (:after_at, :after_id)",
}
# Of more people at once nobody searches; whoever does gets the first of them.
_MOST_ACTORS = 50
_LOGINS = text(
    "SELECT DISTINCT lower(actor_login) FROM audit_actors "
    "WHERE actor_login ILIKE :pattern OR actor_name ILIKE :pattern ORDER BY 1 LIMIT :most"
)

Filters = Mapping[str, Any]


def search_entries(session: Session, filters: Filters, limit: int, cursor: str | None) -> Any:
    """{items, next_cursor}; raises InvalidInput for a cursor that is none."""
    after = decode_cursor(cursor, 2, datetime, UUID) if cursor else None
    rows = find_rows(session, resolve_actor(session, filters), limit + 1, after)
    shown = rows[:limit]
    more = len(rows) > limit
    next_cursor = encode_cursor(place_of(shown[-1])) if more else None
    return {"items": [present(row) for row in shown], "next_cursor": next_cursor}


def get_entry(session: Session, entry_id: object) -> dict[str, Any]:
    """One entry, with the others of its action; raises NotFound."""
    query = _both(["entry_id = :entry_id"])
    found = session.execute(text(query), {"entry_id": entry_id, "limit": 1}).one_or_none()
    if found is None:
        raise NotFound("audit_entry.unknown", "there is no such entry")
    related = find_rows(session, {"action_id": found.action_id}, 10, None)
    others = [present(row) for row in related if row.entry_id != found.entry_id]
    return {**present(found), "related": others}


def resolve_actor(session: Session, filters: Filters) -> dict[str, Any]:
    """The filters with `actor_text` replaced by the logins that it means."""
    # An index keeps its order for one value only.
    wanted = {
        name: value[0] if isinstance(value, list) and len(value) == 1 else value
        for name, value in filters.items()
        if name != "actor_text"
    }
    if actor_text := filters.get("actor_text"):
        pattern = f"%{_literal(actor_text)}%"
        found = session.execute(_LOGINS, {"pattern": pattern, "most": _MOST_ACTORS}).scalars()
        # What somebody only claimed to be called is in no list of names.
        wanted["logins"] = sorted({actor_text.lower(), *found})
    return wanted


def find_rows(
    session: Session, filters: Filters, limit: int, after: Sequence[Any] | None
) -> Sequence[Row[Any]]:
    """The newest `limit` entries that fit, or those after a place in the list."""
    query, values = statement_of(filters, limit, after)
    return session.execute(text(query), values).all()


def statement_of(
    filters: Filters, limit: int, after: Sequence[Any] | None
) -> tuple[str, dict[str, Any]]:
    """The statement and its values."""
    values: dict[str, Any] = {**filters, "limit": limit}
    conditions = [_condition(name, value) for name, value in filters.items()]
    if after is not None:
        conditions.append(_CONDITIONS["after"])
        values |= {"after_at": after[0], "after_id": after[1]}
    query = _both(conditions)
    if "logins" in filters:
        # One short walk per login instead of one long one.
        query = (
            "SELECT found.* FROM unnest(CAST(:logins AS text[])) AS wanted(login) "
            f"CROSS JOIN LATERAL ({query}) found {_ORDER}"
        )
    return query, values


def place_of(row: Row[Any]) -> tuple[datetime, Any]:
    """Where in the list an entry stands."""
    return row.occurred_at, row.entry_id


def present(row: Row[Any]) -> dict[str, Any]:
    """The shape of REST."""
    shown: dict[str, Any] = dict(row._mapping)
    shown["detail"] = orjson.loads(row.detail) if row.detail else None
    shown["is_sealed"] = row.position is not None
    return shown


def _condition(name: str, value: Any) -> str:
    plain = f"{name} = ANY(:{name})" if isinstance(value, list) else f"{name} = :{name}"
    return _CONDITIONS.get(name, plain)


def _both(conditions: Sequence[str]) -> str:
    """Tail and sealed log in one statement, so that what is being moved is seen once."""
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    tail = f"SELECT {_COLUMNS}, NULL::bigint AS position FROM audit_tail {where} {_ORDER}"
    sealed = f"SELECT {_COLUMNS}, position FROM audit_entries {where} {_ORDER}"
    return f"SELECT * FROM (({tail}) UNION ALL ({sealed})) both_parts {_ORDER}"


def _literal(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
