"""The copy of the customers: the newest state stands, and nothing in it identifies anybody."""

import os
from collections.abc import Iterator
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event as sql_events
from sqlalchemy import text

from libs.common.bus.customer_copy import CustomerCopy
from libs.common.bus.subscribe import subscriptions_of
from libs.common.config import Config
from libs.common.contracts.envelope import Event
from libs.common.contracts.intake import CustomerRegistered
from libs.common.customers.copying import keep_customers
from libs.common.customers.finders import Customer, find_customers
from libs.common.customers.tables import create_customer_table
from libs.common.database.unit_of_work import Database
from libs.common.testing.databases import Databases
from tests.integration.common.copying import deliver_oddly, handling_of
from tests.support.customers import customer


class Tool:
    """Alembic's `op`, as far as the copy's migration line needs it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def execute(self, statement: str) -> None:
        with self._database.engine.begin() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    """Of a service that has installed the copy."""
    label = f"tidedesk_customers_{os.getpid()}"
    url = databases.create(label, ["ticketing"])
    opened = Database.connect("ticketing", Config.read({"DATABASE_URL": url}))
    create_customer_table(Tool(opened))
    yield opened
    opened.close()
    databases.drop(label, ["ticketing"])


def keep(database: Database, *events: Event) -> None:
    with database.begin() as uow:
        keep_customers(uow.session, events)
        uow.commit()


def find(database: Database, *ids: UUID) -> dict[UUID, Customer]:
    with database.begin(read_only=True) as uow:
        return find_customers(uow.session, ids)


def test_tier_region_and_language_are_copied(database):
    here = uuid4()
    event = customer(tier="vip", region_id=here, language="en")
    keep(database, event)
    known = event.data["customer_id"]
    assert find(database, known) == {known: Customer(known, "vip", here, "en")}


def test_neither_names_nor_addresses_are_copied(database):
    event = customer(display_name="韩梅梅")
    keep(database, event)
    with database.engine.connect() as connection:
        row = connection.execute(
            text("SELECT * FROM customer_copies WHERE customer_id = :id"),
            {"id": event.data["customer_id"]},
        ).one()
    assert not any(secret in str(row) for secret in ("韩梅梅", "geheim"))


def test_what_has_not_arrived_is_not_found(database):
    assert find(database, uuid4()) == {}
    assert find(database) == {}
    keep(database)


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
@pytest.mark.parametrize("in_one_batch", [True, False])
def test_the_highest_version_stands_in_whatever_order(database, order, in_one_batch):
    known = uuid4()
    events = [customer(known, version=n, tier=None if n == 3 else f"{n}") for n in order]
    batches = [events] if in_one_batch else [[event] for event in events]
    for batch in [*batches, *batches]:
        keep(database, *batch)
    assert find(database, known)[known].tier is None


def test_a_batch_is_one_statement(database: Database) -> None:
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sql_events.listen(database.engine, "before_cursor_execute", note)
    try:
        keep(database, *(customer(version=n) for n in range(1, 20)))
    finally:
        sql_events.remove(database.engine, "before_cursor_execute", note)
    assert len(seen) == 2  # and the transaction's limits


def test_a_service_that_inherits_the_copy_subscribes_to_all_of_it():
    class Events(CustomerCopy):
        name = "probe"

    [subscription] = subscriptions_of(Events)
    assert subscription.batch
    assert set(subscription.schemas) == {
        CustomerRegistered,
        *CustomerRegistered.__subclasses__(),
    }


@given(data=st.data())
@settings(max_examples=25)
def test_any_deliveries_of_any_history_end_in_the_last_state(database, data):
    ids = [uuid4() for _ in range(3)]
    history = [customer(one, version=n, tier=f"{n}") for one in ids for n in range(1, 4)]
    deliver_oddly(data, history, handling_of(database, CustomerCopy, "copy_customers"))
    assert {one.tier for one in find(database, *ids).values()} == {"3"}
