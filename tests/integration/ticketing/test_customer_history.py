"""A customer's other tickets, for whoever works for that customer now (R43)."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import NotFound
from services.ticketing.queries.customer_history import get_customer_history
from services.ticketing.use_cases.working import assign_ticket, solve_ticket
from tests.integration.ticketing.desk import Desk, agent


def history(desk: Desk, who: Any, number: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.ask(get_customer_history, who, number)
    return found


def give(desk: Desk, number: str, who: Any) -> None:
    desk.change(
        assign_ticket, desk.boss, number=number, assignee_id=who.subject, assignee_name=who.name
    )


def test_an_agent_reads_what_colleagues_did_for_the_same_customer(desk: Desk) -> None:
    li, han, customer_id = agent("李雷"), agent("韩梅梅"), uuid4()
    earlier = desk.open(customer_id=customer_id, subject="发票")["number"]
    give(desk, earlier, han)
    desk.change(solve_ticket, han, number=earlier, text="发票已重开并寄出")
    desk.open(subject="别人的")
    now = desk.open(customer_id=customer_id, subject="催发票")["number"]
    give(desk, now, li)
    found = history(desk, li, now)
    assert found["customer"]["customer_id"] == str(customer_id)
    [shown] = found["tickets"]
    assert (shown["number"], shown["result"]) == (earlier, "发票已重开并寄出")
    assert (shown["assignee_name"], shown["may_open"]) == ("韩梅梅", False)
    assert history(desk, desk.boss, now)["tickets"][0]["may_open"] is True


def test_of_a_ticket_that_one_may_not_see_there_is_no_history(desk: Desk) -> None:
    number = desk.open()["number"]
    give(desk, number, agent("韩梅梅"))
    with pytest.raises(NotFound):
        history(desk, agent("李雷"), number)


def test_units_that_are_kept_apart_see_nothing_of_one_another(desk: Desk) -> None:
    customer_id, north = uuid4(), str(uuid4())
    desk.open(customer_id=customer_id, region_id=uuid4())
    mine = desk.open(customer_id=customer_id, region_id=north)["number"]
    also = desk.open(customer_id=customer_id, region_id=north)["number"]
    who = replace(desk.boss, scopes={"tickets": "region", "regions": [north]})
    assert [one["number"] for one in history(desk, who, mine)["tickets"]] == [also]


def test_the_lately_changed_come_first_and_not_all(desk: Desk) -> None:
    customer_id = uuid4()
    numbers = [desk.open(customer_id=customer_id)["number"] for _ in range(13)]
    found = history(desk, desk.boss, numbers[0])
    assert [one["number"] for one in found["tickets"]] == numbers[:2:-1]
    assert found["has_more"] is True
    with desk.counting_statements() as statements:
        history(desk, desk.boss, numbers[0])
    assert len([one for one in statements if "tickets" in one]) == 2
