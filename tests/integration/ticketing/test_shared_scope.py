"""The scope predicate as SQL and as a test function, over random actors and tickets."""

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, text

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import Database
from services.ticketing.queries.filters import clauses, known_scope
from services.ticketing.queries.scoping import SCOPE_COLUMNS, TICKET_SCOPE, scope_of
from services.ticketing.storage.tables import tickets
from tests.integration.ticketing.desk import Desk, message

PEOPLE = [uuid4() for _ in range(2)]
CUSTOMERS = [uuid4() for _ in range(2)]
UNITS = [uuid4() for _ in range(3)]  # groups, departments and regions alike
PLACES = {name: [None, *UNITS[:2]] for name in ("group_id", "department_id", "region_id")}

garbage = st.sampled_from([None, True, 7, "x", "", [], {}, ["x"], [None, 7], {"a": 1}])
lists = st.lists(st.sampled_from([*map(str, UNITS), "x"]) | st.uuids().map(str), max_size=12)
levels = ["all", "own", "group", "department", "region", "requested", "none"]
scopes = st.fixed_dictionaries(
    {},
    optional={
        "tickets": st.sampled_from(levels) | garbage,
        "pools": st.booleans() | garbage,
        "groups": lists | garbage,
        "departments": lists | garbage,
        "regions": lists | garbage,
        "watches": lists | garbage,
        "requester": st.sampled_from([*map(str, CUSTOMERS), str(uuid4())]) | garbage,
    },
)
actors = st.builds(
    Actor,
    st.none() | st.sampled_from([*PEOPLE, uuid4()]),
    st.just("某人"),
    st.just("staff"),
    st.just(("agent",)),
    scopes,
)
some_id = st.sampled_from([*map(str, UNITS), str(uuid4())])
filters = st.fixed_dictionaries(
    {},
    optional={
        "view": st.sampled_from(["mine", "unassigned", "open", "solved", "all"]),
        "assignee": st.sampled_from(["me", "none", *map(str, PEOPLE)]),
        "group": some_id | st.just("none"),
        "department": some_id | st.just("none"),
        "region": some_id | st.just("none"),
        "customer_id": st.sampled_from([str(one) for one in CUSTOMERS]),
    },
)


@pytest.fixture(scope="module")
def rows(database: Database, desk: Desk) -> dict[UUID, dict[str, Any]]:
    """Tickets with all combinations of assignees, places and customers: {ticket_id: scope}."""
    places = list(product([None, *PEOPLE], *PLACES.values(), CUSTOMERS))
    events = [message() for _ in places]
    desk.file(*events)
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE tickets SET assignee_id = :a, group_id = :g, department_id = :d, "
                "region_id = :r, customer_id = :c WHERE ticket_id = :t"
            ),
            [
                dict(zip("agdrct", (*place, event.data["ticket_id"]), strict=True))
                for place, event in zip(places, events, strict=True)
            ],
        )
        # Few are watched, as it is: by people or by units, in either way.
        connection.execute(
            text(
                "UPDATE tickets SET cc = CASE number_order % 5 WHEN 0 THEN CAST(:some AS uuid[]) "
                "ELSE cc END, collaborators = CASE number_order % 7 "
                "WHEN 0 THEN CAST(:others AS uuid[]) ELSE collaborators END"
            ),
            {"some": [PEOPLE[0], UNITS[2]], "others": [PEOPLE[1], UNITS[0]]},
        )
        # So that the views differ, too.
        connection.execute(
            text(
                "UPDATE tickets SET status = 'solved', status_category = 'solved' "
                "WHERE number_order % 3 = 0"
            )
        )
        found = connection.execute(select(tickets.c.ticket_id, *SCOPE_COLUMNS)).all()
    assert len(found) == len(places) == 162
    return {row.ticket_id: scope_of(row) for row in found}


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as opened:
        yield opened


def found(connection: Connection, *conditions: Any) -> list[UUID]:
    return list(connection.execute(select(tickets.c.ticket_id).where(*conditions)).scalars())


@given(actor=actors)
@settings(max_examples=300)
def test_filter_and_test_function_agree(actor, rows, connection):
    allowed = {ticket_id for ticket_id, known in rows.items() if scope.allows(actor, known)}
    assert set(found(connection, scope.visible(actor, TICKET_SCOPE))) == allowed


@given(actor=actors)
@settings(max_examples=300)
def test_branches_are_disjoint_and_together_the_filter(actor, rows, connection):
    def count(*conditions) -> int:
        counting = select(func.count()).select_from(tickets).where(*conditions)
        return int(connection.execute(counting).scalar_one())

    parts = scope.branches(actor, TICKET_SCOPE)
    assert sum(count(part) for part in parts) == count(scope.visible(actor, TICKET_SCOPE))


@given(actor=actors, narrowed=filters)
@settings(max_examples=300)
def test_what_the_filters_fix_leaves_out_nothing_and_lets_nothing_in(
    actor, narrowed, rows, connection
):
    conditions = clauses(narrowed, actor)
    parts = scope.branches(actor, TICKET_SCOPE, known_scope(narrowed, actor))
    by_parts = [one for part in parts for one in found(connection, part, *conditions)]
    assert len(by_parts) == len(set(by_parts))
    assert set(by_parts) == set(found(connection, scope.visible(actor, TICKET_SCOPE), *conditions))


def test_more_units_than_branches_are_one_condition(rows, connection):
    many = [str(uuid4()) for _ in range(100)] + [str(UNITS[0])]
    actor = Actor(None, "部门主管", scopes={"tickets": "department", "departments": many})
    [part] = scope.branches(actor, TICKET_SCOPE)
    assert set(found(connection, part)) == {
        ticket_id for ticket_id, known in rows.items() if known["department"] == UNITS[0]
    }
