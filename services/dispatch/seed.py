"""Skills, profiles and rules for a first look: `python -m services.dispatch.seed`.

The groups come from the gateway's seed by way of the bus, so it waits for them a while. Where
there are rules already it changes nothing.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import Database, UnitOfWork
from services.dispatch.storage.configuration import find_skill, list_rules, take_turn
from services.dispatch.use_cases.configuration.agents import edit_agent
from services.dispatch.use_cases.configuration.rules import create_rule
from services.dispatch.use_cases.configuration.skills import create_skill

PATIENCE = 30.0  # seconds
_PAUSE = 0.2

AFTER_SALES, SUPPORT = "售后一组", "技术支持组"
_SKILLS = {"vip": "贵宾接待", "hardware": "硬件维修", "network": "网络与登录"}


@dataclass(frozen=True)
class Profile:
    """What is set for somebody of the demo's staff, by login."""

    login: str
    capacity: int | None = None
    seniority: int = 0
    is_automatic: bool = True
    skills: Mapping[str, int] = field(default_factory=dict)


_PROFILES = (
    Profile("CS001", capacity=10, seniority=1, skills={"vip": 2}),
    Profile("CS002", capacity=8, seniority=3, skills={"vip": 4}),
    # Whoever leads gets nothing by itself.
    Profile("CS900", seniority=5, is_automatic=False, skills={"vip": 5}),
    Profile("TS001", capacity=6, seniority=3, skills={"hardware": 4, "network": 3}),
)


@dataclass(frozen=True)
class Places:
    """The demo's groups and people as the copy of the organisation has them."""

    groups: Mapping[str, UUID]
    people: Mapping[str, UUID]

    @property
    def is_complete(self) -> bool:
        """Whether all have arrived."""
        return {AFTER_SALES, SUPPORT} <= self.groups.keys() and all(
            profile.login in self.people for profile in _PROFILES
        )


def seed(database: Database, patience: float = PATIENCE) -> str:
    """Make what is missing; says what has been done."""
    places = _await_places(database, patience)
    if not {AFTER_SALES, SUPPORT} <= places.groups.keys():
        return "no rules: the demo's groups have not arrived"
    with database.begin() as uow:
        take_turn(uow.session)
        if list_rules(uow.session):
            return "rules: unchanged"
        skills = _make_skills(uow)
        _set_profiles(uow, places.people, skills)
        names = [create_rule(uow, values=rule).row.name for rule in _rules(places.groups, skills)]
        uow.commit()
    return f"rules: {'、'.join(names)}"


def _await_places(
    database: Database, patience: float, clock: Callable[[], float] = time.monotonic
) -> Places:
    deadline = clock() + patience
    while True:
        with database.begin(read_only=True) as uow:
            places = _find_places(uow.session)
        if places.is_complete or clock() >= deadline:
            return places
        time.sleep(_PAUSE)


def _find_places(session: Session) -> Places:
    groups = text("SELECT name, group_id FROM directory_groups WHERE is_active AND name = ANY(:n)")
    people = text(
        "SELECT login, person_id FROM directory_people WHERE is_active AND login = ANY(:n)"
    )
    return Places(
        {row[0]: row[1] for row in session.execute(groups, {"n": [AFTER_SALES, SUPPORT]})},
        {row[0]: row[1] for row in session.execute(people, {"n": [p.login for p in _PROFILES]})},
    )


def _make_skills(uow: UnitOfWork) -> dict[str, str]:
    """Ids by key."""
    found = {}
    for key, name in _SKILLS.items():
        row = find_skill(uow.session, key)
        row = row or create_skill(uow, values={"key": key, "name": name}).row
        found[key] = str(row.skill_id)
    return found


def _set_profiles(uow: UnitOfWork, people: Mapping[str, UUID], skills: Mapping[str, str]) -> None:
    for profile in _PROFILES:
        if profile.login in people:
            changes = {
                "capacity": profile.capacity,
                "seniority": profile.seniority,
                "is_automatic": profile.is_automatic,
                "skills": [
                    {"skill_id": skills[key], "level": level}
                    for key, level in profile.skills.items()
                ],
            }
            edit_agent(uow, person_id=people[profile.login], version=None, changes=changes)


def _rules(groups: Mapping[str, UUID], skills: Mapping[str, str]) -> list[dict[str, Any]]:
    """In the order in which they are tried."""
    after_sales, support = str(groups[AFTER_SALES]), str(groups[SUPPORT])
    return [
        {
            "name": "贵宾投诉",
            "condition": {"all": [_is("tier", "vip"), _is("kind", "complaint")]},
            "group_id": after_sales,
            "strategy": "senior_first",
            "preferred_skills": [{"skill_id": skills["vip"], "level": 2}],
        },
        {
            "name": "报修",
            "condition": _is("kind", "repair"),
            "group_id": support,
            "strategy": "skill_match",
            "preferred_skills": [{"skill_id": skills["hardware"], "level": 1}],
            "overflow_group_ids": [after_sales],
        },
        {"name": "特急", "condition": _is("urgency", "critical"), "group_id": after_sales},
        {"name": "其余", "group_id": after_sales, "is_sticky": True},
    ]


def _is(name: str, value: str) -> dict[str, str]:
    return {"field": name, "op": "is", "value": value}


def main() -> None:
    """Seed the installation that the environment names, and say so."""
    with closing(Database.connect("dispatch")) as database:
        print(seed(database))


if __name__ == "__main__":
    main()
