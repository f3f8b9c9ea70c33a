"""Requests that wait for a ticket's number."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from services.intake.service.waiting import NumberWait
from services.intake.storage.arrivals import ReceiptStatus

NOW = datetime(2023, 10, 1, tzinfo=UTC)
LONG = 30.0  # seconds: no test waits for them to pass


def status(number: str | None = None, state: str = "accepted") -> ReceiptStatus:
    return ReceiptStatus(uuid4(), state, number, NOW)


class Numbers:
    """Receipts as the database would show them; says when it was asked."""

    def __init__(self) -> None:
        self.known: dict[UUID, ReceiptStatus] = {}
        self.asked = threading.Event()
        self.failures = 0

    def look_up(self, receipt_ids: Sequence[UUID]) -> list[ReceiptStatus]:
        self.asked.set()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")
        return [self.known[one] for one in receipt_ids if one in self.known]


def waiting(wait: NumberWait, receipt: ReceiptStatus) -> tuple[threading.Thread, list[str | None]]:
    found: list[str | None] = []
    thread = threading.Thread(target=lambda: found.append(wait.wait(receipt, LONG).number))
    thread.start()
    return thread, found


def test_a_number_that_comes_ends_the_wait() -> None:
    numbers, receipt = Numbers(), status()
    thread, found = waiting(NumberWait(numbers.look_up, places=1), receipt)
    numbers.asked.wait()
    numbers.known[receipt.receipt_id] = ReceiptStatus(receipt.receipt_id, "filed", "G1", NOW)
    thread.join()
    assert found == ["G1"]


def test_what_is_settled_does_not_wait() -> None:
    wait = NumberWait(Numbers().look_up, places=1)
    for settled in (status("G1"), status(state="ignored"), status(state="failed")):
        assert wait.wait(settled, LONG) is settled


def test_a_message_that_makes_no_ticket_ends_the_wait() -> None:
    numbers, receipt = Numbers(), status()
    numbers.known[receipt.receipt_id] = ReceiptStatus(receipt.receipt_id, "ignored", None, NOW)
    wait = NumberWait(numbers.look_up, places=1)
    assert wait.wait(receipt, LONG).state == "ignored"


def test_who_finds_no_place_does_not_wait() -> None:
    numbers, receipt = Numbers(), status()
    wait = NumberWait(numbers.look_up, places=1)
    thread, found = waiting(wait, receipt)
    numbers.asked.wait()
    other = status()
    assert wait.wait(other, LONG) is other
    numbers.known[receipt.receipt_id] = ReceiptStatus(receipt.receipt_id, "filed", "G1", NOW)
    thread.join()
    assert found == ["G1"]


def test_two_requests_may_wait_for_the_same_receipt() -> None:
    numbers, receipt = Numbers(), status()
    wait = NumberWait(numbers.look_up, places=2)
    both = [waiting(wait, receipt) for _ in range(2)]
    numbers.known[receipt.receipt_id] = ReceiptStatus(receipt.receipt_id, "filed", "G1", NOW)
    for thread, found in both:
        thread.join()
        assert found == ["G1"]


def test_a_wait_without_an_answer_ends_with_its_time() -> None:
    receipt = status()
    assert NumberWait(Numbers().look_up, places=1).wait(receipt, 0.1) is receipt


def test_the_database_may_be_away_for_a_while() -> None:
    numbers, receipt = Numbers(), status()
    numbers.failures = 2
    numbers.known[receipt.receipt_id] = ReceiptStatus(receipt.receipt_id, "filed", "G1", NOW)
    assert NumberWait(numbers.look_up, places=1).wait(receipt, LONG).number == "G1"
