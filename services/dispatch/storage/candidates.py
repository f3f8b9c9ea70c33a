"""Reads who may get tickets of some groups, and whether they are there, in two statements."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.calendars import Calendar, parse_weekly
from libs.common.directory.finders import find_groups
from services.dispatch.domain.candidates import Candidate, languages_of, reasons_of
from services.dispatch.domain.choosing import Board, Pool
from services.dispatch.domain.settings import Settings

_PEOPLE = (
    "SELECT p.person_id, p.name, p.language, p.group_ids, a.capacity, a.seniority, a.languages, "
    "coalesce(a.is_automatic, true) AS is_automatic, a.shift_id, presence.state, "
    "presence.heartbeat_at, l.load, l.active, l.grabbed, l.last_assigned_at, "
    # Asked once, not for each person.
    "p.person_id IN (SELECT person_id FROM leaves WHERE starts_at <= :now AND ends_at > :now) "
    "AS is_on_leave, "
    "(SELECT json_object_agg(s.skill_id, s.level) FROM agent_skills s JOIN skills k "
    "ON k.skill_id = s.skill_id AND k.is_active WHERE s.person_id = p.person_id) AS skills "
    "FROM directory_people p LEFT JOIN agents a ON a.person_id = p.person_id "
    "LEFT JOIN presence ON presence.person_id = p.person_id "
    "LEFT JOIN loads l ON l.person_id = p.person_id WHERE p.is_active AND "
)
_OF_GROUPS = text(_PEOPLE + "p.group_ids && CAST(:ids AS uuid[]) ORDER BY p.name, p.person_id")
_OF_IDS = text(_PEOPLE + "p.person_id = ANY(:ids)")
_SHIFTS = text("SELECT shift_id, zone, weekly FROM shifts")


def load_board(
    session: Session, group_ids: Collection[UUID], now: datetime, settings: Settings
) -> Board:
    """The groups with their names and people, ready to choose from."""
    names = {one.group_id: one.name for one in find_groups(session, group_ids).values()}
    found = load_candidates(session, group_ids, now, settings)
    pools = {
        group_id: Pool.of(names.get(group_id, ""), people) for group_id, people in found.items()
    }
    return Board(pools, critical_excess=settings.critical_excess, now=now)


def load_candidates(
    session: Session, group_ids: Collection[UUID], now: datetime, settings: Settings
) -> dict[UUID, list[Candidate]]:
    """The active members of each group; who is in several is one object in all of them."""
    found: dict[UUID, list[Candidate]] = {group_id: [] for group_id in group_ids}
    rows = session.execute(_OF_GROUPS, {"ids": list(group_ids), "now": now}).all()
    for row, candidate in zip(rows, _candidates(session, rows, now, settings), strict=True):
        for group_id in row.group_ids:
            if group_id in found:
                found[group_id].append(candidate)
    return found


def load_people(
    session: Session, person_ids: Collection[UUID], now: datetime, settings: Settings
) -> dict[UUID, Candidate]:
    """Those of these people who are active, in whatever group."""
    rows = session.execute(_OF_IDS, {"ids": list(person_ids), "now": now}).all()
    return {one.person_id: one for one in _candidates(session, rows, now, settings)}


def _candidates(
    session: Session, rows: Iterable[Any], now: datetime, settings: Settings
) -> list[Candidate]:
    rows = list(rows)
    on_shift = _open_shifts(session, now) if any(row.shift_id for row in rows) else {}
    return [_candidate(row, on_shift, now, settings) for row in rows]


def _candidate(
    row: Any, on_shift: Mapping[UUID, bool], now: datetime, settings: Settings
) -> Candidate:
    return Candidate(
        person_id=row.person_id,
        name=row.name,
        capacity=settings.default_capacity if row.capacity is None else row.capacity,
        load=row.load or 0,
        active=row.active or 0,
        grabbed=row.grabbed or 0,
        seniority=row.seniority or 0,
        languages=languages_of(row.languages, row.language),
        skills={UUID(key): level for key, level in row.skills.items()} if row.skills else {},
        last_assigned_at=row.last_assigned_at,
        reasons=reasons_of(
            state=row.state,
            heartbeat_at=row.heartbeat_at,
            heartbeat_seconds=settings.heartbeat_seconds,
            now=now,
            is_in_shift=row.shift_id is None or on_shift.get(row.shift_id, True),
            is_on_leave=row.is_on_leave,
            is_automatic=row.is_automatic,
        ),
    )


def _open_shifts(session: Session, now: datetime) -> dict[UUID, bool]:
    return {
        row.shift_id: _calendar(row.zone, orjson.dumps(row.weekly)).is_open(now)
        for row in session.execute(_SHIFTS)
    }


@lru_cache(maxsize=200)
def _calendar(zone: str, weekly: bytes) -> Calendar:
    return Calendar(ZoneInfo(zone), parse_weekly(orjson.loads(weekly)))


def quota_of(session: Session, person_id: UUID, settings: Settings) -> int:
    """How many grabbed tickets somebody may have at a time."""
    own = session.scalar(
        text("SELECT grab_quota FROM agents WHERE person_id = :person_id"),
        {"person_id": person_id},
    )
    return settings.grab_quota if own is None else own
