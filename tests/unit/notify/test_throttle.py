"""Two machines that thank one another are stopped by the hour."""

from uuid import UUID, uuid4

from libs.common.ids import uuid7
from services.notify.domain.orders import MailOrder, Status, order_receipt, order_reply
from services.notify.storage.orders import NewDelivery
from services.notify.use_cases.order_mails import throttle
from tests.unit.notify.facts import created, replied


def new(order: MailOrder | None) -> NewDelivery:
    assert order is not None
    return NewDelivery(uuid7(), "<x@y>", order)


def receipts(customer_id: UUID, amount: int) -> list[NewDelivery]:
    return [new(order_receipt(created(customer_id=customer_id))) for _ in range(amount)]


def statuses(deliveries: list[NewDelivery]) -> list[Status]:
    return [delivery.status for delivery in deliveries]


def test_the_twenty_first_receipt_within_an_hour_is_skipped() -> None:
    customer = uuid4()
    throttled = throttle(receipts(customer, 3), {customer: 18})
    assert statuses(throttled) == [Status.WAITING, Status.WAITING, Status.SKIPPED]
    assert throttled[-1].error == "throttled"


def test_other_customers_and_peoples_replies_are_not_held_back() -> None:
    loud, quiet = uuid4(), uuid4()
    reply = new(order_reply(replied(customer_id=loud)))
    mixed = [*receipts(loud, 1), *receipts(quiet, 1), reply]
    assert statuses(throttle(mixed, {loud: 20})) == [Status.SKIPPED, Status.WAITING, Status.WAITING]
