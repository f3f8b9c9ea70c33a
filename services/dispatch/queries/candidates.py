"""Who could be given a ticket by hand, with what speaks against it: a warning forbids nothing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import find_group
from libs.common.errors import field_error
from services.dispatch.domain.candidates import Candidate
from services.dispatch.domain.choosing import FULL, LACKS_SKILL, LANGUAGE
from services.dispatch.domain.rules import Rule, SkillNeed, first_match
from services.dispatch.domain.settings import Settings
from services.dispatch.queries.asking import Asked, ask_about
from services.dispatch.queries.people import show_standing
from services.dispatch.queries.scoping import find_ticket
from services.dispatch.queries.shapes import Json, show_need
from services.dispatch.storage.candidates import load_candidates
from services.dispatch.storage.rule_book import load_rules
from services.dispatch.storage.tables import skills

MOST = 200

_GROUPS = text("SELECT group_id FROM directory_groups WHERE is_active")


def list_candidates(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    number: str,
    group_id: UUID | None = None,
    q: str | None = None,
) -> dict[str, Any]:
    """Members of the group given, else of the ticket's, else of any: the least loaded first.

    Those of whom nothing warns come before the others; at most 200. `q` is part of a name.
    Raises NotFound outside the actor's scope, InvalidInput for an unknown group.
    """
    session = uow.session
    asked = ask_about(session, dict(find_ticket(uow, actor, number)._mapping))
    book = load_rules(session)
    rule = first_match(book.rules, asked.facts(zone, now), group_id or asked.group_id).rule
    people = _people(session, group_id, asked.group_id, now, book.settings)
    wanted = [one for one in people if not q or q.lower() in one.name.lower()]
    judged = sorted((_judge(one, asked, rule, book.settings) for one in wanted), key=_order)
    known = {str(row.skill_id): row for row in session.execute(select(skills))}
    return {"items": [_show(*one, known) for one in judged[:MOST]]}


Judged = tuple[Candidate, list[SkillNeed], list[str]]


def _people(
    session: Session,
    group_id: UUID | None,
    own_group_id: UUID | None,
    now: datetime,
    settings: Settings,
) -> Iterable[Candidate]:
    """Each once, whatever groups they are in."""
    if group_id is not None:
        group = find_group(session, group_id)
        if group is None or not group.is_active:
            raise field_error("group_id", "is no group in use", "group.unknown")
    one = group_id or own_group_id
    groups = [one] if one else list(session.scalars(_GROUPS))
    found = load_candidates(session, groups, now, settings)
    return {
        candidate.person_id: candidate for members in found.values() for candidate in members
    }.values()


def _judge(candidate: Candidate, asked: Asked, rule: Rule | None, settings: Settings) -> Judged:
    """What speaks against somebody: reasons why they are not there, and what does not fit."""
    needs = rule.required if rule else ()
    missing = [one for one in needs if candidate.skills.get(one.skill_id, 0) < one.level]
    warnings = list(candidate.reasons)
    if _is_full(candidate, asked, settings):
        warnings.append(FULL)
    if missing:
        warnings.append(LACKS_SKILL)
    if rule and rule.matches_language and asked.language:
        warnings += [] if candidate.speaks(asked.language) else [LANGUAGE]
    return candidate, missing, warnings


def _is_full(candidate: Candidate, asked: Asked, settings: Settings) -> bool:
    excess = settings.critical_excess if asked.is_critical else 0
    return candidate.load + asked.weight(settings) > candidate.limit(excess)


def _order(judged: Judged) -> tuple[Any, ...]:
    candidate, _, warnings = judged
    return bool(warnings), len(warnings), candidate.share, candidate.name, candidate.person_id


def _show(candidate: Candidate, missing: list[SkillNeed], warnings: list[str], known: Json) -> Json:
    standing = show_standing(candidate)
    return {
        "person_id": str(candidate.person_id),
        "name": candidate.name,
        "state": standing["state"],
        "is_available": standing["is_available"],
        "load": candidate.load,
        "capacity": candidate.capacity,
        "is_full": FULL in warnings,
        "missing_skills": [show_need(str(one.skill_id), one.level, known) for one in missing],
        "warnings": warnings,
    }
