"""People as dispatch knows them: what is set for them, whether they are there, what they have."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.directory.finders import names_of
from libs.common.directory.tables import GROUPS
from libs.common.errors import NotFound, field_error
from services.dispatch.domain.candidates import Candidate
from services.dispatch.queries.people import show_standing
from services.dispatch.queries.shapes import Json, show_group, show_instant, show_leave
from services.dispatch.storage import configuration as stored
from services.dispatch.storage.candidates import load_people
from services.dispatch.storage.rule_book import load_settings

MOST = 100
_LONGEST_SEARCH = 100

_AGENTS = (
    "SELECT p.person_id, p.name, p.login, p.group_ids, a.capacity, a.languages, a.grab_quota, "
    "coalesce(a.seniority, 0) AS seniority, coalesce(a.is_automatic, true) AS is_automatic, "
    "coalesce(a.note, '') AS note, coalesce(a.version, 0) AS version, "
    "s.shift_id, s.name AS shift_name, presence.since "
    "FROM directory_people p LEFT JOIN agents a USING (person_id) "
    "LEFT JOIN shifts s ON s.shift_id = a.shift_id "
    "LEFT JOIN presence ON presence.person_id = p.person_id "
    "WHERE p.is_active AND p.kind = 'staff' "
)
_ONE = text(_AGENTS + "AND p.person_id = :person_id")
_SEARCHED = (
    r"AND (p.name ILIKE '%' || :words || '%' ESCAPE '\' "
    r"OR p.login ILIKE '%' || :words || '%' ESCAPE '\') "
)
_IN_GROUP = "AND p.group_ids @> CAST(:groups AS uuid[]) "
_AFTER = "AND (p.name, p.person_id) > (:name, :person_id) "
_ORDER = "ORDER BY p.name, p.person_id LIMIT :limit"


def list_agents(
    session: Session,
    now: datetime,
    *,
    q: str | None,
    group_id: UUID | None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """Active staff by name: {items, next_cursor}; `q` is part of a name or login."""
    statement = _AGENTS
    wanted: dict[str, Any] = {"limit": limit + 1}
    if q:
        statement += _SEARCHED
        wanted |= {"words": _escaped(q)}
    if group_id:
        statement += _IN_GROUP
        wanted |= {"groups": [group_id]}
    if cursor:
        statement += _AFTER
        wanted |= dict(zip(("name", "person_id"), decode_cursor(cursor, 2, str, UUID), strict=True))
    rows = session.execute(text(statement + _ORDER), wanted).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": _shown(session, rows[:limit], now),
        "next_cursor": encode_cursor([last.name, last.person_id]) if last else None,
    }


def get_agent(session: Session, person_id: UUID, now: datetime) -> Json:
    """One of them; raises NotFound."""
    rows = session.execute(_ONE, {"person_id": person_id}).all()
    if not rows:
        raise NotFound("agent.unknown", "there is no such person among the active staff")
    [shown] = _shown(session, rows, now)
    return shown


def _escaped(q: str) -> str:
    if len(q) > _LONGEST_SEARCH:
        raise field_error("q", f"must have at most {_LONGEST_SEARCH} characters", "filter.invalid")
    return q.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _shown(session: Session, rows: Sequence[Row[Any]], now: datetime) -> list[Json]:
    ids = [row.person_id for row in rows]
    settings = load_settings(session)
    people = load_people(session, ids, now, settings)
    skills = _by_person(stored.skills_of(session, ids))
    leaves = _by_person(stored.leaves_of(session, ids, now))
    names = names_of(session, GROUPS, {one for row in rows for one in row.group_ids})
    return [
        _show(row, people[row.person_id], names)
        | {
            "default_capacity": settings.default_capacity,
            "skills": [_show_skill(one) for one in skills[row.person_id]],
            "leaves": [show_leave(one) for one in leaves[row.person_id]],
        }
        for row in rows
    ]


def _by_person(rows: Iterable[Row[Any]]) -> dict[UUID, list[Row[Any]]]:
    found: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return found


def _show(row: Row[Any], person: Candidate, names: dict[UUID, str]) -> Json:
    standing = show_standing(person)
    shift = row.shift_id and {"shift_id": str(row.shift_id), "name": row.shift_name}
    return {
        "person_id": str(row.person_id),
        "name": row.name,
        "login": row.login,
        "groups": [show_group(one, names) for one in row.group_ids if one in names],
        "capacity": row.capacity,
        "seniority": row.seniority,
        "languages": list(row.languages or ()),
        "shift": shift,
        "grab_quota": row.grab_quota,
        "is_automatic": row.is_automatic,
        "note": row.note,
        "presence": {
            "state": standing["state"],
            "since": show_instant(row.since),
            "is_available": standing["is_available"],
            "reasons": standing["reasons"],
        },
        "load": standing["load"],
        "active": standing["active"],
        "grabbed": standing["grabbed"],
        "version": row.version,
    }


def _show_skill(row: Row[Any]) -> Json:
    return {
        "skill_id": str(row.skill_id),
        "key": row.key,
        "name": row.name,
        "level": row.level,
    }
