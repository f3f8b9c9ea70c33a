"""The life of a delivery: how long it waits, how often it is tried, when it is given up."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

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
NO_CARD = "the customer's addresses did not arrive within 24 hours"
TOO_OLD = "not taken within 3 days"


@dataclass(frozen=True)
class Go:
    """It can be sent now, to this address of the channel's, in this language."""

    address: str = field(repr=False)
    name: str
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
    """It will not succeed any more; on another channel it may, unless nothing is known at all."""

    reason: str
    is_of_channel: bool = True


def waits_for_card(age: timedelta) -> bool:
    """Whether a customer's addresses may still come."""
    return age < _ADDRESS_LIMIT


def waits_for_contact(age: timedelta) -> bool:
    """Whether the very contact of a ticket may still come."""
    return age < _CONTACT_LIMIT


def next_look(age: timedelta, now: datetime) -> datetime:
    """After as long again as it has waited already: doubling without a counter."""
    return now + min(max(age, _FIRST_LOOK), _LONGEST_LOOK)


def ends_unknown(*, is_repeatable: bool, attempts: int, is_leased: bool, is_urgent: bool) -> bool:
    """Whether a delivery whose lease ran out is left as it is: it may have come.

    Without a key by which the provider knows a repetition it would come twice. What is most urgent
    is better told twice than not at all.
    """
    return is_leased and attempts > 0 and not is_repeatable and not is_urgent


def next_attempt(
    attempts: int, since: datetime, now: datetime, retry_after: float | None = None
) -> datetime | None:
    """When to try again after the `attempts`-th temporary failure; None after three days of it.

    `retry_after` are the seconds that the provider asks us to wait at least.
    """
    if now - since >= GIVE_UP_AFTER:
        return None
    doublings = min(attempts - 1, 20)
    pause = min(FIRST_RETRY * 2**doublings, LONGEST_RETRY)
    return now + max(pause, timedelta(seconds=retry_after or 0))
