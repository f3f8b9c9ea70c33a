"""The copy of the organisation: whatever arrives in whatever order, the newest state stands."""

import os
from collections.abc import Iterator
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event as sql_events
from sqlalchemy import text

from libs.common.bus.directory_copy import DirectoryCopy
from libs.common.bus.subscribe import subscriptions_of
from libs.common.config import Config
from libs.common.contracts.envelope import Event
from libs.common.contracts.gateway import DirectoryEvent
from libs.common.database.unit_of_work import Database
from libs.common.directory.copying import keep_directory
from libs.common.directory.finders import (
    find_group,
    find_groups,
    find_person,
    members_of,
    names_of,
    units_below,
)
from libs.common.directory.tables import BRANDS, DEPARTMENTS, GROUPS, PEOPLE, REGIONS
from libs.common.testing.databases import Databases
from tests.integration.common.copying import deliver_oddly, handling_of
from tests.support.directory import brand, department, group, person, region


@pytest.fixture(scope="module")
def database(databases: Databases) -> Iterator[Database]:
    """Of a service that has installed the copy."""
    label = f"tidedesk_directory_{os.getpid()}"
    url = databases.create(label, ["ticketing"])
    opened = Database.connect("ticketing", Config.read({"DATABASE_URL": url}))
    yield opened
    opened.close()
    databases.drop(label, ["ticketing"])


def keep(database: Database, *events: Event) -> None:
    with database.begin() as uow:
        keep_directory(uow.session, events)
        uow.commit()


def ask(database: Database, finder: Any, *arguments: Any) -> Any:
    with database.begin(read_only=True) as uow:
        return finder(uow.session, *arguments)


def test_a_person_is_copied_with_the_groups_in_their_order(database):
    groups, leads = [uuid4() for _ in range(3)], [uuid4()]
    here, there = uuid4(), uuid4()
    event = person(
        name="李雷",
        title="客服专员",
        extension="8888",
        department_id=here,
        region_id=there,
        group_ids=groups,
        led_group_ids=leads,
    )
    keep(database, event)
    found = ask(database, find_person, event.data["person_id"])
    assert (found.name, found.role, found.extension) == ("李雷", "agent", "8888")
    assert (found.department_id, found.region_id) == (here, there)
    assert found.group_ids == tuple(groups)
    assert found.led_group_ids == tuple(leads)


def test_nobodys_address_is_copied(database):
    event = person(email="geheim@example.com", phone="+8613912345678")
    keep(database, event)
    with database.engine.connect() as connection:
        row = connection.execute(
            text("SELECT * FROM directory_people WHERE person_id = :id"),
            {"id": event.data["person_id"]},
        ).one()
    assert "geheim" not in str(row)
    assert "13912345678" not in str(row)


def test_what_has_not_arrived_is_not_found(database):
    assert ask(database, find_person, uuid4()) is None
    assert ask(database, find_group, uuid4()) is None
    assert ask(database, find_groups, [uuid4()]) == {}
    assert ask(database, find_groups, []) == {}


@pytest.mark.parametrize("order", list(permutations([1, 2, 3])))
@pytest.mark.parametrize("in_one_batch", [True, False])
def test_the_highest_version_stands_in_whatever_order(database, order, in_one_batch):
    group_id = uuid4()
    events = [group(group_id, version=n, name=f"{n}", is_active=n != 3) for n in order]
    batches = [events] if in_one_batch else [[event] for event in events]
    for batch in [*batches, *batches]:
        keep(database, *batch)
    found = ask(database, find_group, group_id)
    assert (found.name, found.is_active) == ("3", False)


def test_a_batch_of_everything_takes_a_statement_for_each_kind(database: Database) -> None:
    events = [
        make(version=n, name=f"{n}")
        for make in (person, group, department, region, brand)
        for n in range(1, 5)
    ]
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sql_events.listen(database.engine, "before_cursor_execute", note)
    try:
        keep(database, *events)
    finally:
        sql_events.remove(database.engine, "before_cursor_execute", note)
    assert len([one for one in seen if one.startswith("INSERT")]) == 5
    assert len(seen) == 6  # and the transaction's limits


def test_units_below_are_found_however_deep_and_circles_end(database):
    top, middle, low, other = (uuid4() for _ in range(4))
    for make, kind in ((department, DEPARTMENTS), (region, REGIONS)):
        keep(
            database,
            make(low, parent_id=middle),
            make(middle, parent_id=top),
            make(top),
            make(other),
        )
        assert ask(database, units_below, kind, [top]) == {top, middle, low}
        assert ask(database, units_below, kind, [middle, other]) == {middle, low, other}
        assert ask(database, units_below, kind, [low]) == {low}
        assert ask(database, units_below, kind, []) == set()
        keep(database, make(top, version=2, parent_id=low))
        assert ask(database, units_below, kind, [middle]) == {top, middle, low}


def test_names_are_found_by_ids(database):
    kinds = {PEOPLE: person, GROUPS: group, DEPARTMENTS: department, REGIONS: region, BRANDS: brand}
    for kind, make in kinds.items():
        one, two = make(name="甲"), make(name="乙", is_active=False)
        keep(database, one, two)
        ids = [event.data[kind.key] for event in (one, two)]
        found = ask(database, names_of, kind, [*ids, uuid4()])
        assert found == dict(zip(ids, ["甲", "乙"], strict=True))
        assert ask(database, names_of, kind, []) == {}


def test_members_are_those_who_are_active(database):
    group_id = uuid4()
    keep(
        database,
        person(name="乙", group_ids=[uuid4(), group_id]),
        person(name="甲", group_ids=[group_id]),
        person(name="丙", group_ids=[group_id], is_active=False),
        person(name="丁", group_ids=[uuid4()]),
    )
    assert {one.name for one in ask(database, members_of, group_id)} == {"甲", "乙"}


def test_a_service_that_inherits_the_copy_subscribes_to_all_of_it():
    class Events(DirectoryCopy):
        name = "probe"

    [subscription] = subscriptions_of(Events)
    assert subscription.batch
    assert set(subscription.schemas) == set(DirectoryEvent.__subclasses__())


@given(data=st.data())
@settings(max_examples=25)
def test_any_deliveries_of_any_history_end_in_the_last_state(database, data):
    ids = [uuid4() for _ in range(3)]
    history = [person(one, version=n, name=f"{n}") for one in ids for n in range(1, 4)]
    deliver_oddly(data, history, handling_of(database, DirectoryCopy, "copy_directory"))
    assert set(ask(database, names_of, PEOPLE, ids).values()) == {"3"}
