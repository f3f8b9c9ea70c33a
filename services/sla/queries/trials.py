"""Tries policies on a ticket that exists, or on one that might come. Nothing is changed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.calendars import CalendarNeverOpens, Hours
from libs.common.conditions import explain as explain_condition
from libs.common.conditions import facts_of
from libs.common.customers.finders import find_customers
from libs.common.database.unit_of_work import UnitOfWork
from services.sla.domain.book import PolicyBook
from services.sla.domain.clocks import Clock
from services.sla.domain.explaining import explain
from services.sla.domain.policies import Policy
from services.sla.domain.stepping import planned_steps
from services.sla.domain.vocabulary import RUNNING, STATUS, TARGETS, URGENCIES
from services.sla.queries.scoping import find_visible
from services.sla.storage.shelf import find_book

Json = dict[str, Any]


def try_policy(
    uow: UnitOfWork,
    actor: Actor,
    zone: tzinfo,
    now: datetime,
    *,
    sample: Mapping[str, Any] | None,
    number: str | None,
    at: datetime | None,
) -> Json:
    """Which policy holds and why, and when each target would be due if its clock began `at`.

    Without `at` that is now for a sample, and the ticket's creation for a ticket.
    """
    header, began = _header(uow, actor, now, sample, number)
    started_at = at or began
    about = _about(uow, header, zone, began)
    _, book = find_book(uow.session)
    tried = list(_tried(book, about))
    policy = book.choose(about)
    urgency = header.get("urgency") or URGENCIES[0]
    return {
        "policy": {"policy_id": str(policy.policy_id), "name": policy.name} if policy else None,
        "tried": tried,
        "clocks": _clocks(policy, book.hours_of(policy), urgency, started_at) if policy else [],
    }


def _header(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    sample: Mapping[str, Any] | None,
    number: str | None,
) -> tuple[Mapping[str, Any], datetime]:
    """What conditions look at, and when the ticket began."""
    if number is not None:
        header = find_visible(uow, actor, number).header
        return header, datetime.fromisoformat(header["created_at"])
    given = dict(sample or {})
    created_at = given.get("created_at") or now
    return {**given, "created_at": created_at, "custom_fields": given.get("fields")}, created_at


def _about(
    uow: UnitOfWork, header: Mapping[str, Any], zone: tzinfo, began: datetime
) -> dict[str, Any]:
    """A sample may say tier and language itself."""
    customer_id = header.get("customer_id")
    key = UUID(str(customer_id)) if customer_id else None
    customer = find_customers(uow.session, [key]).get(key) if key else None
    return facts_of(
        header,
        tier=header.get("tier") or (customer.tier if customer else None),
        language=header.get("language") or (customer.language if customer else None),
        zone=zone,
        now=began,
    )


def _tried(book: PolicyBook, about: Mapping[str, Any]) -> Iterator[Json]:
    """Up to the first that holds."""
    for policy in book.present():
        holds = policy.condition.holds(about)
        yield {
            "policy_id": str(policy.policy_id),
            "name": policy.name,
            "holds": holds,
            "why": explain_condition(policy.condition, about),
        }
        if holds:
            return


def _clocks(policy: Policy, hours: Hours, urgency: str, started_at: datetime) -> list[Json]:
    shown = []
    for target in TARGETS:
        promised = policy.targets.get(target, {})
        statuses = list(promised) if target == STATUS else [None]
        for status in statuses:
            seconds = policy.seconds_for(target, urgency, status)
            if seconds is not None:
                shown.append(_clock(policy, hours, target, seconds, started_at, status))
    return shown


def _clock(
    policy: Policy,
    hours: Hours,
    target: str,
    seconds: int,
    started_at: datetime,
    status: str | None,
) -> Json:
    try:
        due_at = hours.add(started_at, seconds)
    except CalendarNeverOpens:
        due_at = None
    clock = Clock(
        target=target,
        cycle=1,
        state=RUNNING,
        started_at=started_at,
        due_at=due_at,
        target_seconds=seconds,
        policy_id=policy.policy_id,
        revision=policy.revision,
        status=status,
    )
    steps = planned_steps(clock, policy, hours)
    return {
        "target": target,
        "seconds": seconds,
        "due_at": due_at,
        "steps": [{"key": one.key, "at": one.at, "phase": one.phase} for one in steps],
        "explanation": [one.as_json() for one in explain(clock, hours, due_at or started_at)],
    }
