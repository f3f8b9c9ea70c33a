"""The clocks of a ticket, with an account of every second."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from services.sla.domain.book import PolicyBook
from services.sla.domain.clocks import Clock
from services.sla.domain.explaining import explain, remaining_seconds
from services.sla.domain.policies import Policy
from services.sla.domain.stepping import planned_steps
from services.sla.queries.scoping import find_visible
from services.sla.storage.clocks import Told, load_clocks, load_told
from services.sla.storage.policy_rows import policy_names
from services.sla.storage.shelf import find_book

Json = dict[str, Any]


def list_clocks(uow: UnitOfWork, actor: Actor, number: str, now: datetime) -> Json:
    """All clocks of a ticket, ended ones too, in the order in which they began."""
    copy = find_visible(uow, actor, number)
    clocks = load_clocks(uow.session, [copy.ticket_id]).get(copy.ticket_id, {})
    told = load_told(uow.session, [copy.ticket_id])
    names = policy_names(uow.session, {clock.policy_id for clock in clocks.values()})
    _, book = find_book(uow.session)
    ordered = sorted(clocks.items(), key=lambda one: (one[1].started_at, one[1].target))
    return {
        "items": [
            {**_show(key, clock, names), **_account(clock, book, told.get(key, {}), now)}
            for key, clock in ordered
        ]
    }


def _show(clock_id: UUID, clock: Clock, names: Mapping[UUID, str]) -> Json:
    name = names.get(clock.policy_id)
    return {
        "clock_id": str(clock_id),
        "target": clock.target,
        "cycle": clock.cycle,
        "state": clock.state,
        "is_breached": clock.is_breached,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "met_at": clock.met_at,
        "target_seconds": clock.target_seconds,
        "policy": {"policy_id": str(clock.policy_id), "name": name} if name else None,
    }


def _account(clock: Clock, book: PolicyBook, told: Told, now: datetime) -> Json:
    policy = book.revision(clock.policy_id, clock.revision)
    if policy is None:  # what held then is not remembered any more
        return {"remaining_seconds": clock.remaining_seconds, "explanation": [], "steps": []}
    hours = book.hours_of(policy)
    return {
        "remaining_seconds": remaining_seconds(clock, hours, now),
        "explanation": [stretch.as_json() for stretch in explain(clock, hours, now)],
        "steps": _steps(clock, policy, book, told),
    }


def _steps(clock: Clock, policy: Policy, book: PolicyBook, told: Told) -> list[Json]:
    """What is planned, with when it was told, and repeats that have been told."""
    planned = planned_steps(clock, policy, book.hours_of(policy))
    shown = [
        {"key": one.key, "at": one.at, "phase": one.phase, "told_at": told.get(one.key)}
        for one in planned
    ]
    keys = {one.key for one in planned}
    shown += [
        {"key": key, "at": at, "phase": "after", "told_at": at}
        for key, at in told.items()
        if key not in keys and not key.startswith("#")
    ]
    return sorted(shown, key=lambda one: one["at"])
