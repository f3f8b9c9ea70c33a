"""What is set for a person: capacity, skills, languages, shift, quota."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.dispatch.storage import configuration as stored
from services.dispatch.storage.members import find_member
from services.dispatch.storage.tables import agents, shifts
from services.dispatch.storage.wakes import wake_people
from services.dispatch.use_cases.configuration.change import Change, changed
from services.dispatch.use_cases.configuration.fields import (
    Field,
    Refusals,
    flag,
    identity,
    language,
    many,
    optional,
    read_fields,
    whole,
    words,
)
from services.dispatch.use_cases.configuration.skill_levels import skill_levels
from services.dispatch.use_cases.configuration.versions import demand_version

MOST_CAPACITY = 1000

_FIELDS: dict[str, Field] = {
    "capacity": optional(whole(0, MOST_CAPACITY)),
    "seniority": whole(0, 5),
    "languages": many(language, 20),
    "shift_id": optional(identity),
    "grab_quota": optional(whole(0, MOST_CAPACITY)),
    "is_automatic": flag,
    "note": words(2000),
}


def edit_agent(
    uow: UnitOfWork, *, person_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> Change:
    """Set some of it; None gives the installation's default back. Version 0: nothing is set yet.

    Raises NotFound for somebody who is not of the staff, InvalidInput naming unknown skills and
    shifts, Stale.
    """
    demand_member(uow.session, person_id)
    stored.take_turn(uow.session)
    levels = skill_levels(stored.list_skills(uow.session))
    read = read_fields(changes, {**_FIELDS, "skills": levels})
    before = stored.find_row(uow.session, agents, person_id)
    demand_version(version, before.version if before else 0)
    _demand_shift(uow.session, read.get("shift_id"))
    told = _replace_skills(uow.session, person_id, read.pop("skills", None))
    if "note" in read:
        read["note"] = read["note"] or ""
    before = before or stored.save_agent(uow.session, person_id, {"version": 0})
    after = stored.save_agent(uow.session, person_id, read)
    wake_people(uow.session, [person_id])
    return changed(before, after, **told)


def demand_member(session: Session, person_id: UUID) -> str:
    """The name of a person who may be given work; raises NotFound."""
    name = find_member(session, person_id)
    if name is None:
        raise NotFound("agent.unknown", "there is no such person among the active staff")
    return name


def _demand_shift(session: Session, shift_id: UUID | None) -> None:
    refusals = Refusals()
    if shift_id is not None and stored.find_row(session, shifts, shift_id) is None:
        refusals.add("shift_id", "is not known")
    refusals.demand("shift.unknown")


def _replace_skills(
    session: Session, person_id: UUID, wanted: list[dict[str, Any]] | None
) -> dict[str, tuple[Any, Any]]:
    """What the operation log is told of it."""
    if wanted is None:
        return {}
    before = _levels(stored.skills_of(session, [person_id]))
    levels = {UUID(one["skill_id"]): one["level"] for one in wanted}
    stored.replace_skills(session, person_id, levels)
    return {"skills": (before, _levels(stored.skills_of(session, [person_id])))}


def _levels(rows: list[Row[Any]]) -> dict[str, int]:
    return {row.key: row.level for row in rows}
