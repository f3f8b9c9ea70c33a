"""Where a delivery goes: what a recipient's card says about a channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notify.domain.addresses import AddressCard
from services.notify.domain.headers import Mailbox
from services.notify.domain.life import (
    GIVE_UP_AFTER,
    NO_CARD,
    TOO_OLD,
    GiveUp,
    Go,
    Skip,
    Wait,
    next_look,
    waits_for_card,
    waits_for_contact,
)
from services.notify.domain.rules import MAIL, SMS, WECOM_APP

NO_ADDRESS: Mapping[str, str] = {
    MAIL: "no e-mail address",
    SMS: "no phone number",
    WECOM_APP: "no WeCom account",
}
NO_PROVIDER = "this installation has no provider for the channel"
NO_ROBOT = "the robot is gone or switched off"


@dataclass(frozen=True)
class Due:
    """What decides about the next step of a delivery, whose days of trying began at `since`."""

    channel: str
    attempts: int
    since: datetime
    contact_id: UUID | None = None


@dataclass(frozen=True)
class Colleague:
    """A member of staff as a recipient."""

    name: str = ""
    language: str = ""
    addresses: Mapping[str, str | None] | None = None


def step_to_customer(
    card: AddressCard | None, due: Due, now: datetime
) -> Go | Wait | Skip | GiveUp:
    """Intake may not have told us the address yet; then it is looked for, for a while."""
    age = now - due.since
    if due.attempts and age >= GIVE_UP_AFTER:
        return GiveUp(TOO_OLD)
    if card is None:
        return Wait(next_look(age, now)) if waits_for_card(age) else GiveUp(NO_CARD, False)
    if not card.knows(due.contact_id) and waits_for_contact(age):
        return Wait(next_look(age, now))
    address = card.address(due.channel, due.contact_id)
    return _go(due.channel, address, card.name_to_write, card.language)


def step_to_colleague(who: Colleague | None, due: Due, now: datetime) -> Go | Skip | GiveUp:
    """What the directory has told of them."""
    if due.attempts and now - due.since >= GIVE_UP_AFTER:
        return GiveUp(TOO_OLD)
    addresses = (who and who.addresses) or {}
    return _go(
        due.channel,
        addresses.get(due.channel),
        who.name if who else "",
        who.language if who else "",
    )


def step_to_robot(is_there: bool, due: Due, now: datetime) -> Go | Skip | GiveUp:
    """A group chat has no address: the robot is it."""
    if due.attempts and now - due.since >= GIVE_UP_AFTER:
        return GiveUp(TOO_OLD)
    return Go("", "", "") if is_there else Skip(NO_ROBOT)


def _go(channel: str, address: str | None, name: str, language: str) -> Go | Skip | GiveUp:
    if not address:
        return Skip(NO_ADDRESS.get(channel, NO_PROVIDER))
    if channel != MAIL:
        return Go(address, name, language)
    try:
        return Go(Mailbox(name, address).address, name, language)
    except ValueError as error:
        return GiveUp(str(error))
