"""The real processes at the broker: messages in, tickets by RPC, events out, and deaths between."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import text

from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, InvalidInput, NotFound
from libs.common.ids import uuid7
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.integration.ticketing.desk import agent, message, requester, supervisor
from tests.support.directory import group, person
from tests.support.outside import Outside

pytestmark = pytest.mark.services("ticketing")

BOSS = supervisor()


@pytest.fixture(scope="module")
def outside(installation: dict[str, str], processes: Processes) -> Iterator[Outside]:
    made = Outside(installation, "ticketing", BOSS)
    processes.start("ticketing.rpc", "ticketing.events", "ticketing.jobs")
    with closing(made):
        yield made


@pytest.fixture(scope="module")
def stored(environment: dict[str, str]) -> Iterator[Database]:
    with closing(Database.connect("ticketing")) as database:
        yield database


def numbers(stored: Database, *events: Event) -> list[str]:
    """The numbers of those tickets that exist."""
    ids = [str(event.data["ticket_id"]) for event in events]
    query = text("SELECT number FROM tickets WHERE ticket_id = ANY(CAST(:ids AS uuid[]))")
    with stored.engine.connect() as connection:
        return list(connection.execute(query, {"ids": ids}).scalars())


def count(stored: Database, query: str) -> int:
    with stored.engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def test_a_message_from_the_bus_is_a_ticket_that_can_be_worked_on(outside, stored):
    came, li = message(subject="订单漏发"), agent("李雷")
    outside.tell(came)
    [number] = eventually(lambda: numbers(stored, came))
    taken = outside.command(
        "assign_ticket", li, number=number, assignee_id=str(li.subject), assignee_name="李雷"
    )
    assert taken["assignee"]["name"] == "李雷"
    outside.command("reply", li, number=number, text="您好")
    shown = outside.ask("get_ticket", li, number=number)
    assert shown["subject"] == "订单漏发"
    assert shown["status"] == "in_progress"
    assert [row["number"] for row in outside.ask("list_tickets", li)["items"]] == [number]


def test_the_organisation_is_copied_from_the_bus_and_tickets_go_to_its_groups(outside, stored):
    repairs, li = group(name="维修组", department_id=uuid7()), agent("李雷")
    outside.tell(
        person(li.subject, name="李雷", group_ids=[repairs.data["group_id"]]), repairs, message()
    )
    came = message()
    outside.tell(came)
    [number] = eventually(lambda: numbers(stored, came))
    copied = "SELECT count(*) FROM directory_people JOIN directory_groups ON true"
    eventually(lambda: count(stored, copied) == 1)
    taken = outside.command(
        "assign_ticket", li, number=number, assignee_id=str(li.subject), assignee_name="李雷"
    )
    assert taken["group"]["name"] == "维修组"
    moved = outside.command(
        "transfer_ticket", number=number, group_id=str(repairs.data["group_id"])
    )
    assert (moved["assignee"], moved["status"]) == (None, "unassigned")


def test_a_requester_writes_once_though_the_process_dies_over_it(outside, processes, stored):
    han = requester("韩梅梅")
    processes.arm("after_command_before_reply", "ticketing.rpc")
    request = outside.command(
        "create_request", han, command_id="request-0001",
        customer_name="韩梅梅", subject="路由器坏了", text="无法联网",
    )  # fmt: skip
    assert not processes.is_armed("after_command_before_reply", "ticketing.rpc")
    listed = outside.ask("list_requests", han)["items"]
    assert [row["number"] for row in listed] == [request["number"]]


def test_refusals_keep_their_kind_and_fields_on_the_way(outside, stored):
    came = message()
    outside.tell(came)
    [number] = eventually(lambda: numbers(stored, came))
    with pytest.raises(InvalidInput) as refusal:
        outside.command("reply", number=number, text="")
    assert refusal.value.details["errors"] == {"text": ["is required"]}
    with pytest.raises(NotFound):
        outside.ask("get_ticket", number="G19990101001")
    outside.command("solve_ticket", number=number, text="好了")
    with pytest.raises(Conflict) as conflict:
        outside.command("solve_ticket", number=number, text="好了")
    assert conflict.value.code == "ticket.solved"


@pytest.mark.parametrize("crash_point", ["after_commit_before_ack", "after_publish_before_delete"])
def test_messages_survive_the_death_of_the_process_and_are_filed_once(
    outside, processes, stored, crash_point
):
    events = [message() for _ in range(20)]
    processes.arm(crash_point, "ticketing.events")
    outside.tell(*events, *events[:5])
    eventually(lambda: len(numbers(stored, *events)) == 20, 30)

    def has_died() -> bool:
        # Another process's relay may have been quicker: then there is more to publish.
        outside.tell(message())
        return not processes.is_armed(crash_point, "ticketing.events")

    eventually(has_died, 30)
    outside.tell(*events[5:10])
    later = message()
    outside.tell(later)
    eventually(lambda: numbers(stored, later), 30)
    assert len(set(numbers(stored, *events))) == 20
    torn = (
        "SELECT count(*) FROM (SELECT ticket_id FROM received_messages "
        "GROUP BY ticket_id HAVING count(*) > 1) AS repeated"
    )
    assert count(stored, torn) == 0
    assert count(stored, "SELECT count(*) FROM inbox_failures") == 0
    eventually(lambda: count(stored, "SELECT count(*) FROM outbox") == 0, 30)


@pytest.mark.parametrize(
    "crash_point", ["after_command_before_commit", "after_command_before_reply"]
)
def test_a_command_is_done_once_though_the_process_dies_over_it(
    outside, processes, stored, crash_point
):
    came = message()
    outside.tell(came)
    [number] = eventually(lambda: numbers(stored, came), 30)
    processes.arm(crash_point, "ticketing.rpc")
    entry = outside.command("reply", command_id=f"once-{crash_point}", number=number, text="您好")
    assert not processes.is_armed(crash_point, "ticketing.rpc")
    items = outside.ask("get_ticket", number=number)["timeline"]["items"]
    replies = [item["entry_id"] for item in items if item["direction"] == "out"]
    assert replies == [entry["entry_id"]]
