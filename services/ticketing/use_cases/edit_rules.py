"""Triggers and automations as people write them: checked whole before they are kept."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound
from libs.common.ids import uuid7
from services.ticketing.domain.gathering import Gathering
from services.ticketing.domain.rule_fields import read_rule
from services.ticketing.storage import versioned_rows
from services.ticketing.storage.known_things import KnownThings
from services.ticketing.storage.rule_rows import (
    EVENT_NAMES,
    last_position,
    list_rules,
    place_rules,
)
from services.ticketing.storage.rule_tables import rules

# Each event is shown to all of them, and all are ordered in one request.
MOST = 100

Edited = tuple[Row[Any] | None, Row[Any] | None]  # before, after


def create_rule(uow: UnitOfWork, kind: str, values: Mapping[str, Any]) -> Edited:
    """One behind the others; raises InvalidInput naming all that cannot work."""
    versioned_rows.take_turn(uow.session, kind)
    if len(list_rules(uow.session, kind)) >= MOST:
        raise Conflict("rule.too_many", f"there are at most {MOST}")
    place = {"kind": kind, "position": last_position(uow.session, kind) + 1}
    row = {"rule_id": uuid7(), **place, **_read(uow.session, kind, values)}
    return None, versioned_rows.add_row(uow.session, rules, row)


def replace_rule(
    uow: UnitOfWork, kind: str, rule_id: UUID, version: int | None, values: Mapping[str, Any]
) -> Edited:
    """Another one in the same place."""
    before = _take(uow.session, kind, rule_id, version)
    read = _read(uow.session, kind, values)
    return before, versioned_rows.change_row(uow.session, rules, rule_id, read)


def remove_rule(uow: UnitOfWork, kind: str, rule_id: UUID, version: int | None) -> Edited:
    """It goes with its history; what it has done to tickets stays."""
    before = _take(uow.session, kind, rule_id, version)
    versioned_rows.remove_row(uow.session, rules, rule_id)
    return before, None


def order_rules(
    uow: UnitOfWork, kind: str, rule_ids: Sequence[UUID]
) -> tuple[list[UUID], list[UUID]]:
    """Have them in this order, which must name each of them once; returns it before and after."""
    versioned_rows.take_turn(uow.session, kind)
    before = [row.rule_id for row in list_rules(uow.session, kind)]
    wrong = Gathering()
    for place, rule_id in enumerate(rule_ids):
        if rule_id not in before:
            wrong.add(f"rule_ids[{place}]", "is not known", "rule.order_incomplete")
        elif rule_id in rule_ids[:place]:
            wrong.add(f"rule_ids[{place}]", "is there twice", "rule.order_incomplete")
    for rule_id in before:
        if rule_id not in rule_ids:
            wrong.add("rule_ids", f"{rule_id} is missing", "rule.order_incomplete")
    wrong.demand()
    place_rules(uow.session, rule_ids)
    return before, list(rule_ids)


def _read(session: Session, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """One that is switched off may go on naming what is gone."""
    known = None if values.get("is_active") is False else KnownThings(session)
    return read_rule(kind, values, known, EVENT_NAMES)


def _take(session: Session, kind: str, rule_id: UUID, version: int | None) -> Row[Any]:
    versioned_rows.take_turn(session, kind)
    row = versioned_rows.find_row(session, rules, rule_id)
    if row is None or row.kind != kind:
        raise NotFound(f"{kind}.unknown", f"there is no such {kind}")
    versioned_rows.demand_version(version, row)
    return row
