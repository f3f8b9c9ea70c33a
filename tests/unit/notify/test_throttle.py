"""Two machines that thank one another are stopped by the hour."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from services.notify.domain.deliveries import Order, Status
from services.notify.domain.planning import Customer, order_for_customer
from services.notify.domain.ticket_happenings import happening_of
from services.notify.use_cases.tell import throttled
from tests.unit.notify.facts import NOON, created, replied
from tests.unit.notify.telling import rule


def order(event_type: str, ticket: dict[str, Any]) -> Order:
    happening = happening_of(event_type, ticket)
    assert happening is not None
    mail = rule(happening.occasion, "customer", channels=("mail",))
    customer = Customer(ticket["customer_id"])
    (found,) = order_for_customer(mail, happening, customer, {}, NOON)
    return found


def receipts(customer_id: UUID, amount: int) -> list[Order]:
    return [order("ticket.created", created(customer_id=customer_id)) for _ in range(amount)]


def throttle(orders: Sequence[Order], sent: dict[UUID, int]) -> list[Order]:
    counts = Counter(sent)
    return [throttled(one, counts) for one in orders]


def test_the_twenty_first_receipt_within_an_hour_is_skipped() -> None:
    customer = uuid4()
    left = throttle(receipts(customer, 3), {customer: 18})
    assert [one.status for one in left] == [Status.WAITING, Status.WAITING, Status.SKIPPED]
    assert left[-1].error == "throttled"


def test_other_customers_and_peoples_replies_are_not_held_back() -> None:
    loud, quiet = uuid4(), uuid4()
    reply = order("ticket.replied", replied(customer_id=loud))
    mixed = [*receipts(loud, 1), *receipts(quiet, 1), reply]
    found = [one.status for one in throttle(mixed, {loud: 20})]
    assert found == [Status.SKIPPED, Status.WAITING, Status.WAITING]
