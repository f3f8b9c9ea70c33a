"""Which tickets a sampling rule (抽检规则) takes: the ticket and the rule decide, not luck."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from libs.common.conditions import Condition, Known
from libs.common.errors import field_error
from services.ticketing.domain import checks
from services.ticketing.domain.gathering import Gathering
from services.ticketing.domain.quality_check.sheets import NAME_LIMIT, truth, whole_number
from services.ticketing.domain.rule_fields import read_condition

SOLVED, CLOSED = EVENTS = ("solved", "closed")
DAY, WEEK, MONTH = PERIODS = ("day", "week", "month")
PERSON, GROUP = REVIEWER_KINDS = ("person", "group")
MOST_PER_AGENT = 1_000
MOST_DRAWN = 100

_MEMBERS = (
    *("name", "is_active", "event", "condition", "percent", "per_agent", "period"),
    *("reviewer_kind", "reviewer_id", "sheet_id"),
)
_PARTS = 2**64


@dataclass(frozen=True)
class SamplingRule:
    """A rule that is switched on: a share of the tickets, or so many of each agent in a period."""

    rule_id: UUID
    event: str
    condition: Condition
    percent: int | None
    per_agent: int | None
    period: str | None
    reviewer_kind: str
    reviewer_id: UUID
    sheet_id: UUID


def is_in_share(ticket_id: UUID, rule_id: UUID, percent: int) -> bool:
    """Whether the ticket belongs to the share; the same whenever and wherever it is asked."""
    digest = hashlib.sha256(ticket_id.bytes + rule_id.bytes).digest()
    return int.from_bytes(digest[:8]) * 100 < percent * _PARTS


def period_start(period: str, at: datetime, zone: tzinfo) -> date:
    """The first day of the day, week (from Monday) or month that the instant lies in."""
    day = at.astimezone(zone).date()
    if period == WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == MONTH else day


def event_of(type: str, data: Mapping[str, Any]) -> str | None:
    """For which rules an event of a ticket counts: solved, closed or none."""
    if type == "ticket.solved":
        return SOLVED
    is_closing = type == "ticket.status_changed" and data["to_status"] == CLOSED
    return CLOSED if is_closing else None


def read_rule(values: Mapping[str, Any], known: Known | None) -> dict[str, Any]:
    """A whole rule as it is kept; raises InvalidInput naming all that is wrong."""
    wrong = Gathering()
    for name in values:
        if name not in _MEMBERS:
            wrong.add(name, "is not known here", "field.unknown")
    condition = wrong.read("condition", read_condition, values.get("condition"), known)
    kind = values.get("reviewer_kind", PERSON)
    read = {
        "name": wrong.read("name", checks.required_text, "name", values.get("name"), NAME_LIMIT),
        "is_active": wrong.read("is_active", truth, "is_active", values.get("is_active", True)),
        "event": wrong.read("event", checks.one_of, "event", values.get("event"), EVENTS),
        **_amount(values, wrong),
        "reviewer_kind": wrong.read(
            "reviewer_kind", checks.one_of, "reviewer_kind", kind, REVIEWER_KINDS
        ),
        "reviewer_id": wrong.read("reviewer_id", identifier, "reviewer_id", values),
        "sheet_id": wrong.read("sheet_id", identifier, "sheet_id", values),
    }
    source = "groups" if kind == GROUP else "people"
    reviewer_id = read["reviewer_id"]
    if known is not None and reviewer_id and not known.has(source, str(reviewer_id)):
        wrong.add("reviewer_id", "is not known, or no longer in use", "reviewer.unknown")
    wrong.demand()
    return {**read, "condition": condition.as_json()}


def _amount(values: Mapping[str, Any], wrong: Gathering) -> dict[str, Any]:
    """A percentage, or a number for each agent with its period: one of the two."""
    percent, per_agent = values.get("percent"), values.get("per_agent")
    if (percent is None) == (per_agent is None):
        wrong.add("percent", "give either percent or per_agent", "quality.amount_unclear")
        return {}
    if percent is not None:
        if values.get("period") is not None:
            wrong.add("period", "goes with per_agent alone")
        read = wrong.read("percent", whole_number, "percent", percent, 1, 100)
        return {"percent": read, "per_agent": None, "period": None}
    return {
        "percent": None,
        "per_agent": wrong.read(
            "per_agent", whole_number, "per_agent", per_agent, 1, MOST_PER_AGENT
        ),
        "period": wrong.read("period", checks.one_of, "period", values.get("period"), PERIODS),
    }


def identifier(name: str, values: Mapping[str, Any]) -> UUID:
    """A required UUID among values; raises InvalidInput naming it."""
    value = values.get(name)
    if value is None:
        raise field_error(name, "is required", "field.required")
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        raise field_error(name, "must be a UUID") from None
