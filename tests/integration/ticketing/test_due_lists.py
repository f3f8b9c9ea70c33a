"""Lists by due time, what is overdue, and the headers that copies are compared with."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.contracts.ticketing import TicketEvent
from libs.common.errors import Forbidden, InvalidInput
from services.ticketing.queries.ticket_counts import count_tickets
from services.ticketing.queries.ticket_lists import list_tickets
from services.ticketing.use_cases.working import edit_ticket, solve_ticket
from tests.integration.ticketing.desk import Ask, Desk, created
from tests.integration.ticketing.hearing import changed, hear

HOURS = (3, None, -1, 0.5, -2, None, 30, -1)


@pytest.fixture(scope="module")
def customer(desk: Desk) -> UUID:
    """One ticket for each of the hours; returns whose they are."""
    customer_id = uuid4()
    for hours in HOURS:
        ticket = desk.open(customer_id=customer_id)
        if hours is not None:
            due_at = utc_now() + timedelta(hours=hours)
            hear(desk, changed(ticket, next_due_at=due_at, is_overdue=hours < 0))
    return customer_id


def rows(desk: Desk, customer: UUID, sort: str = "due", limit: int = 100, **filters: Any) -> Any:
    cursor = None
    while True:
        wanted = {"customer_id": str(customer)} | filters
        page = desk.ask(list_tickets, desk.boss, wanted, sort, limit, cursor)
        yield from page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_what_is_due_first_comes_first_and_what_is_never_due_last(desk, customer, limit):
    found = [row["next_due_at"] for row in rows(desk, customer, "due", limit)]
    assert len(found) == len(HOURS)
    assert found[-2:] == [None, None]
    assert found[:-2] == sorted(found[:-2])


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_backwards_it_is_the_exact_opposite(desk, customer, limit):
    forth = [row["number"] for row in rows(desk, customer, "due")]
    back = [row["number"] for row in rows(desk, customer, "-due", limit)]
    assert back == forth[::-1]


def test_a_list_shows_no_due_time_where_there_is_none(desk, customer):
    assert all("due_order" not in row for row in rows(desk, customer))


def count_of(found: Iterator[dict[str, Any]]) -> int:
    return sum(1 for _ in found)


def test_overdue_and_soon_are_told_apart(desk, customer):
    assert count_of(rows(desk, customer, due="overdue")) == 3
    assert count_of(rows(desk, customer, due="soon")) == 1
    assert count_of(rows(desk, customer, view="overdue", sort="-updated_at")) == 3


def test_another_word_for_due_is_refused(desk, customer):
    with pytest.raises(InvalidInput) as refusal:
        list(rows(desk, customer, due="sometime"))
    assert list(refusal.value.details["errors"]) == ["due"]


def test_what_is_solved_is_overdue_no_more_whatever_sla_has_yet_to_tell(desk):
    ticket = desk.open()
    hear(desk, changed(ticket, next_due_at=utc_now(), is_overdue=True))
    before = desk.ask(count_tickets, desk.boss, ["overdue"])["overdue"]["value"]
    desk.change(solve_ticket, desk.boss, number=ticket["number"], text="好了")
    after = desk.ask(count_tickets, desk.boss, ["overdue"])["overdue"]
    assert after == {"value": before - 1, "is_exact": True}


GATEWAY = Actor(None, "网关", "gateway", permissions=frozenset({"dispatch.reconcile"}))


def headers(ask: Ask, limit: int = 100) -> list[dict[str, Any]]:
    items, cursor = [], None
    while True:
        page = ask("list_headers", actor=GATEWAY, limit=limit, cursor=cursor)
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def test_headers_are_those_of_events(desk: Desk, ask: Ask):
    ticket = created(ask, fields={"order_number": "8848"})
    changes = {"tags": ["商家"]}
    desk.change(edit_ticket, desk.boss, number=ticket["number"], version=None, changes=changes)
    event = desk.events(ticket["ticket_id"])[-1]["data"]
    [header] = [one for one in headers(ask) if one["ticket_id"] == ticket["ticket_id"]]
    beside = ("actor", "occurred_at", "epoch")
    shared = {name: value for name, value in header.items() if name not in beside}
    assert shared == {name: event[name] for name in TicketEvent._declared_fields if name in shared}
    assert set(TicketEvent._declared_fields) - set(header) == {"actor"}
    assert (header["tags"], header["custom_fields"]) == (["商家"], {"order_number": "8848"})
    assert header["epoch"] == header["assignment_epoch"] == 0


def test_headers_are_of_unfinished_tickets_page_by_page_without_gaps(desk: Desk, ask: Ask):
    done, left = desk.open(), [desk.open() for _ in range(4)]
    desk.change(solve_ticket, desk.boss, number=done["number"], text="好了")
    found = [header["number"] for header in headers(ask, limit=3)]
    assert len(found) == len(set(found))
    assert done["number"] not in found
    assert {ticket["number"] for ticket in left} <= set(found)


def test_nobody_but_the_gateway_reads_headers(desk: Desk, ask: Ask):
    with pytest.raises(Forbidden):
        ask("list_headers", actor=desk.boss)


@pytest.mark.parametrize("limit", [0, 101, "10"])
def test_a_page_of_headers_has_its_limit(ask: Ask, limit: Any):
    with pytest.raises(InvalidInput):
        ask("list_headers", actor=GATEWAY, limit=limit)
