"""Reads a rule: what it must say, and what it may refer to."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.conditions import parse_condition
from libs.common.directory.known_things import KnownThings
from services.dispatch.domain.rules import GRAB, PUSH
from services.dispatch.domain.strategies import STRATEGIES
from services.dispatch.storage import configuration as stored
from services.dispatch.use_cases.configuration.fields import (
    Field,
    Refusals,
    choice,
    demand_fields,
    flag,
    identity,
    line,
    many,
    optional,
    read_fields,
    whole,
)
from services.dispatch.use_cases.configuration.skill_levels import skill_levels

_MOST_GROUPS = 10
_HALF_MINUTE, _DAY = 30, 86_400

_DEFAULTS: Mapping[str, Any] = {
    "is_active": True,
    "condition": {},
    "mode": PUSH,
    "strategy": "least_loaded",
    "is_sticky": False,
    "matches_language": False,
    "required_skills": [],
    "preferred_skills": [],
    "overflow_group_ids": [],
    "grab_seconds": None,
}


def read_rule(session: Session, values: Mapping[str, Any], *, where: str = "") -> dict[str, Any]:
    """The rule as it is kept; what is left out is as usual. `where` stands before fields' names.

    Raises InvalidInput naming all that is wrong: unknown groups, skills and fields, conditions
    that never hold, a group that overflows into itself.
    """
    demand_fields(values, "name", "group_id", where=where)
    read = read_fields({**_DEFAULTS, **values}, _fields(session), where=where)
    refusals, prefix = Refusals(), f"{where}." if where else ""
    _check_overflow(refusals, read, prefix)
    if read["grab_seconds"] is not None and read["mode"] != GRAB:
        refusals.add(f"{prefix}grab_seconds", "is for the mode grab only")
    refusals.demand()
    return read


def _fields(session: Session) -> dict[str, Field]:
    known, levels = KnownThings(session), skill_levels(stored.list_skills(session))
    group = _group(known)
    return {
        "name": line(100),
        "is_active": flag,
        "condition": lambda where, raw: parse_condition(raw, where=where, known=known).as_json(),
        "group_id": group,
        "mode": choice(PUSH, GRAB),
        "strategy": choice(*STRATEGIES),
        "is_sticky": flag,
        "matches_language": flag,
        "required_skills": levels,
        "preferred_skills": levels,
        "overflow_group_ids": many(group, _MOST_GROUPS),
        "grab_seconds": optional(whole(_HALF_MINUTE, _DAY)),
    }


def _group(known: KnownThings) -> Field:
    def read(where: str, value: Any) -> UUID:
        found = identity(where, value)
        refusals = Refusals()
        if not known.has("groups", str(found)):
            refusals.add(where, "is no group in use")
        refusals.demand("group.unknown")
        return found

    return read


def _check_overflow(refusals: Refusals, read: Mapping[str, Any], prefix: str) -> None:
    for place, group_id in enumerate(read["overflow_group_ids"]):
        if group_id == read["group_id"]:
            where = f"{prefix}overflow_group_ids[{place}]"
            refusals.add(where, "a group does not overflow into itself")
