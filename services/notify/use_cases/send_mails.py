"""Send what is due: claim under a lease, hand over outside any transaction, settle.

A crash after the mail server has taken a mail and before the commit lets the lease run out; the
mail is then sent again, the same to the letter and with the same Message-ID.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database, UnitOfWork
from services.notify.clients.lanes import Outcome
from services.notify.clients.post import Parcel, Post
from services.notify.domain.headers import one_line
from services.notify.domain.life import TOO_OLD, next_attempt
from services.notify.storage import deliveries as storage
from services.notify.storage.deliveries import Delivery
from services.notify.use_cases.claim_mails import claim_mails, tell_failure
from services.notify.use_cases.farewell import finish
from services.notify.use_cases.mail_room import MailRoom

_GATHER = 0.05  # seconds that a round waits for outcomes
_MAX_REASON = 500

Done = Outcome[Parcel[Delivery]]


def send_mails(database: Database, room: MailRoom, now: datetime) -> bool:
    """One round; returns whether there is more to do at once."""
    if places := room.post.room():
        parcels = claim_mails(database, room, now, places)
        if parcels:
            crash_point("after_claim_before_send")
            room.post.take(parcels)
    settle_mails(database, room.post, now, wait=_GATHER)
    return room.post.is_busy()


def finish_mails(database: Database, room: MailRoom, clock: Callable[[], datetime]) -> None:
    """Settle what is under way before the process ends; leases answer for the rest."""
    finish([room.post], lambda: settle_mails(database, room.post, clock(), wait=_GATHER))


def settle_mails(database: Database, post: Post[Delivery], now: datetime, *, wait: float) -> None:
    """Commit what has become of mails.

    Outcomes are kept until then: a database that is away for a moment makes no mail go twice.
    The sent ones stand alone, so that nothing else can hold their commit up.
    """
    outcomes = post.outcomes(wait)
    sent = [outcome for outcome in outcomes if outcome.is_sent]
    others = [outcome for outcome in outcomes if not outcome.is_sent]
    if sent:
        crash_point("after_send_before_commit")
        with database.begin() as uow:
            storage.mark_sent(uow.session, [one.item.lease for one in sent], now)
            uow.commit()
        crash_point("after_sent_commit")
        post.forget(sent)
    if others:
        _settle_unsent(database, others, now)
        post.forget(others)


def _settle_unsent(database: Database, outcomes: Sequence[Done], now: datetime) -> None:
    with database.begin() as uow:
        for outcome in outcomes:
            _settle_one(uow, outcome, now)
        uow.commit()


def _settle_one(uow: UnitOfWork, outcome: Done, now: datetime) -> None:
    delivery, lease = outcome.item.delivery, outcome.item.lease
    reason = _without_address(outcome)
    again = None
    if not outcome.is_final:
        again = next_attempt(delivery.attempts + 1, delivery.created_at, now)
        reason = reason if again else f"{TOO_OLD}: {reason}"
    if again:
        storage.mark_delayed(uow.session, lease, reason, again)
    elif storage.mark_failed(uow.session, lease, reason):
        tell_failure(uow, delivery, reason)


def _without_address(outcome: Done) -> str:
    """Mail servers repeat the address in their answers; it is nobody's business but ours."""
    return one_line(outcome.reason.replace(outcome.item.recipient, "…"), _MAX_REASON)
