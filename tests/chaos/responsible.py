"""After the storm: somebody is responsible for every ticket, and its clocks run once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from libs.common.config import Config
from libs.common.database.engine import open_engine

_UNFINISHED = "status_category IN ('new', 'open', 'pending', 'on_hold')"


def rows(env: Mapping[str, str], service: str, query: str) -> list[Any]:
    """The rows of a query in a service's database."""
    url = Config.read(env).database_url(service)
    with open_engine(url, application="chaos", pool_size=0).connect() as connection:
        return list(connection.execute(text(query)).all())


def check_responsibility(env: Mapping[str, str]) -> None:
    """Each unfinished ticket has one active assignment or one place in a waiting list.

    And dispatch knows of each ticket what ticketing knows.
    """
    known = {
        row.ticket_id: row
        for row in rows(
            env,
            "ticketing",
            f"SELECT ticket_id, assignee_id, assignment_epoch, {_UNFINISHED} AS is_unfinished "
            "FROM tickets",
        )
    }
    states = "SELECT ticket_id, person_id, epoch, state FROM assignments WHERE state <> 'ended'"
    assigned = rows(env, "dispatch", states)
    waiting = [row.ticket_id for row in rows(env, "dispatch", "SELECT ticket_id FROM waiting")]
    assert {row.state for row in assigned} <= {"active"}, "a proposal was never answered"
    theirs = [(row.ticket_id, row.person_id, row.epoch) for row in assigned]
    assert len({ticket_id for ticket_id, _, _ in theirs}) == len(theirs)
    wanted = {
        (row.ticket_id, row.assignee_id, row.assignment_epoch)
        for row in known.values()
        if row.is_unfinished and row.assignee_id
    }
    assert set(theirs) == wanted
    assert len(set(waiting)) == len(waiting)
    unassigned = {
        row.ticket_id for row in known.values() if row.is_unfinished and not row.assignee_id
    }
    assert set(waiting) == unassigned


def check_loads(env: Mapping[str, str]) -> None:
    """Loads are the sum over active assignments, and nobody is above their capacity."""
    wrong = rows(
        env,
        "dispatch",
        "SELECT person_id, load, coalesce(sum, 0) AS sum FROM loads FULL JOIN ("
        " SELECT person_id, sum(weight) FROM assignments WHERE state <> 'ended' GROUP BY 1"
        ") AS added USING (person_id) WHERE coalesce(load, 0) <> coalesce(sum, 0)",
    )
    assert wrong == []
    above = rows(
        env,
        "dispatch",
        "SELECT person_id, load FROM loads JOIN settings ON true "
        "LEFT JOIN agents USING (person_id) "
        "WHERE load > coalesce(capacity, default_capacity) + critical_excess",
    )
    assert above == []


def check_clocks(env: Mapping[str, str], tickets: int) -> None:
    """One clock per target and cycle, one of a target running, told at most once, and copied."""
    counted = "SELECT count(*), count(DISTINCT ticket_id) FROM clocks WHERE target = 'first_reply'"
    assert tuple(rows(env, "sla", counted)[0]) == (tickets, tickets)
    twice = (
        "SELECT ticket_id, target FROM clocks WHERE state IN ('running', 'paused') "
        "GROUP BY 1, 2 HAVING count(*) > 1"
    )
    assert rows(env, "sla", twice) == []
    repeated = "SELECT ticket_id, target, cycle FROM clocks GROUP BY 1, 2, 3 HAVING count(*) > 1"
    assert rows(env, "sla", repeated) == []
    copies = {
        row.ticket_id: tuple(row)
        for row in rows(env, "ticketing", "SELECT ticket_id, next_due_at, is_overdue FROM tickets")
    }
    originals = {
        row.ticket_id: tuple(row)
        for row in rows(env, "sla", "SELECT ticket_id, next_due_at, is_overdue FROM tickets")
    }
    assert copies == originals


def check_notices(env: Mapping[str, str]) -> None:
    """One notice per person and occasion."""
    repeated = (
        "SELECT recipient_id, occasion, occasion_key FROM notices "
        "GROUP BY 1, 2, 3 HAVING count(*) > 1"
    )
    assert rows(env, "notify", repeated) == []
