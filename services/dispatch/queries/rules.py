"""Rules as they are shown, and what makes one of them useless."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from libs.common.directory.finders import names_of
from libs.common.directory.tables import GROUPS
from libs.common.errors import NotFound
from services.dispatch.domain.rules import GRAB
from services.dispatch.queries.shapes import Json, show_rule
from services.dispatch.storage import configuration as stored
from services.dispatch.storage.tables import skills

Rules = Sequence[Row[Any]]

# Whether somebody of the groups has a skill at a level or above; one row for each need.
_HAD = text(
    "SELECT given.place, EXISTS (SELECT 1 FROM agent_skills "
    "JOIN directory_people USING (person_id) "
    "WHERE agent_skills.skill_id = given.skill_id AND agent_skills.level >= given.level "
    "AND is_active AND group_ids && CAST(:groups AS uuid[])) AS is_there "
    "FROM unnest(CAST(:skills AS uuid[]), CAST(:levels AS integer[])) "
    "WITH ORDINALITY AS given (skill_id, level, place)"
)
_HAD_TOGETHER = text(
    "SELECT EXISTS (SELECT 1 FROM agent_skills JOIN directory_people USING (person_id) "
    "JOIN unnest(CAST(:skills AS uuid[]), CAST(:levels AS integer[])) AS given (skill_id, level) "
    "ON agent_skills.skill_id = given.skill_id AND agent_skills.level >= given.level "
    "WHERE is_active AND group_ids && CAST(:groups AS uuid[]) "
    "GROUP BY person_id HAVING count(*) = cardinality(CAST(:skills AS uuid[])))"
)
_PEOPLED = text(
    "SELECT EXISTS (SELECT 1 FROM directory_people "
    "WHERE is_active AND group_ids && CAST(:groups AS uuid[]))"
)


def list_rules(session: Session) -> dict[str, Any]:
    """All rules, in the order in which they are tried."""
    return {"items": _shown(session, stored.list_rules(session))}


def get_rule(session: Session, rule_id: UUID) -> Json:
    """One of them, with `warnings`; raises NotFound."""
    listed = stored.list_rules(session)
    found = [row for row in listed if row.rule_id == rule_id]
    if not found:
        raise NotFound("rule.unknown", "there is no such rule")
    [shown] = _shown(session, found)
    return shown | {"warnings": warnings_of(session, found[0], listed)}


def _shown(session: Session, rows: Rules) -> list[Json]:
    names = names_of(session, GROUPS, {one for row in rows for one in _groups(row)})
    known = {str(row.skill_id): row for row in session.execute(select(skills))} if rows else {}
    return [show_rule(row, known, names) for row in rows]


def _groups(row: Row[Any]) -> tuple[UUID, ...]:
    return (row.group_id, *row.overflow_group_ids)


def warnings_of(session: Session, rule: Row[Any], listed: Rules) -> list[Json]:
    """Why a rule that may be saved will not do what it says: {code, field, message}."""
    return [
        *_unpeopled(session, rule),
        *_unskilled(session, rule),
        *_shadowed(rule, listed),
        *([] if rule.mode != GRAB else _unlimited(rule)),
    ]


def _unpeopled(session: Session, rule: Row[Any]) -> Iterable[Json]:
    if not session.scalar(_PEOPLED, {"groups": list(_groups(rule))}):
        yield _warning("rule.no_members", "group_id", "nobody is in its groups")


def _unskilled(session: Session, rule: Row[Any]) -> Iterable[Json]:
    needs = rule.required_skills
    if not needs:
        return
    given = {
        "groups": list(_groups(rule)),
        "skills": [UUID(need["skill_id"]) for need in needs],
        "levels": [need["level"] for need in needs],
    }
    missing = [row.place - 1 for row in session.execute(_HAD, given) if not row.is_there]
    for place in missing:
        where = f"required_skills[{place}]"
        yield _warning("rule.skill_missing", where, "nobody in its groups has this skill so well")
    if not missing and not session.scalar(_HAD_TOGETHER, given):
        yield _warning(
            "rule.skills_apart", "required_skills", "nobody in its groups has all of these skills"
        )


def _shadowed(rule: Row[Any], listed: Rules) -> Iterable[Json]:
    """A rule of the same group that holds always and is tried before takes everything."""
    for other in listed:
        if other.rule_id == rule.rule_id:
            return
        if other.is_active and other.group_id == rule.group_id and _holds_always(other.condition):
            why = f"the rule before it, {other.name}, always holds"
            yield _warning("rule.never_reached", "condition", why)
            return


def _holds_always(condition: Json) -> bool:
    return not condition or condition == {"all": []}


def _unlimited(rule: Row[Any]) -> Iterable[Json]:
    if rule.grab_seconds is None:
        yield _warning("rule.grab_unlimited", "grab_seconds", "what nobody grabs waits for ever")


def _warning(code: str, field: str, message: str) -> Json:
    return {"code": code, "field": field, "message": message}
