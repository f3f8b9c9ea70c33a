"""Hand codes over as soon as they are due: claim under a lease, send, settle.

A crash in between leaves the outcome open: a mail goes again with the same Message-ID, an SMS
becomes `unknown` and is not sent twice.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.crash_points import crash_point
from libs.common.crypto import Undecryptable
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7
from services.notify.clients.lanes import Lanes, Outcome
from services.notify.clients.post import Parcel
from services.notify.clients.text_post import Text
from services.notify.domain.codes import (
    LEASE,
    NOT_IN_TIME,
    CodeStatus,
    end_without_attempt,
    next_attempt,
)
from services.notify.domain.headers import one_line
from services.notify.storage import codes as storage
from services.notify.storage.codes import Code
from services.notify.storage.leases import Lease
from services.notify.use_cases.code_room import CodeRoom
from services.notify.use_cases.farewell import finish

_log = logging.getLogger(__name__)

_GATHER = 0.05  # seconds that a round waits for outcomes
_MAX_REASON = 200

Item = Parcel[Code] | Text[Code]


def hand_over_codes(database: Database, room: CodeRoom, now: datetime) -> bool:
    """One round; returns whether there is more to do at once.

    Settles first: a lease may have run out while the database was away, and what became of its
    code is known here all the same.
    """
    for way in room.ways.values():
        settle_codes(database, way, now, wait=_GATHER)
    items = claim_codes(database, room, now)
    if items:
        crash_point("after_code_claim_before_send")
    for item in items:
        room.ways[item.delivery.channel].take([item])
    return any(way.is_busy() for way in room.ways.values())


def claim_codes(database: Database, room: CodeRoom, now: datetime) -> list[Item]:
    """Lease due codes of the channels that take any; end those that are not to be sent."""
    places = {channel: free for channel, way in room.ways.items() if (free := way.room())}
    if not places:
        return []
    with database.begin() as uow:
        due = storage.lock_due(uow.session, places, now, min(places.values()))
        if not due:
            return []
        owner = uuid7()
        ready = [item for code in due if (item := _prepare(uow, room, code, owner, now))]
        if ready:
            storage.lease(uow.session, [item.delivery for item in ready], owner, now + LEASE)
        uow.commit()
    return ready


def _prepare(
    uow: UnitOfWork, room: CodeRoom, code: Code, owner: UUID, now: datetime
) -> Item | None:
    end = end_without_attempt(code.channel, code.status, code.attempts, code.expires_at, now)
    if end is None:
        try:
            return room.prepare(code, Lease(code.code_id, owner))
        except Undecryptable:
            _log.exception("code %s cannot be read", code.code_id)
            end = CodeStatus.FAILED
    storage.end_untried(uow.session, code, end)
    return None


def settle_codes(database: Database, way: Lanes[Any], now: datetime, *, wait: float) -> None:
    """Commit what has become of codes; outcomes are kept until then."""
    outcomes = way.outcomes(wait)
    if not outcomes:
        return
    sent = [outcome.item.lease for outcome in outcomes if outcome.is_sent]
    if sent:
        crash_point("after_code_send_before_commit")
    with database.begin() as uow:
        if sent:
            storage.mark_sent(uow.session, sent, now)
        for outcome in outcomes:
            if not outcome.is_sent:
                _settle_unsent(uow, outcome, now)
        uow.commit()
    way.forget(outcomes)


def _settle_unsent(uow: UnitOfWork, outcome: Outcome[Item], now: datetime) -> None:
    code, lease = outcome.item.delivery, outcome.item.lease
    reason = one_line(outcome.reason.replace(outcome.item.recipient, "…"), _MAX_REASON)
    if outcome.is_unknown:
        storage.mark_unknown(uow.session, lease, reason)
        return
    again = None
    if not outcome.is_final:
        again = next_attempt(code.attempts + 1, code.expires_at, now, outcome.retry_after)
        reason = reason if again else f"{NOT_IN_TIME}: {reason}"
    if again:
        storage.mark_delayed(uow.session, lease, reason, again)
    else:
        storage.mark_failed(uow.session, lease, reason)


def finish_codes(database: Database, room: CodeRoom, clock: Callable[[], datetime]) -> None:
    """Settle what is under way before the process ends; leases answer for the rest."""
    ways = list(room.ways.values())

    def settle() -> None:
        for way in ways:
            settle_codes(database, way, clock(), wait=_GATHER)

    finish(ways, settle)
