"""Send what is due by mail: claim under a lease, hand over outside any transaction, settle.

A crash after the mail server has taken a mail and before the commit lets the lease run out; the
mail is then sent again, the same to the letter and with the same Message-ID.
"""

from collections.abc import Callable
from datetime import datetime

from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database
from services.notify.clients.post import Parcel
from services.notify.domain.rules import MAIL
from services.notify.storage.deliveries import Delivery
from services.notify.use_cases.claim import claim
from services.notify.use_cases.farewell import finish
from services.notify.use_cases.mail_room import MailRoom
from services.notify.use_cases.settle import settle

_GATHER = 0.05  # seconds that a round waits for outcomes


def send_mails(database: Database, room: MailRoom, now: datetime) -> bool:
    """One round; returns whether there is more to do at once."""
    if places := room.post.room():
        parcels = claim_mails(database, room, now, places)
        if parcels:
            crash_point("after_claim_before_send")
            room.post.take(parcels)
    settle(database, room.desk, room.post, now, wait=_GATHER)
    return room.post.is_busy()


def claim_mails(
    database: Database, room: MailRoom, now: datetime, limit: int
) -> list[Parcel[Delivery]]:
    """Lease up to `limit` mails that can be sent."""
    return [room.parcel(one) for one in claim(database, room.desk, [MAIL], now, limit)]


def finish_mails(database: Database, room: MailRoom, clock: Callable[[], datetime]) -> None:
    """Settle what is under way before the process ends; leases answer for the rest."""
    finish([room.post], lambda: settle(database, room.desk, room.post, clock(), wait=_GATHER))
