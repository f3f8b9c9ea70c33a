"""What ticketing tells reaches conversations and receipts, in whatever order it comes."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.ids import uuid7
from tests.integration.intake.desk import Desk, ticket_created, ticket_followed_up
from tests.unit.intake.mails import plain


def person() -> str:
    return f"{uuid4().hex}@example.com"


_serial = iter(range(1, 10_000))


def number() -> str:
    return f"G20231001{next(_serial):03}"


def conversation(desk: Desk, received: dict[str, Any]) -> dict[str, Any]:
    query = "SELECT * FROM conversations WHERE conversation_id = :id"
    return dict(desk.rows(query, id=received["conversation_id"])[0])


def answer(desk: Desk, ticket_id: UUID, sender: str) -> dict[str, Any]:
    ours = desk.our_message_id(ticket_id)
    return desk.mail(plain(sender=sender, Message_ID=f"<{uuid4()}@x>", In_Reply_To=ours))


def receipt_number(desk: Desk, received: dict[str, Any]) -> str | None:
    query = "SELECT number FROM receipts JOIN messages USING (receipt_id) WHERE message_id = :id"
    found: str | None = desk.scalar(query, id=received["message_id"])
    return found


def test_a_number_reaches_the_receipt(desk: Desk) -> None:
    received, mark = desk.form(), number()
    assert receipt_number(desk, received) is None
    desk.tell(ticket_created(received["ticket_id"], mark, customer_id=received["customer_id"]))
    assert receipt_number(desk, received) == mark
    assert conversation(desk, received)["number"] == mark


def test_numbers_come_in_batches_and_twice(desk: Desk) -> None:
    received = [desk.form() for _ in range(5)]
    marks = [number() for _ in received]
    events = [
        ticket_created(
            one["ticket_id"], mark, message_id=one["message_id"], customer_id=one["customer_id"]
        )
        for one, mark in zip(received, marks, strict=True)
    ]
    desk.tell(*events)
    desk.tell(*events)
    again = ticket_created(
        received[0]["ticket_id"], marks[0], customer_id=received[0]["customer_id"]
    )
    desk.tell(again)
    assert [receipt_number(desk, one) for one in received] == marks


def test_a_ticket_from_elsewhere_gets_a_conversation(desk: Desk) -> None:
    ticket_id, mark = uuid7(), number()
    customer_id = desk.form()["customer_id"]
    created = ticket_created(ticket_id, mark, customer_id=customer_id, channel="phone")
    desk.tell(created)
    desk.tell(created)
    rows = desk.rows("SELECT * FROM conversations WHERE ticket_id = :id", id=ticket_id)
    assert [(row["number"], row["channel"], row["customer_id"]) for row in rows] == [
        (mark, "phone", customer_id)
    ]


@pytest.mark.parametrize("order", ["created first", "followed up first"])
def test_a_closed_ticket_is_carried_on_in_another(desk: Desk, order: str) -> None:
    ann = person()
    first = desk.form(email=ann)
    old, new = number(), number()
    desk.tell(ticket_created(first["ticket_id"], old, customer_id=first["customer_id"]))
    more = answer(desk, first["ticket_id"], ann)
    next_id = uuid7()
    events = [
        ticket_created(
            next_id, new, message_id=more["message_id"], customer_id=first["customer_id"]
        ),
        ticket_followed_up(first["ticket_id"], old, next_id, more["message_id"]),
    ]
    for event in events if order == "created first" else reversed(events):
        desk.tell(event)
    now = conversation(desk, first)
    assert (now["ticket_id"], now["number"]) == (next_id, new)
    assert receipt_number(desk, first) == old
    assert receipt_number(desk, more) == new
    # Answers to mails about the old ticket go to the new one, and so do its number's mails.
    assert answer(desk, first["ticket_id"], ann)["ticket_id"] == next_id
    by_number = desk.mail(plain(sender=ann, subject=old, Message_ID=f"<{uuid4()}@x>"))
    assert by_number["ticket_id"] == next_id


def test_a_message_carried_over_into_a_known_follow_up(desk: Desk) -> None:
    ann = person()
    first = desk.form(email=ann)
    old, new, next_id = number(), number(), uuid7()
    customer = {"customer_id": first["customer_id"]}
    desk.tell(ticket_created(first["ticket_id"], old, **customer))
    one = answer(desk, first["ticket_id"], ann)
    two = answer(desk, first["ticket_id"], ann)
    desk.tell(ticket_created(next_id, new, message_id=one["message_id"], **customer))
    for message in (one, two):
        desk.tell(ticket_followed_up(first["ticket_id"], old, next_id, message["message_id"]))
    assert receipt_number(desk, one) == receipt_number(desk, two) == new
    assert conversation(desk, first)["ticket_id"] == next_id


def test_the_newest_of_several_follow_ups_has_the_conversation(desk: Desk) -> None:
    ann = person()
    first = desk.form(email=ann)
    old, new, newest = number(), number(), number()
    customer = {"customer_id": first["customer_id"]}
    desk.tell(ticket_created(first["ticket_id"], old, **customer))
    one, two = answer(desk, first["ticket_id"], ann), answer(desk, first["ticket_id"], ann)
    next_id, last_id = uuid7(), uuid7()
    desk.tell(ticket_created(last_id, newest, message_id=two["message_id"], **customer))
    desk.tell(ticket_created(next_id, new, message_id=one["message_id"], **customer))
    desk.tell(ticket_followed_up(first["ticket_id"], old, next_id, one["message_id"]))
    desk.tell(ticket_followed_up(next_id, new, last_id, two["message_id"]))
    assert conversation(desk, first)["ticket_id"] == last_id
    assert [receipt_number(desk, m) for m in (first, one, two)] == [old, new, newest]
    for ticket_id in (first["ticket_id"], next_id, last_id):
        assert answer(desk, ticket_id, ann)["ticket_id"] == last_id


def test_two_rows_that_turn_out_to_be_one_conversation_are_joined(desk: Desk) -> None:
    ann = person()
    first = desk.form(email=ann)
    old, new, next_id = number(), number(), uuid7()
    customer = {"customer_id": first["customer_id"]}
    desk.tell(ticket_created(first["ticket_id"], old, **customer))
    # Without the message that opened it, nothing says what the new ticket goes on with.
    desk.tell(ticket_created(next_id, new, **customer))
    more = answer(desk, first["ticket_id"], ann)
    desk.tell(ticket_followed_up(first["ticket_id"], old, next_id, more["message_id"]))
    assert answer(desk, first["ticket_id"], ann)["ticket_id"] == next_id
    assert answer(desk, next_id, ann)["ticket_id"] == next_id
    assert receipt_number(desk, more) == new


def test_a_follow_up_of_a_ticket_that_nobody_knows_changes_nothing(desk: Desk) -> None:
    desk.tell(ticket_followed_up(uuid7(), number(), uuid7(), uuid7()))
    assert desk.scalar("SELECT count(*) FROM inbox_failures") == 0
