"""What agents can be good at."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound
from libs.common.ids import uuid7
from services.dispatch.storage import configuration as stored
from services.dispatch.storage.tables import skills
from services.dispatch.use_cases.configuration.change import Change, changed, made
from services.dispatch.use_cases.configuration.fields import (
    demand_fields,
    flag,
    key,
    line,
    read_fields,
)
from services.dispatch.use_cases.configuration.versions import demand_version

MOST = 500
_NAME = line(100)


def create_skill(uow: UnitOfWork, *, values: Mapping[str, Any]) -> Change:
    """A new skill of `key` and `name`; raises Conflict where the key is taken."""
    demand_fields(values, "key", "name")
    read = read_fields(values, {"key": key, "name": _NAME})
    stored.take_turn(uow.session)
    if stored.count_rows(uow.session, skills) >= MOST:
        raise Conflict("skill.too_many", f"there are at most {MOST} skills")
    if stored.find_skill(uow.session, read["key"]) is not None:
        taken = {"errors": {"key": ["is taken"]}}
        raise Conflict("skill.exists", "there is a skill with this key already", taken)
    return made(stored.add_row(uow.session, skills, {"skill_id": uuid7(), **read}))


def edit_skill(
    uow: UnitOfWork, *, skill_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> Change:
    """Rename a skill, or (is_active) take it out of use, which no rule may be making of it."""
    read = read_fields(changes, {"name": _NAME, "is_active": flag})
    stored.take_turn(uow.session)
    before = stored.find_row(uow.session, skills, skill_id)
    if before is None:
        raise NotFound("skill.unknown", "there is no such skill")
    demand_version(version, before.version)
    if before.is_active and not read.get("is_active", True):
        _demand_unused(uow.session, skill_id)
    return changed(before, stored.change_row(uow.session, skills, skill_id, read))


def _demand_unused(session: Session, skill_id: UUID) -> None:
    users = [
        {"rule_id": str(rule.rule_id), "name": rule.name}
        for rule in stored.list_rules(session)
        if str(skill_id) in _named_by(rule)
    ]
    if users:
        names = "、".join(user["name"] for user in users)
        raise Conflict("skill.in_use", f"rules use this skill: {names}", {"rules": users})


def _named_by(rule: Any) -> set[str]:
    return {one["skill_id"] for one in (*rule.required_skills, *rule.preferred_skills)}
