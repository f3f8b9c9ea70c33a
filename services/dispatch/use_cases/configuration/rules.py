"""The rules by which tickets find a group and somebody in it: the first that holds decides."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound
from libs.common.ids import uuid7
from services.dispatch.storage import configuration as stored
from services.dispatch.storage.tables import rules
from services.dispatch.storage.wakes import rules_changed
from services.dispatch.use_cases.configuration.change import Change, changed, made, removed
from services.dispatch.use_cases.configuration.fields import Refusals
from services.dispatch.use_cases.configuration.rule_fields import read_rule
from services.dispatch.use_cases.configuration.versions import demand_version

# All are tried one after another, and ordered in one request.
MOST = 200


def create_rule(uow: UnitOfWork, *, values: Mapping[str, Any]) -> Change:
    """A rule that is tried after all others; raises InvalidInput (see `read_rule`)."""
    stored.take_turn(uow.session)
    if stored.count_rows(uow.session, rules) >= MOST:
        raise Conflict("rule.too_many", f"there are at most {MOST} rules")
    read = read_rule(uow.session, values)
    place = {"rule_id": uuid7(), "position": stored.last_position(uow.session) + 1}
    row = stored.add_row(uow.session, rules, place | read)
    rules_changed(uow.session)
    return made(row)


def replace_rule(
    uow: UnitOfWork, *, rule_id: UUID, version: int | None, values: Mapping[str, Any]
) -> Change:
    """Another rule in the same place; what is left out is as usual, not as it was."""
    before = _take(uow.session, rule_id, version)
    read = read_rule(uow.session, values)
    after = stored.change_row(uow.session, rules, rule_id, read)
    rules_changed(uow.session)
    return changed(before, after)


def remove_rule(uow: UnitOfWork, *, rule_id: UUID, version: int | None) -> Change:
    """What waited by it is matched by the others."""
    _take(uow.session, rule_id, version)
    gone = stored.remove_row(uow.session, rules, rule_id)
    assert gone is not None
    rules_changed(uow.session)
    return removed(gone)


def order_rules(uow: UnitOfWork, *, rule_ids: Sequence[UUID]) -> Change:
    """Have the rules tried in this order, which must name each of them once."""
    stored.take_turn(uow.session)
    before = [row.rule_id for row in stored.list_rules(uow.session)]
    _demand_all(before, rule_ids)
    stored.place_rules(uow.session, rule_ids)
    rules_changed(uow.session)
    ids = {"rule_ids": [str(one) for one in before]}, {"rule_ids": [str(one) for one in rule_ids]}
    return Change(None, *ids)


def _take(session: Session, rule_id: UUID, version: int | None) -> Row[Any]:
    stored.take_turn(session)
    row = stored.find_row(session, rules, rule_id)
    if row is None:
        raise NotFound("rule.unknown", "there is no such rule")
    demand_version(version, row.version)
    return row


def _demand_all(known: Sequence[UUID], given: Sequence[UUID]) -> None:
    refusals = Refusals()
    for place, rule_id in enumerate(given):
        if rule_id not in known:
            refusals.add(f"rule_ids[{place}]", "is not known")
        elif rule_id in given[:place]:
            refusals.add(f"rule_ids[{place}]", "is there twice")
    for rule_id in known:
        if rule_id not in given:
            refusals.add("rule_ids", f"{rule_id} is missing")
    refusals.demand("rule.order_incomplete")
