"""Commit what has become of deliveries, whatever the channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database, UnitOfWork
from services.notify.clients.lanes import Lanes, Outcome
from services.notify.domain.deliveries import RecipientKind, Status
from services.notify.domain.headers import one_line
from services.notify.domain.life import TOO_OLD, next_attempt
from services.notify.domain.rules import REPEATABLE
from services.notify.storage import deliveries as storage
from services.notify.storage.endpoints import note_sent
from services.notify.use_cases.claim import pass_on
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.failing import tell_failure

_MAX_REASON = 500

Done = Outcome[Any]


def settle(database: Database, desk: Desk, way: Lanes[Any], now: datetime, *, wait: float) -> None:
    """Outcomes are kept until they are committed: a database that is away for a moment makes
    nothing go twice.

    The sent ones stand alone, so that nothing else can hold their commit up.
    """
    outcomes = way.outcomes(wait)
    sent = [outcome for outcome in outcomes if outcome.is_sent]
    others = [outcome for outcome in outcomes if not outcome.is_sent]
    if sent:
        _settle_sent(database, sent, now)
        way.forget(sent)
    if others:
        with database.begin() as uow:
            for outcome in others:
                _settle_unsent(uow, desk, outcome, now)
            _note_robots(uow, others, now)
            uow.commit()
        way.forget(others)


def _settle_sent(database: Database, outcomes: Sequence[Done], now: datetime) -> None:
    crash_point("after_send_before_commit")
    with database.begin() as uow:
        named = {one.provider_id for one in outcomes}
        for provider_id in named:
            leases = [one.item.lease for one in outcomes if one.provider_id == provider_id]
            storage.mark_sent(uow.session, leases, now, provider_id)
        _note_robots(uow, outcomes, now)
        uow.commit()
    crash_point("after_sent_commit")


def _settle_unsent(uow: UnitOfWork, desk: Desk, outcome: Done, now: datetime) -> None:
    delivery, lease = outcome.item.delivery, outcome.item.lease
    reason = _without_address(outcome)
    if outcome.is_unknown and delivery.channel not in REPEATABLE and not delivery.is_urgent:
        storage.mark_ended(uow.session, lease, Status.UNKNOWN, reason)
        return
    again = None
    if not outcome.is_final:
        attempts = delivery.attempts + 1
        again = next_attempt(attempts, delivery.tried_since, now, outcome.retry_after)
        reason = reason if again else f"{TOO_OLD}: {reason}"
    if again:
        storage.mark_delayed(uow.session, lease, reason, again)
    elif storage.holds(uow.session, lease) and not pass_on(uow, delivery, now):
        storage.mark_ended(uow.session, lease, Status.FAILED, reason)
        tell_failure(uow, desk, delivery, reason, now)


def _note_robots(uow: UnitOfWork, outcomes: Sequence[Done], now: datetime) -> None:
    """How the last message of each fared; in one order, so that replicas do not deadlock."""
    fared = {
        one.item.delivery.recipient_id: None if one.is_sent else _without_address(one)
        for one in outcomes
        if one.item.delivery.recipient_kind is RecipientKind.ENDPOINT
    }
    for endpoint_id in sorted(fared):
        note_sent(uow.session, endpoint_id, now, fared[endpoint_id])


def _without_address(outcome: Done) -> str:
    """Servers repeat the address in their answers; it is nobody's business but ours."""
    address = outcome.item.recipient
    reason = outcome.reason.replace(address, "…") if address else outcome.reason
    return one_line(reason, _MAX_REASON)
