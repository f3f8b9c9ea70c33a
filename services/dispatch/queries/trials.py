"""Tries rules out: which would decide about a ticket, and who would get it now."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import names_of
from libs.common.directory.tables import GROUPS
from libs.common.errors import field_error
from services.dispatch.domain.choosing import Ask
from services.dispatch.domain.explaining import explain_plainly
from services.dispatch.domain.rules import GRAB, Match, Rule, first_match
from services.dispatch.domain.settings import Settings
from services.dispatch.queries.asking import Asked, ask_about
from services.dispatch.queries.samples import read_sample
from services.dispatch.queries.scoping import find_ticket
from services.dispatch.queries.shapes import Json
from services.dispatch.storage.assignment_rows import last_agents
from services.dispatch.storage.candidates import load_board
from services.dispatch.storage.rule_book import load_rules, rule_of
from services.dispatch.storage.waiting_rows import waiting_of
from services.dispatch.use_cases.configuration.rule_fields import read_rule

MOST_RULES = 200
_TRIAL = "trial"


def try_rules(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    sample: Mapping[str, Any] | None = None,
    number: str | None = None,
    rules: Sequence[Mapping[str, Any]] | None = None,
) -> Json:
    """{rule, mode, group_id, explanation, would_be} for a sample or a ticket.

    `rules`, if given, are tried in place of those that are saved. Raises InvalidInput naming what
    is wrong with them or the sample, NotFound for a ticket outside the actor's scope.
    """
    session = uow.session
    if (sample is None) == (number is None):
        raise field_error("sample", "either a sample or a ticket's number is needed")
    asked = read_sample(sample, now) if sample is not None else _ticket(uow, actor, number, now)
    book = load_rules(session)
    tried = book.rules if rules is None else _read_rules(session, rules)
    match = first_match(tried, asked.facts(zone, now), asked.group_id)
    return _answer(match, _explain(session, asked, match, book.settings, now))


def _ticket(uow: UnitOfWork, actor: Actor, number: str | None, now: datetime) -> Asked:
    row = find_ticket(uow, actor, number or "")
    place = waiting_of(uow.session, [row.ticket_id]).get(row.ticket_id)
    excluded = place.excluded_at(now) if place else frozenset()
    return ask_about(uow.session, dict(row._mapping), excluded)


def _read_rules(session: Session, rules: Sequence[Mapping[str, Any]]) -> list[Rule]:
    if len(rules) > MOST_RULES:
        raise field_error("rules", f"must be at most {MOST_RULES}")
    read = []
    for place, values in enumerate(rules):
        given = {name: value for name, value in values.items() if name != "rule_id"}
        row = read_rule(session, given, where=f"rules[{place}]")
        read.append(row | {"rule_id": _known_id(values.get("rule_id"))})
    return [rule_of(row) for row in read if row["is_active"]]


def _known_id(value: Any) -> UUID:
    """A rule that is not saved yet has no id of its own."""
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return uuid4()


def _explain(
    session: Session, asked: Asked, match: Match, settings: Settings, now: datetime
) -> Json:
    rule, group_id = match.rule, match.group_id
    if rule is None or group_id is None or rule.mode == GRAB:
        name = names_of(session, GROUPS, [group_id]).get(group_id) if group_id else None
        return explain_plainly(_TRIAL, group_id=group_id, group_name=name, tried=match.tried)
    board = load_board(session, {group_id, *rule.overflow_group_ids}, now, settings)
    ask = Ask(
        rule=rule,
        group_id=group_id,
        weight=asked.weight(settings),
        is_critical=asked.is_critical,
        language=asked.language,
        excluded=asked.excluded,
        sticky_id=_sticky(session, asked, rule, settings, now),
        trigger=_TRIAL,
        tried=match.tried,
    )
    return board.choose(ask).explanation


def _sticky(
    session: Session, asked: Asked, rule: Rule, settings: Settings, now: datetime
) -> UUID | None:
    customer_id = asked.header["customer_id"]
    if not rule.is_sticky or customer_id is None:
        return None
    since = now - timedelta(days=settings.sticky_days)
    return last_agents(session, [customer_id], since).get(customer_id)


def _answer(match: Match, explanation: Json) -> Json:
    rule = match.rule
    return {
        "rule": {"rule_id": str(rule.rule_id), "name": rule.name} if rule else None,
        "mode": rule.mode if rule else None,
        "group_id": explanation["group_id"],
        "explanation": explanation,
        "would_be": explanation["chosen"],
    }
