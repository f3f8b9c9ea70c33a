"""Numbers under load, and tickets registered by hand."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.errors import InvalidInput
from tests.integration.ticketing.desk import Desk, agent, message, repeated, types


def serials_of(desk: Desk, day: date) -> int:
    return desk.scalar("SELECT last FROM number_serials WHERE business_date = :day", day=day)


def set_serial(desk: Desk, day: date, last: int) -> None:
    with desk.database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO number_serials VALUES (:day, :last) "
                "ON CONFLICT (business_date) DO UPDATE SET last = :last"
            ),
            {"day": day, "last": last},
        )


def test_a_hundred_creators_at_once_get_a_hundred_numbers(desk: Desk):
    create: Callable[[int], str] = lambda i: str(desk.open(subject=f"第{i}件")["number"])  # noqa: E731
    with ThreadPoolExecutor(20) as pool:
        numbers = list(pool.map(create, range(100)))
    assert repeated(numbers) == []
    serials = sorted(int(number[9:]) for number in numbers)
    assert serials == list(range(serials[0], serials[0] + 100))


def test_batches_and_creators_at_once_share_the_serials(desk: Desk):
    def file(_: int) -> list[str]:
        events = [message() for _ in range(10)]
        desk.file(*events)
        return [desk.number_of(event.data["ticket_id"]) for event in events]

    with ThreadPoolExecutor(8) as pool:
        batches = pool.map(file, range(10))
        created = pool.map(lambda _: [desk.open()["number"]], range(20))
        numbers = [number for some in (*batches, *created) for number in some]
    assert len(numbers) == 120
    assert repeated(numbers) == []


def test_the_thousandth_ticket_of_a_day_gets_a_longer_number(desk: Desk):
    noon = datetime(2030, 5, 1, 4, tzinfo=UTC)
    set_serial(desk, date(2030, 5, 1), 997)
    events = [message(received_at=noon) for _ in range(5)]
    desk.file(*events)
    numbers = [desk.number_of(event.data["ticket_id"]) for event in events]
    assert numbers == [
        "G20300501998",
        "G20300501999",
        "G202305011000".replace("2023", "2030"),
        "G203005011001",
        "G203005011002",
    ]


def test_a_batch_across_midnight_gives_each_message_its_own_day(desk: Desk):
    before = message(received_at=datetime(2031, 1, 1, 15, 59, 59, tzinfo=UTC))
    after = message(received_at=datetime(2031, 1, 1, 16, 0, 0, tzinfo=UTC))
    desk.file(after, before)
    assert desk.number_of(before.data["ticket_id"]) == "G20310101001"
    assert desk.number_of(after.data["ticket_id"]) == "G20310102001"


def test_a_refused_ticket_takes_no_number(desk: Desk):
    desk.open()
    today = "SELECT max(last) FROM number_serials"
    last = desk.scalar(today)
    with pytest.raises(InvalidInput):
        desk.open(subject=" ")
    assert desk.scalar(today) == last


def test_staff_register_a_ticket_in_the_customers_name(desk: Desk):
    by = agent("李雷")
    ticket = desk.open(by, channel="phone", kind="repair", urgency="urgent", fields={"型号": "X1"})
    assert (ticket["channel"], ticket["kind"], ticket["urgency"]) == ("phone", "repair", "urgent")
    assert ticket["fields"] == {"型号": "X1"}
    assert ticket["status"] == "unassigned"
    assert "take" in ticket["allowed"]["actions"]
    created, words = desk.show(ticket["number"])["timeline"]["items"]
    assert created["event"] == {"type": "ticket.created", "channel": "phone"}
    assert created["author"] == {"kind": "agent", "id": str(by.subject), "name": "李雷"}
    assert words["author"]["kind"] == "customer"
    [event] = desk.events(ticket["ticket_id"])
    assert event["data"]["actor"] == {"kind": "staff", "id": str(by.subject), "name": "李雷"}
    assert event["data"]["message_id"] is None


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"subject": ""}, "subject"),
        ({"text": "  "}, "text"),
        ({"text": "x" * 65_537}, "text"),
        ({"customer_name": None}, "customer_name"),
        ({"kind": "gossip"}, "kind"),
        ({"urgency": "asap"}, "urgency"),
        ({"channel": "mail"}, "channel"),
        ({"fields": {"a": {"b": 1}}}, "fields.a"),
        ({"attachment_ids": [uuid4()]}, "attachment_ids"),
    ],
)
def test_a_refused_ticket_names_the_field(desk: Desk, fields, named):
    with pytest.raises(InvalidInput) as refusal:
        desk.open(**fields)
    assert named in refusal.value.details["errors"]


def test_a_ticket_is_created_with_few_statements_and_its_number_last(desk: Desk):
    desk.open()
    with desk.counting_statements() as seen:
        ticket = desk.open()
    names = [statement.split("(")[0].strip() for statement in seen]
    assert len(seen) <= 8
    assert names[-3:] == ["INSERT INTO number_serials", "INSERT INTO tickets", "INSERT INTO outbox"]
    assert types(desk.events(ticket["ticket_id"])) == ["ticket.created"]
