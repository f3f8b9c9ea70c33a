"""Tickets find their place in the organisation, and go from group to group."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.actor import Actor
from libs.common.errors import Conflict, DeskError, InvalidInput, NotFound, Stale
from services.ticketing.queries.ticket_lists import list_tickets
from services.ticketing.use_cases.passing import transfer_ticket
from services.ticketing.use_cases.working import (
    accept_ticket,
    assign_ticket,
    solve_ticket,
)
from tests.integration.ticketing.desk import Desk, agent, message, types
from tests.support.directory import group, person

EAST, WEST, SERVICE, SALES = (uuid4() for _ in range(4))
HOTLINE = group(name="热线组", department_id=SERVICE, region_id=EAST)
REPAIRS = group(name="维修组", department_id=SERVICE)
CLOSED_DOWN = group(name="旧组", is_active=False)


def id_of(event: Any) -> UUID:
    found: UUID = event.data["group_id"]
    return found


@pytest.fixture(scope="module", autouse=True)
def organisation(desk: Desk) -> None:
    desk.learn(HOTLINE, REPAIRS, CLOSED_DOWN)


def member(desk: Desk, *groups: Any, **where: Any) -> Actor:
    """An agent whom the copy knows, with the pools of these groups."""
    ids = [id_of(one) for one in groups]
    who = agent("李雷", groups=[str(one) for one in ids])
    desk.learn(person(who.subject, name="李雷", group_ids=ids, **where))
    return who


def assign(desk: Desk, number: str, who: Actor, by: Actor | None = None) -> dict[str, Any]:
    given = {"number": number, "assignee_id": who.subject, "assignee_name": who.name}
    shown: dict[str, Any] = desk.change(assign_ticket, by or desk.boss, **given)
    return shown


def transfer(desk: Desk, number: str, to: Any, **more: Any) -> dict[str, Any]:
    shown: dict[str, Any] = desk.change(
        transfer_ticket, desk.boss, number=number, group_id=id_of(to), **more
    )
    return shown


def refusal_of(change: Any) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        change()
    return refusal.value


def place_of(shown: dict[str, Any]) -> tuple[Any, ...]:
    name = shown["group"] and shown["group"]["name"]
    return name, shown["department_id"], shown["region_id"]


def test_a_message_brings_its_customers_region(desk: Desk):
    came = message(region_id=WEST)
    desk.file(came)
    shown = desk.show(desk.number_of(came.data["ticket_id"]))
    assert place_of(shown) == (None, None, str(WEST))
    [event] = desk.events(came.data["ticket_id"])
    assert event["data"]["scope"]["region"] == str(WEST)
    assert event["data"]["scope"]["requester"] == str(came.data["customer_id"])


def test_a_transferred_ticket_is_seen_by_the_groups_members_and_no_longer_by_others(desk: Desk):
    number = desk.open(region_id=WEST)["number"]
    hotliner, repairer = member(desk, HOTLINE), member(desk, REPAIRS)
    assert desk.show(number, hotliner)["number"] == number
    shown = transfer(desk, number, REPAIRS, note="硬件故障")
    assert place_of(shown) == ("维修组", str(SERVICE), str(WEST))
    assert shown["group_id"] == shown["group"]["group_id"] == str(id_of(REPAIRS))
    assert "take" in desk.show(number, repairer)["allowed"]["actions"]
    [row] = desk.ask(list_tickets, repairer, {"q": number})["items"]
    assert row["group"] == shown["group"]
    assert isinstance(refusal_of(lambda: desk.show(number, hotliner)), NotFound)
    assert desk.ask(list_tickets, hotliner, {"q": number})["items"] == []


def test_a_transfer_tells_others_and_the_timeline(desk: Desk):
    ticket = desk.open()
    li = member(desk, HOTLINE)
    assign(desk, ticket["number"], li)
    desk.change(accept_ticket, li, number=ticket["number"])
    shown = transfer(desk, ticket["number"], REPAIRS, note="硬件故障")
    assert (shown["status"], shown["assignee"], shown["accepted_at"]) == ("unassigned", None, None)
    event = desk.events(ticket["ticket_id"])[-1]
    assert event["type"] == "ticket.transferred"
    assert event["data"]["from_group_id"] == str(id_of(HOTLINE))
    assert event["data"]["to_group_id"] == event["data"]["group_id"] == str(id_of(REPAIRS))
    assert event["data"]["previous_assignee_id"] == str(li.subject)
    assert (event["data"]["epoch"], event["data"]["note"]) == (2, "硬件故障")
    assert event["data"]["scope"]["department"] == str(SERVICE)
    entry = desk.show(ticket["number"])["timeline"]["items"][-1]
    assert entry["event"]["group"]["name"] == "维修组"
    assert entry["event"]["from_group"]["name"] == "热线组"
    assert entry["author"]["name"] == desk.boss.name


@pytest.mark.parametrize("unknown", [uuid4(), id_of(CLOSED_DOWN)])
def test_a_group_that_cannot_be_given_tickets_is_named(desk: Desk, unknown: UUID):
    number = desk.open()["number"]
    refusal = refusal_of(
        lambda: desk.do(transfer_ticket, desk.boss, number=number, group_id=unknown)
    )
    assert isinstance(refusal, InvalidInput)
    assert refusal.code == "group.unknown"
    assert "group_id" in refusal.details["errors"]


def test_the_same_group_a_stale_version_and_a_solved_ticket_are_refused(desk: Desk):
    number = desk.open()["number"]
    version = transfer(desk, number, REPAIRS)["version"]
    same = refusal_of(lambda: transfer(desk, number, REPAIRS))
    assert isinstance(same, Conflict)
    assert same.code == "ticket.already_in_group"
    stale = refusal_of(lambda: transfer(desk, number, HOTLINE, version=version - 1))
    assert isinstance(stale, Stale)
    desk.do(solve_ticket, desk.boss, number=number, text="好了")
    assert refusal_of(lambda: transfer(desk, number, HOTLINE)).code == "ticket.solved"


def test_who_takes_a_ticket_takes_it_into_the_own_group(desk: Desk):
    number = desk.open(region_id=WEST)["number"]
    li = member(desk, REPAIRS, HOTLINE, department_id=SALES)
    assert place_of(assign(desk, number, li, by=li)) == ("维修组", str(SERVICE), str(WEST))


def test_a_member_of_the_tickets_group_leaves_it_there(desk: Desk):
    number = desk.open()["number"]
    transfer(desk, number, HOTLINE)
    li = member(desk, REPAIRS, HOTLINE)
    assert place_of(assign(desk, number, li)) == ("热线组", str(SERVICE), str(EAST))


def test_a_group_that_is_gone_is_nobodys_first(desk: Desk):
    number = desk.open()["number"]
    li = member(desk, CLOSED_DOWN, REPAIRS)
    assert place_of(assign(desk, number, li))[0] == "维修组"


def test_who_is_in_no_group_takes_it_to_the_own_department(desk: Desk):
    number = desk.open()["number"]
    transfer(desk, number, HOTLINE)
    li = member(desk, department_id=SALES, region_id=WEST)
    assert place_of(assign(desk, number, li)) == (None, str(SALES), str(WEST))


def test_somebody_whom_the_copy_does_not_know_yet_moves_nothing(desk: Desk):
    number = desk.open()["number"]
    transfer(desk, number, HOTLINE)
    assert place_of(assign(desk, number, agent())) == ("热线组", str(SERVICE), str(EAST))


def test_lists_are_narrowed_by_group_department_and_region(desk: Desk):
    customer = uuid4()
    free, moved = (desk.open(customer_id=customer)["number"] for _ in range(2))
    transfer(desk, moved, HOTLINE)

    def listed(**filters: str) -> list[str]:
        found = desk.ask(list_tickets, desk.boss, {"customer_id": str(customer), **filters})
        return [row["number"] for row in found["items"]]

    assert listed(group=str(id_of(HOTLINE))) == [moved]
    assert listed(group=str(id_of(REPAIRS))) == []
    assert listed(group="none") == [free]
    assert listed(department=str(SERVICE)) == listed(region=str(EAST)) == [moved]
    assert listed(department="none") == listed(region="none") == [free]


def test_levels_see_what_is_theirs(desk: Desk):
    number = desk.open()["number"]
    transfer(desk, number, HOTLINE)
    assign(desk, number, agent())
    scopes = {
        "group": ("groups", id_of(HOTLINE)),
        "department": ("departments", SERVICE),
        "region": ("regions", EAST),
    }
    for level, (listed, unit) in scopes.items():
        head = agent("组长", tickets=level, **{listed: [str(unit)]})
        assert desk.show(number, head)["number"] == number
        assert desk.ask(list_tickets, head, {"q": number})["items"]
        stranger = agent("组长", tickets=level, **{listed: [str(uuid4())]})
        assert isinstance(refusal_of(lambda: desk.show(number, stranger)), NotFound)  # noqa: B023
        assert desk.ask(list_tickets, stranger, {"q": number})["items"] == []


def test_the_second_taker_is_told_though_the_first_took_it_into_another_group(desk: Desk):
    number = desk.open()["number"]
    first, second = member(desk, HOTLINE), member(desk, REPAIRS)
    assign(desk, number, first, by=first)
    refusal = refusal_of(lambda: assign(desk, number, second, by=second))
    assert refusal.code == "ticket.already_assigned"
    desk.change(accept_ticket, first, number=number)
    assert isinstance(refusal_of(lambda: assign(desk, number, second, by=second)), NotFound)


def test_who_could_not_have_taken_it_learns_nothing(desk: Desk):
    number = desk.open()["number"]
    transfer(desk, number, HOTLINE)
    first, stranger = member(desk, HOTLINE), member(desk, REPAIRS)
    assign(desk, number, first, by=first)
    assert isinstance(refusal_of(lambda: assign(desk, number, stranger, by=stranger)), NotFound)
    colleague = member(desk, HOTLINE)
    refusal = refusal_of(lambda: assign(desk, number, colleague, by=colleague))
    assert refusal.code == "ticket.already_assigned"


def test_a_messages_life_through_a_group_keeps_its_seq_contiguous(desk: Desk):
    came = message()
    desk.file(came)
    number = desk.number_of(came.data["ticket_id"])
    li = member(desk, HOTLINE)
    assign(desk, number, li, by=li)
    transfer(desk, number, REPAIRS)
    desk.file(message(came.data["ticket_id"], opens=False))
    events = desk.events(came.data["ticket_id"])
    assert types(events) == [
        "ticket.created",
        "ticket.assigned",
        "ticket.transferred",
        "ticket.message_received",
    ]
    assert [event["data"]["seq"] for event in events] == [1, 2, 3, 4]
    assert desk.show(number)["status"] == "unassigned"
