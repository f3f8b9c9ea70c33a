"""Events become updates: once, in the order of their commits, whatever comes twice or late."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from gateway.events import Service
from gateway.live import hearing, storage
from gateway.upkeep import forget_updates
from libs.common.bus.handling import Handler, Handling
from libs.common.bus.subscribe import subscriptions_of
from libs.common.clock import utc_now
from libs.common.contracts.envelope import load_event
from libs.common.database.unit_of_work import Database
from tests.support.live_events import Ticket, body_of

pytestmark = pytest.mark.services("gateway")


@pytest.fixture(autouse=True)
def _nothing_heard(database: Database) -> None:
    with database.begin() as uow:
        uow.session.execute(text("TRUNCATE live_updates, live_tickets, inbox, inbox_failures"))
        uow.commit()


@pytest.fixture
def handling(database: Database) -> Handling:
    """As gateway.events has it."""
    made = Handling(database)
    [subscription] = subscriptions_of(Service)
    handler = Handler("hear", hearing.hear)
    for schema in subscription.schemas:
        made.add(schema.type, handler)
    return made


def updates(database: Database) -> list[dict[str, Any]]:
    with database.begin(read_only=True) as uow:
        found = uow.session.execute(text("SELECT * FROM live_updates ORDER BY id"))
        return [dict(row) for row in found.mappings()]


def known(database: Database, ticket: Ticket) -> int:
    with database.begin(read_only=True) as uow:
        found = storage.find_tickets(uow.session.connection(), [ticket.ticket_id])
        return found[ticket.ticket_id].seq


def test_an_event_that_comes_again_is_told_once(database: Database, handling: Handling) -> None:
    ticket = Ticket()
    bodies = [ticket.tells("ticket.created"), body_of("notice.raised")]
    handling.apply(bodies)
    handling.apply(bodies)
    handling.apply(bodies[::-1])
    assert sorted(update["kind"] for update in updates(database)) == ["notice", "ticket"]


def test_events_out_of_order_leave_the_newest_state(database: Database, handling: Handling) -> None:
    ticket, owner = Ticket(), uuid4()
    first = ticket.tells("ticket.created")
    second = ticket.goes_to(owner)
    third = ticket.tells("ticket.solved")
    for body in (third, first, second, third):
        handling.apply([body])
    assert known(database, ticket) == 3
    assert [update["body"]["seq"] for update in updates(database)] == [3, 3, 3]
    assert {update["scope"]["assignee"] for update in updates(database)} == {str(owner)}


def test_an_update_remembers_who_had_the_ticket_before(
    database: Database, handling: Handling
) -> None:
    owner = uuid4()
    ticket = Ticket(assignee=owner)
    handling.apply([ticket.tells("ticket.created")])
    handling.apply([ticket.tells("ticket.edited", scope={"assignee": None}, changed=[])])
    *_, last = updates(database)
    assert [scope["assignee"] for scope in last["previous"]] == [str(owner)]


def test_every_type_that_the_gateway_hears_of_becomes_an_update(
    database: Database, handling: Handling
) -> None:
    ticket = Ticket()
    handling.apply([ticket.tells("ticket.created")])
    for event_type in sorted(handling._handlers):
        if event_type.startswith("ticket."):
            body = ticket.tells(event_type)
        elif event_type.startswith("notice."):
            body = body_of(event_type)
        else:
            body = body_of(event_type, ticket_id=ticket.ticket_id)
        handling.apply([body])
        assert updates(database)[-1]["body"]["type"] == event_type
    with database.begin(read_only=True) as uow:
        assert not uow.session.scalar(text("SELECT count(*) FROM inbox_failures"))


def test_whoever_has_read_an_id_has_read_all_that_are_lower(database: Database) -> None:
    """Writers at once, each with several transactions, and somebody who reads on and on."""
    writers, turns = 4, 25
    start = Barrier(writers + 1)

    def write() -> None:
        start.wait()
        for _ in range(turns):
            with database.begin() as uow:
                hearing.hear(uow, [Ticket().says("ticket.created"), Ticket().says("ticket.solved")])
                uow.commit()

    def read() -> list[int]:
        start.wait()
        seen: list[int] = []
        while len(seen) < writers * turns * 2:
            with database.begin(read_only=True) as uow:
                behind = text("SELECT id FROM live_updates WHERE id > :after ORDER BY id")
                found = uow.session.scalars(behind, {"after": seen[-1] if seen else 0})
                seen += list(found)
        return seen

    with ThreadPoolExecutor(writers + 1) as pool:
        reader = pool.submit(read)
        for done in [pool.submit(write) for _ in range(writers)]:
            done.result()
        assert reader.result(timeout=30) == [update["id"] for update in updates(database)]


def test_what_is_not_committed_is_not_told(database: Database) -> None:
    with database.begin() as uow:
        hearing.hear(uow, [load_event(Ticket().tells("ticket.created"))])
    assert updates(database) == []


def test_what_is_old_is_forgotten_and_it_is_remembered_how_far(
    database: Database, handling: Handling
) -> None:
    for _ in range(3):
        handling.apply([Ticket().tells("ticket.created")])
    first, second, third = (update["id"] for update in updates(database))
    with database.begin() as uow:
        old = text("UPDATE live_updates SET created_at = :at WHERE id <= :to")
        uow.session.execute(old, {"at": utc_now() - timedelta(hours=2), "to": second})
        uow.commit()
    forget_updates(database, utc_now())
    forget_updates(database, utc_now())
    assert [update["id"] for update in updates(database)] == [third]
    with database.begin(read_only=True) as uow:
        assert uow.session.scalar(text("SELECT forgotten_to FROM live_kept")) == second
    assert first < second
