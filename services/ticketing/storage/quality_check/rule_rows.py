"""Sampling rules, and how many tickets they have taken of each agent."""

import logging
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from libs.common.conditions import parse_condition
from libs.common.errors import InvalidInput
from services.ticketing.domain.quality_check.sampling import SamplingRule
from services.ticketing.domain.quality_check.sheets import ACTIVE
from services.ticketing.storage.quality_check.tables import (
    quality_rules,
    score_sheet_versions,
    score_sheets,
)

_log = logging.getLogger(__name__)

# Locks the row even where nothing changes: whoever counts for the same agent waits.
_TURN = text(
    "INSERT INTO quality_counts AS known (rule_id, agent_id, period_start, taken) "
    "VALUES (:rule_id, :agent_id, :period_start, 0) "
    "ON CONFLICT (rule_id, agent_id, period_start) DO UPDATE SET taken = known.taken "
    "RETURNING taken"
)
_TAKEN = text(
    "UPDATE quality_counts SET taken = taken + 1 WHERE rule_id = :rule_id "
    "AND agent_id = :agent_id AND period_start = :period_start"
)


def list_quality_rules(session: Session) -> list[Row[Any]]:
    """All of them, oldest first."""
    order = (quality_rules.c.created_at, quality_rules.c.rule_id)
    return list(session.execute(select(quality_rules).order_by(*order)))


def load_sampling(session: Session, events: Collection[str]) -> list[SamplingRule]:
    """Those that are switched on and whose sheet is in use; what cannot be read is left out."""
    statement = (
        select(quality_rules)
        .join(score_sheets, score_sheets.c.sheet_id == quality_rules.c.sheet_id)
        .where(
            quality_rules.c.is_active,
            quality_rules.c.event.in_(events),
            score_sheets.c.state == ACTIVE,
        )
        .order_by(quality_rules.c.rule_id)
    )
    read = (_rule(row) for row in session.execute(statement))
    return [rule for rule in read if rule is not None]


def take_turn_for(session: Session, rule_id: UUID, agent_id: UUID, start: date) -> int:
    """How many have been taken; nobody else counts for this agent until the transaction ends."""
    return int(session.execute(_TURN, _key(rule_id, agent_id, start)).scalar_one())


def count_taken(session: Session, rule_id: UUID, agent_id: UUID, start: date) -> None:
    """One more."""
    session.execute(_TAKEN, _key(rule_id, agent_id, start))


def find_version(session: Session, sheet_id: UUID, number: int) -> Row[Any] | None:
    """A version of a sheet."""
    statement = select(score_sheet_versions).where(
        score_sheet_versions.c.sheet_id == sheet_id, score_sheet_versions.c.number == number
    )
    return session.execute(statement).one_or_none()


def newest_numbers(session: Session, sheet_ids: Collection[UUID]) -> dict[UUID, int]:
    """The newest versions of those of the sheets that are in use."""
    statement = select(score_sheets.c.sheet_id, score_sheets.c.number).where(
        score_sheets.c.sheet_id.in_(sheet_ids), score_sheets.c.state == ACTIVE
    )
    return {row.sheet_id: row.number for row in session.execute(statement)}


def _key(rule_id: UUID, agent_id: UUID, start: date) -> dict[str, Any]:
    return {"rule_id": rule_id, "agent_id": agent_id, "period_start": start}


def _rule(row: Row[Any]) -> SamplingRule | None:
    try:
        condition = parse_condition(row.condition)
    except InvalidInput as wrong:
        _log.warning("sampling rule %s rests: %s", row.rule_id, wrong)
        return None
    known = row._mapping
    named = ("rule_id", "event", "percent", "per_agent", "period")
    placed = ("reviewer_kind", "reviewer_id", "sheet_id")
    return SamplingRule(condition=condition, **{name: known[name] for name in (*named, *placed)})
