"""Claim what is due on a channel: commit it as being sent before anybody hands it over."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from libs.common.crypto import KeyRing
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7
from services.notify.domain.deliveries import RecipientKind, Status
from services.notify.domain.life import LEASE, GiveUp, Go, Skip, Wait, ends_unknown
from services.notify.domain.preferences import NO_WISHES, Preference
from services.notify.domain.reaching import (
    NO_PROVIDER,
    Colleague,
    Due,
    step_to_colleague,
    step_to_customer,
    step_to_robot,
)
from services.notify.domain.rules import MAIL, REPEATABLE, SMS, WECOM_APP
from services.notify.storage import deliveries as storage
from services.notify.storage import readers
from services.notify.storage.addresses import find_cards
from services.notify.storage.deliveries import Delivery
from services.notify.storage.endpoints import Endpoint, find_endpoints
from services.notify.storage.leases import Lease
from services.notify.storage.orders import claim_key
from services.notify.storage.person_contacts import PersonContact, find_contacts
from services.notify.storage.promises import Promise, find_promises
from services.notify.storage.rule_book import RuleBook
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.failing import tell_failure

Step = Go | Wait | Skip | GiveUp

_MARGIN = 15.0  # seconds of the lease kept for settling
_OUTCOME_OPEN = "the process ended while it was sent"


@dataclass(frozen=True)
class Ready:
    """A delivery under our lease, with all that its message is made of.

    `deadline` (monotonic seconds): later its lease may run out.
    """

    delivery: Delivery
    go: Go
    lease: Lease
    deadline: float
    book: RuleBook = field(repr=False)
    wish: Preference = NO_WISHES
    references: Sequence[str] = ()
    promise: Promise | None = None
    endpoint: Endpoint | None = None


@dataclass(frozen=True)
class Cards:
    """What is known of the recipients of a claim."""

    steps: list[Step]
    wishes: Mapping[UUID, Preference]
    endpoints: Mapping[UUID, Endpoint]


def claim(
    database: Database,
    desk: Desk,
    channels: Collection[str],
    now: datetime,
    limit: int,
    *,
    has_provider: bool = True,
) -> list[Ready]:
    """Lease up to `limit` due deliveries that can be sent; put the others where they belong."""
    deadline = time.monotonic() + LEASE.total_seconds() - _MARGIN
    with database.begin() as uow:
        due = storage.lock_due(uow.session, channels, now, limit)
        if not due:
            return []
        due = _end_unknown(uow, due)
        cards = _look_up(uow, desk.keys, due, now, has_provider=has_provider)
        ready = [
            (delivery, step)
            for delivery, step in zip(due, cards.steps, strict=True)
            if _settle(uow, desk, delivery, step, now) and isinstance(step, Go)
        ]
        found = _lease(uow, desk, ready, cards, deadline, now)
        uow.commit()
    return found


def pass_on(
    uow: UnitOfWork, delivery: Delivery, now: datetime, others: Sequence[str] | None = None
) -> bool:
    """On to the next channel on which the recipient was not told yet; False if there is none."""
    left = list(delivery.others if others is None else others)
    while left:
        channel = left.pop(0)
        key = (delivery.recipient_id, channel, delivery.occasion_key)
        if claim_key(uow.session, *key, delivery.delivery_id):
            storage.redirect(uow.session, delivery, channel, left, now)
            return True
    return False


def _end_unknown(uow: UnitOfWork, due: Sequence[Delivery]) -> list[Delivery]:
    """Those that may have come stay as they are; returns the others."""
    left = []
    for delivery in due:
        is_unknown = ends_unknown(
            is_repeatable=delivery.channel in REPEATABLE,
            attempts=delivery.attempts,
            is_leased=delivery.status is Status.SENDING,
            is_urgent=delivery.is_urgent,
        )
        if is_unknown:
            storage.end_untried(uow.session, delivery, Status.UNKNOWN, _OUTCOME_OPEN)
        else:
            left.append(delivery)
    return left


def _look_up(
    uow: UnitOfWork, keys: KeyRing, due: Sequence[Delivery], now: datetime, *, has_provider: bool
) -> Cards:
    """A query for each kind of recipient, whatever the size of the claim."""
    session = uow.session
    customers = _ids(due, RecipientKind.CUSTOMER)
    people = _ids(due, RecipientKind.PERSON)
    cards = find_cards(session, keys, customers) if customers else {}
    endpoints = find_endpoints(session, list(_ids(due, RecipientKind.ENDPOINT)))
    staff = readers.find_staff(session, people, ())
    contacts = find_contacts(session, keys, people)
    wishes = {one.customer_id: one.preference for one in _wishes(uow, customers)}
    colleagues = {}
    for person_id in people:
        if person := staff.person(person_id):
            wishes[person_id] = person.preference
            contact = contacts.get(person_id, PersonContact())
            addresses = {
                MAIL: contact.email,
                SMS: contact.phone,
                WECOM_APP: person.preference.wecom_userid,
            }
            colleagues[person_id] = Colleague(person.name, person.language, addresses)

    def step(delivery: Delivery) -> Step:
        if not has_provider:
            return Skip(NO_PROVIDER)
        asked = Due(delivery.channel, delivery.attempts, delivery.tried_since, delivery.contact_id)
        match delivery.recipient_kind:
            case RecipientKind.CUSTOMER:
                return step_to_customer(cards.get(delivery.recipient_id), asked, now)
            case RecipientKind.PERSON:
                return step_to_colleague(colleagues.get(delivery.recipient_id), asked, now)
        robot = endpoints.get(delivery.recipient_id)
        return step_to_robot(robot is not None and robot.is_active, asked, now)

    return Cards([step(one) for one in due], wishes, endpoints)


def _wishes(uow: UnitOfWork, customers: Collection[UUID]) -> list[readers.Customer]:
    return list(readers.find_customers(uow.session, customers).values())


def _ids(due: Sequence[Delivery], kind: RecipientKind) -> set[UUID]:
    return {one.recipient_id for one in due if one.recipient_kind is kind}


def _settle(uow: UnitOfWork, desk: Desk, delivery: Delivery, step: Step, now: datetime) -> bool:
    """Whether it can go out now; what cannot is put where it belongs."""
    match step:
        case Go():
            return True
        case Wait(until):
            storage.postpone(uow.session, delivery, until)
        case Skip(reason):
            if not pass_on(uow, delivery, now):
                storage.end_untried(uow.session, delivery, Status.SKIPPED, reason)
        case GiveUp(reason, is_of_channel):
            if not (is_of_channel and pass_on(uow, delivery, now)):
                storage.end_untried(uow.session, delivery, Status.FAILED, reason)
                tell_failure(uow, desk, delivery, reason, now)
    return False


def _lease(
    uow: UnitOfWork,
    desk: Desk,
    ready: Sequence[tuple[Delivery, Go]],
    cards: Cards,
    deadline: float,
    now: datetime,
) -> list[Ready]:
    if not ready:
        return []
    deliveries = [delivery for delivery, _ in ready]
    owner = uuid7()
    storage.lease(uow.session, deliveries, owner, now + LEASE)
    threads = storage.earlier_message_ids(
        uow.session, [one for one in deliveries if one.channel == MAIL]
    )
    tickets = {one.ticket_id for one in deliveries if one.ticket_id}
    promises = find_promises(uow.session, tickets)
    book = desk.shelf.current(uow.session)
    return [
        Ready(
            delivery=delivery,
            go=go,
            lease=Lease(delivery.delivery_id, owner),
            deadline=deadline,
            book=book,
            wish=cards.wishes.get(delivery.recipient_id, NO_WISHES),
            references=threads.get(delivery.delivery_id, ()),
            promise=promises.get(delivery.ticket_id) if delivery.ticket_id else None,
            endpoint=cards.endpoints.get(delivery.recipient_id),
        )
        for delivery, go in ready
    ]
