"""Tell people what has happened, as the rules say: the one door to deliveries and notices."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.common.conditions import facts_of
from libs.common.database.unit_of_work import UnitOfWork
from services.notify.domain.deliveries import Order, RecipientKind, Status
from services.notify.domain.happenings import Happening
from services.notify.domain.life import RECEIPTS_PER_HOUR, THROTTLED
from services.notify.domain.notices import NoticeOrder
from services.notify.domain.planning import (
    PROMISE_PATIENCE,
    Customer,
    Names,
    content_of,
    once_each,
    order_for_customer,
    order_for_person,
    order_for_robots,
    staff_of,
)
from services.notify.domain.rules import IN_APP, Rule, is_for_customer, rules_that_hold
from services.notify.storage import readers
from services.notify.storage.orders import (
    add_deliveries,
    claim_keys,
    count_receipts,
    lock_customers,
)
from services.notify.storage.promises import find_promises
from services.notify.storage.readers import Staff, Wanted
from services.notify.storage.rule_book import RuleBook
from services.notify.use_cases.desk import Desk
from services.notify.use_cases.notices import tell_people
from services.notify.use_cases.word_notices import word_notice

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Chosen:
    """A rule that holds for what has happened."""

    happening: Happening
    rule: Rule

    def wanted(self, recipients: Sequence[Any]) -> Wanted:
        header = self.happening.header
        return Wanted(tuple(recipients), header.get("assignee_id"), header.get("group_id"))


@dataclass(frozen=True)
class Readers:
    """All whom a batch may tell."""

    customers: Mapping[UUID, Customer]
    staff: Staff
    names: Names
    robots: Mapping[UUID, str]


@dataclass(frozen=True)
class Plan:
    """What is to be written; nothing is written yet."""

    orders: list[Order]
    notices: list[NoticeOrder]


def tell(uow: UnitOfWork, desk: Desk, now: datetime, happenings: Sequence[Happening]) -> None:
    """Write deliveries and notices for each rule that holds, once per recipient and channel.

    Bears repeats: an occasion key that was told to somebody on a channel is not told again.
    """
    plan = plan_telling(uow, desk, now, happenings)
    if plan.orders:
        _order(uow, desk, now, plan.orders)
    if plan.notices:
        tell_people(uow, now, plan.notices)


def plan_telling(
    uow: UnitOfWork, desk: Desk, now: datetime, happenings: Sequence[Happening]
) -> Plan:
    """Whom the rules would have told; also what a trial of the rules shows."""
    book = desk.shelf.current(uow.session)
    heard = [one for one in happenings if book.rules.get(one.occasion)]
    customers = readers.find_customers(uow.session, _customers(heard))
    chosen = [one for happening in heard for one in choose(desk, book, happening, customers, now)]
    if not chosen:
        return Plan([], [])
    found = _find_readers(uow, chosen, customers)
    orders: list[Order] = []
    notices: list[NoticeOrder] = []
    for one in chosen:
        content = content_of(one.happening, found.names)
        if is_for_customer(one.rule):
            orders.extend(_for_customer(one, found, content, now))
        else:
            orders.extend(_for_staff(one, found, content, now))
            notices.extend(_notices(desk, book, one, found, content))
    return Plan(once_each(orders), notices)


def choose(
    desk: Desk,
    book: RuleBook,
    happening: Happening,
    customers: Mapping[UUID, Customer],
    now: datetime,
) -> list[Chosen]:
    """The rules that hold for it, in their order."""
    customer = customers.get(happening.header.get("customer_id"))  # type: ignore[arg-type]
    facts = facts_of(
        happening.header,
        tier=customer.tier if customer else None,
        language=customer.language if customer else None,
        zone=desk.zone,
        now=now,
    )
    rules = book.rules.get(happening.occasion, ())
    return [Chosen(happening, rule) for rule in rules_that_hold(rules, happening, facts)]


def _find_readers(
    uow: UnitOfWork, chosen: Sequence[Chosen], customers: Mapping[UUID, Customer]
) -> Readers:
    """A query for each kind, whatever the size of the batch."""
    people: set[UUID] = set()
    wanted: set[Wanted] = set()
    groups: set[UUID] = set()
    for one in chosen:
        header = one.happening.header
        people.update(one.happening.recipients or ())
        people.update(filter(None, [header.get("assignee_id")]))
        groups.update(filter(None, [header.get("group_id")]))
        wanted.add(one.wanted(one.rule.recipients or one.happening.named))
    staff = readers.find_staff(uow.session, people, wanted)
    endpoints = {each for one in chosen for each in one.rule.endpoint_ids}
    names = Names(staff.names(), readers.find_group_names(uow.session, groups))
    return Readers(customers, staff, names, readers.find_robots(uow.session, endpoints))


def _customers(happenings: Iterable[Happening]) -> set[UUID]:
    return {found for one in happenings if (found := one.header.get("customer_id"))}


def _for_customer(
    one: Chosen, found: Readers, content: Mapping[str, Any], now: datetime
) -> Iterator[Order]:
    customer = found.customers.get(one.happening.header.get("customer_id"))  # type: ignore[arg-type]
    if customer is not None:
        yield from order_for_customer(one.rule, one.happening, customer, content, now)


def _for_staff(
    one: Chosen, found: Readers, content: Mapping[str, Any], now: datetime
) -> Iterator[Order]:
    for person_id in _people(one, found):
        if person := found.staff.person(person_id):
            yield from order_for_person(one.rule, one.happening, person, content, now)
    yield from order_for_robots(one.rule, one.happening, found.robots, content, now)


def _notices(
    desk: Desk, book: RuleBook, one: Chosen, found: Readers, content: Mapping[str, Any]
) -> Iterator[NoticeOrder]:
    if IN_APP not in one.rule.channels:
        return
    for person_id in _people(one, found):
        if person := found.staff.person(person_id):
            yield word_notice(desk, book, one.rule, one.happening, person, content)


def _people(one: Chosen, found: Readers) -> list[UUID]:
    resolved = found.staff.find(one.wanted(one.rule.recipients)) if one.rule.recipients else []
    named = found.staff.find(one.wanted(one.happening.named)) if one.happening.named else []
    return staff_of(one.happening, resolved, named, one.rule)


def _order(uow: UnitOfWork, desk: Desk, now: datetime, orders: Sequence[Order]) -> None:
    receipts = [one for one in orders if _is_receipt(one)]
    if receipts:
        lock_customers(uow.session, sorted({one.recipient_id for one in receipts}))
        orders = _await_promises(uow, orders, receipts, now)
    new = claim_keys(uow.session, [desk.prepare(one) for one in orders])
    if receipts:
        people = {one.recipient_id for one in receipts}
        sent = Counter(count_receipts(uow.session, people, now - _HOUR))
        new = [replace(one, order=throttled(one.order, sent)) for one in new]
    add_deliveries(uow.session, desk.keys, new, now)


def _await_promises(
    uow: UnitOfWork, orders: Sequence[Order], receipts: Sequence[Order], now: datetime
) -> list[Order]:
    """Receipts name the time until which the customer is to be answered, if it comes soon."""
    promised = find_promises(uow.session, {one.ticket_id for one in receipts if one.ticket_id})
    until = now + PROMISE_PATIENCE
    return [
        replace(one, due_at=max(until, one.due_at))
        if _is_receipt(one) and one.ticket_id not in promised
        else one
        for one in orders
    ]


def throttled(order: Order, sent: Counter[UUID]) -> Order:
    """A receipt beyond the limit is skipped: two machines may be thanking one another."""
    if not _is_receipt(order) or order.status is not Status.WAITING:
        return order
    sent[order.recipient_id] += 1
    if sent[order.recipient_id] <= RECEIPTS_PER_HOUR:
        return order
    return replace(order, status=Status.SKIPPED, error=THROTTLED)


def _is_receipt(order: Order) -> bool:
    return order.occasion == "receipt" and order.recipient_kind is RecipientKind.CUSTOMER
