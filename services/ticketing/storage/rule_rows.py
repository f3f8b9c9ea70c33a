"""Triggers and automations as rows, and those of them that are switched on."""

import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from libs.common.conditions import parse_condition
from libs.common.contracts.ticketing import TICKET_EVENTS
from libs.common.errors import InvalidInput
from services.ticketing.domain.rules import UPDATED, Rule
from services.ticketing.storage.rule_tables import rules

# What triggers may be for; beside what happens by itself, all that happens later.
EVENT_NAMES = (UPDATED, *sorted(one.type.removeprefix("ticket.") for one in TICKET_EVENTS))

_log = logging.getLogger(__name__)

_PLACE = text(
    "UPDATE rules SET position = given.position "
    "FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS given (rule_id, position) "
    "WHERE rules.rule_id = given.rule_id AND rules.position <> given.position"
)


def list_rules(session: Session, kind: str) -> list[Row[Any]]:
    """All of a kind, in their order."""
    statement = select(rules).where(rules.c.kind == kind)
    return list(session.execute(statement.order_by(rules.c.position, rules.c.rule_id)))


def load_rules(session: Session, kind: str) -> list[Rule]:
    """Those that are switched on, in their order; one that cannot be read is left out."""
    read = (_rule(row) for row in list_rules(session, kind) if row.is_active)
    return [rule for rule in read if rule is not None]


def last_position(session: Session, kind: str) -> int:
    """The position of the last one; 0 without any."""
    return session.scalar(select(func.max(rules.c.position)).where(rules.c.kind == kind)) or 0


def place_rules(session: Session, rule_ids: Iterable[UUID]) -> None:
    """Have them in this order."""
    session.execute(_PLACE, {"ids": list(rule_ids)})


def _rule(row: Row[Any]) -> Rule | None:
    try:
        condition = parse_condition(row.condition)
    except InvalidInput as wrong:
        # What it asks about is gone; its page says so, too.
        _log.warning("%s %s rests: %s", row.kind, row.rule_id, wrong)
        return None
    return Rule(
        rule_id=row.rule_id,
        name=row.name,
        events=frozenset(row.events),
        anchor=row.anchor,
        delay_minutes=row.delay_minutes,
        condition=condition,
        actions=tuple(row.actions),
    )
