"""The life of a delivery: how long it waits, how often it is tried, when it is given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.notify.domain.addresses import AddressCard
from services.notify.domain.headers import Mailbox

LEASE = timedelta(seconds=60)
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(days=3)

_FIRST_LOOK = timedelta(seconds=1)
_LONGEST_LOOK = timedelta(minutes=10)
_ADDRESS_LIMIT = timedelta(hours=24)
# The contact of a ticket may be newer than our card; past this, the customer's other address does.
_CONTACT_LIMIT = timedelta(minutes=10)

RECEIPTS_PER_HOUR = 20
THROTTLED = "throttled"
NO_EMAIL = "no e-mail address"
NO_CARD = "the customer's addresses did not arrive within 24 hours"
TOO_OLD = "not taken by the mail server within 3 days"


@dataclass(frozen=True)
class Go:
    """It can be sent now, to this address, in this language."""

    recipient: Mailbox
    language: str


@dataclass(frozen=True)
class Wait:
    """Look again then; intake may not have told us the address yet."""

    until: datetime


@dataclass(frozen=True)
class Skip:
    """There is nothing to try; not a failure."""

    reason: str


@dataclass(frozen=True)
class GiveUp:
    """It will not succeed any more."""

    reason: str


def choose_step(
    card: AddressCard | None,
    contact_id: UUID | None,
    *,
    attempts: int,
    created_at: datetime,
    now: datetime,
) -> Go | Wait | Skip | GiveUp:
    """What to do with a delivery that is due, by what is known of its customer's addresses."""
    age = now - created_at
    if attempts and age >= GIVE_UP_AFTER:
        return GiveUp(TOO_OLD)
    if card is None:
        return GiveUp(NO_CARD) if age >= _ADDRESS_LIMIT else Wait(_next_look(age, now))
    if not card.knows(contact_id) and age < _CONTACT_LIMIT:
        return Wait(_next_look(age, now))
    address = card.email(contact_id)
    return _step_to(address, card) if address else Skip(NO_EMAIL)


def _step_to(address: str, card: AddressCard) -> Go | GiveUp:
    try:
        return Go(Mailbox(card.name_to_write, address), card.language)
    except ValueError as error:
        return GiveUp(str(error))


def _next_look(age: timedelta, now: datetime) -> datetime:
    """After as long again as it has waited already: doubling without a counter."""
    return now + min(max(age, _FIRST_LOOK), _LONGEST_LOOK)


def next_attempt(attempts: int, created_at: datetime, now: datetime) -> datetime | None:
    """When to try again after the `attempts`-th temporary failure; None once it is too old."""
    if now - created_at >= GIVE_UP_AFTER:
        return None
    doublings = min(attempts - 1, 20)
    return now + min(FIRST_RETRY * 2**doublings, LONGEST_RETRY)
