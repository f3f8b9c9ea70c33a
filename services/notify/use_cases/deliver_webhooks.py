"""Hand events over to webhooks: claim under a lease, send outside any transaction, settle.

A crash in between lets the lease run out; the event is then sent again with the same id.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from libs.common.config import Config
from libs.common.crash_points import crash_point
from libs.common.crypto import KeyRing, Undecryptable, open_ring
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.http import OutboundHttp, open_http
from libs.common.ids import uuid7
from services.notify.clients.lanes import Outcome
from services.notify.clients.webhook_post import Answered, Call, WebhookPost
from services.notify.domain.headers import one_line
from services.notify.domain.webhook_notices import notice_of_end
from services.notify.domain.webhooks import (
    AN_OUTAGE,
    LEASE,
    DisabledReason,
    is_hopeless,
    next_attempt,
    pause_after,
)
from services.notify.storage import webhook_deliveries as storage
from services.notify.storage import webhook_outcomes as settling
from services.notify.storage import webhooks
from services.notify.storage.leases import Lease
from services.notify.storage.webhook_log import drop_waiting
from services.notify.storage.webhooks import Webhook
from services.notify.use_cases.farewell import finish
from services.notify.use_cases.notices import tell_people
from services.notify.use_cases.switch_webhooks import switch_off

_log = logging.getLogger(__name__)

_GATHER = 0.05  # seconds that a round waits for outcomes
_MARGIN = 12.0  # seconds of the lease kept for the request itself and for settling
_MAX_REASON = 300
_UNREADABLE_REST = timedelta(minutes=10)  # until it is worth looking whether a key has come back


@dataclass(frozen=True)
class WebhookRoom:
    """The ports of delivering."""

    keys: KeyRing
    post: WebhookPost

    @classmethod
    def open(cls, config: Config, http: OutboundHttp | None = None) -> "WebhookRoom":
        """Raises ConfigError."""
        return cls(open_ring(config), WebhookPost(http or open_http()))


def deliver_webhooks(database: Database, room: WebhookRoom, now: datetime) -> bool:
    """One round; returns whether there is more to do at once."""
    settle_calls(database, room.post, now, wait=_GATHER)
    calls = claim_calls(database, room, now)
    if calls:
        crash_point("after_webhook_claim_before_send")
        room.post.take(calls)
    return room.post.is_busy()


def finish_webhooks(database: Database, room: WebhookRoom, clock: Callable[[], datetime]) -> None:
    """Settle what is under way before the process ends; leases answer for the rest."""
    finish([room.post], lambda: settle_calls(database, room.post, clock(), wait=_GATHER))


def claim_calls(database: Database, room: WebhookRoom, now: datetime) -> list[Call]:
    """Lease what is due, some of each webhook."""
    if not (free := room.post.room()):
        return []
    with database.begin() as uow:
        due = storage.due_webhooks(uow.session, now, room.post.full())
        calls: list[Call] = []
        for webhook_id in due[:free]:
            calls += _claim_of(uow, room, webhook_id, now, free - len(calls))
        uow.commit()
    return calls


def _claim_of(
    uow: UnitOfWork, room: WebhookRoom, webhook_id: UUID, now: datetime, most: int
) -> list[Call]:
    webhook = webhooks.find_webhook(uow.session, webhook_id)
    limit = min(room.post.room_of(webhook_id), most)
    if webhook is None or limit <= 0:
        return []
    try:
        secrets = webhook.secrets(room.keys, now)
    except Undecryptable:
        _log.exception("the secret of webhook %s cannot be read", webhook_id)
        webhooks.leave_alone(uow.session, webhook_id, now + _UNREADABLE_REST)
        return []
    claimed = storage.lock_due(uow.session, webhook, now, limit)
    if not claimed:
        return []
    owner = uuid7()
    storage.lease(uow.session, claimed, owner, now + LEASE)
    deadline = time.monotonic() + LEASE.total_seconds() - _MARGIN
    return [
        Call(one, Lease(one.delivery_id, owner), webhook.url, secrets, deadline) for one in claimed
    ]


def settle_calls(database: Database, post: WebhookPost, now: datetime, *, wait: float) -> None:
    """Commit what has become of calls; outcomes are kept until then."""
    outcomes = sorted(post.outcomes(wait), key=_webhook_of)
    if not outcomes:
        return
    if any(one.is_sent for one in outcomes):
        crash_point("after_webhook_send_before_commit")
    with database.begin() as uow:
        # In the order of webhooks: two replicas that settle wait for one another, not in a circle.
        for webhook_id, ones in groupby(outcomes, key=_webhook_of):
            _settle_of(uow, webhook_id, list(ones), now)
        uow.commit()
    post.forget(outcomes)


def _webhook_of(outcome: Outcome[Call]) -> UUID:
    return outcome.item.delivery.webhook_id


def _settle_of(
    uow: UnitOfWork, webhook_id: UUID, outcomes: list[Outcome[Call]], now: datetime
) -> None:
    # Locked before its deliveries, as whoever switches it off does.
    webhook = webhooks.lock_webhook(uow.session, webhook_id)
    answered = [one for one in outcomes if isinstance(one, Answered)]
    begun = [one for one in answered if not one.is_unbegun]
    for one in answered:
        if one.is_unbegun:
            settling.put_back(uow.session, one.item.lease, one.item.delivery.occurred_at, now)
        else:
            _settle_one(uow, one, now)
    if webhook and begun:
        _note(uow, webhook, begun, now)
    if webhook and not webhook.is_active:
        # It was switched off while they were under way: nothing is tried again.
        drop_waiting(uow.session, webhook_id)


def _note(uow: UnitOfWork, webhook: Webhook, begun: list[Answered], now: datetime) -> None:
    """What the answers say of the receiver as a whole."""
    if any(one.is_gone for one in begun):
        _give_up(uow, webhook, DisabledReason.GONE, now)
    elif any(one.is_sent for one in begun):
        webhooks.note_success(uow.session, webhook, now)
        if webhook.failures >= AN_OUTAGE:
            settling.hurry(uow.session, webhook.webhook_id, now)
    else:
        failures = webhook.failures + len(begun)
        resume_at = now + pause_after(failures)
        webhooks.note_failure(uow.session, webhook, now, failures, resume_at)
        if is_hopeless(failures, webhook.failing_since, now):
            _give_up(uow, webhook, DisabledReason.FAILING, now)


def _settle_one(uow: UnitOfWork, outcome: Answered, now: datetime) -> None:
    delivery, lease, at = (
        outcome.item.delivery,
        outcome.item.lease,
        outcome.item.delivery.occurred_at,
    )
    attempt = settling.Attempt(
        outcome.attempt.status,
        outcome.attempt.error and one_line(outcome.attempt.error, _MAX_REASON),
        outcome.attempt.milliseconds,
    )
    if outcome.is_sent:
        settling.mark_sent(uow.session, lease, at, attempt, now)
        return
    again = None
    if not outcome.is_gone:
        again = next_attempt(delivery.attempts + 1, delivery.queued_at, now, outcome.retry_after)
    if again:
        if settling.mark_delayed(uow.session, lease, at, attempt, now, again):
            settling.hold_back_followers(uow.session, delivery, now, again)
    else:
        settling.mark_failed(uow.session, lease, at, attempt, now)


def _give_up(uow: UnitOfWork, webhook: Webhook, reason: DisabledReason, now: datetime) -> None:
    """Switch it off, and tell whoever made it."""
    if not webhook.is_active:
        return
    switch_off(uow.session, webhook.webhook_id, reason, now)
    if webhook.created_by:
        notice = notice_of_end(webhook.created_by, webhook.webhook_id, webhook.name, reason, now)
        tell_people(uow, now, [notice])
