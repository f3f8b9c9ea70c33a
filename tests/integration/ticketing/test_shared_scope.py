"""The scope predicate as SQL and as a test function, over random actors and tickets."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, text

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import Database
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.storage.tables import tickets
from tests.integration.ticketing.desk import Desk, message

PEOPLE = [uuid4() for _ in range(3)]

actors = st.builds(
    Actor,
    st.none() | st.sampled_from([*PEOPLE, uuid4()]),
    st.just("某人"),
    st.just("staff"),
    st.just(("agent",)),
    st.fixed_dictionaries(
        {},
        optional={
            "tickets": st.sampled_from(["all", "own", "none", None, True]),
            "unassigned": st.sampled_from([True, False, None, "true"]),
        },
    ),
)


@pytest.fixture(scope="module")
def rows(database: Database, desk: Desk) -> dict[UUID, UUID | None]:
    """Tickets with all kinds of assignees: {ticket_id: assignee_id}."""
    events = [message() for _ in range(12)]
    desk.file(*events)
    made = {event.data["ticket_id"]: [None, *PEOPLE][i % 4] for i, event in enumerate(events)}
    with database.engine.begin() as connection:
        for ticket_id, assignee in made.items():
            connection.execute(
                text("UPDATE tickets SET assignee_id = :a WHERE ticket_id = :t"),
                {"a": assignee, "t": ticket_id},
            )
    return made


@pytest.fixture(scope="module")
def connection(database: Database) -> Iterator[Connection]:
    with database.engine.connect() as opened:
        yield opened


@given(actor=actors)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_filter_and_test_function_agree(actor, rows, connection):
    visible = select(tickets.c.ticket_id).where(scope.visible(actor, TICKET_SCOPE))
    allowed = {
        ticket_id
        for ticket_id, assignee in rows.items()
        if scope.allows(actor, {"assignee": assignee})
    }
    assert set(connection.execute(visible).scalars()) == allowed


@given(actor=actors)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_branches_are_disjoint_and_together_the_filter(actor, rows, connection):
    def count(*conditions) -> int:
        counting = select(func.count()).select_from(tickets).where(*conditions)
        return int(connection.execute(counting).scalar_one())

    parts = scope.branches(actor, TICKET_SCOPE)
    assert sum(count(part) for part in parts) == count(scope.visible(actor, TICKET_SCOPE))


@given(actor=actors, assignee=st.sampled_from([None, *PEOPLE]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_branches_left_out_for_what_is_known_would_have_found_nothing(
    actor, assignee, rows, connection
):
    is_known = tickets.c.assignee_id.is_not_distinct_from(assignee)
    found = set(
        connection.execute(
            select(tickets.c.ticket_id).where(is_known, scope.visible(actor, TICKET_SCOPE))
        ).scalars()
    )
    by_parts = {
        ticket_id
        for part in scope.branches(actor, TICKET_SCOPE, {"assignee": assignee})
        for ticket_id in connection.execute(
            select(tickets.c.ticket_id).where(is_known, part)
        ).scalars()
    }
    assert by_parts == found
