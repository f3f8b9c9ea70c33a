"""Alerts: raised once an hour, told to those who look after them, acknowledged."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from flask import Flask
from sqlalchemy import select, text

from gateway.audit.alerts import raise_alert
from gateway.audit.kinds import KINDS, SEVERITIES, WATCHED
from gateway.audit.recording import close_recording
from gateway.audit.watch import watch_action
from gateway.schemas.alert import Alert, AlertPage
from gateway.storage.people import Person
from libs.common.clock import utc_now
from libs.common.contracts.envelope import load_event
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7
from tests.support.audit import Log
from tests.support.gateway import Browser, Hands, problem_of

pytestmark = pytest.mark.services("gateway")


@pytest.fixture(autouse=True)
def _none_at_first(database: Database) -> Iterator[None]:
    yield
    with database.engine.begin() as connection:
        connection.execute(
            text("DELETE FROM alerts; DELETE FROM outbox; DELETE FROM watched_actions")
        )


def person_id(database: Database, login: str) -> UUID:
    with database.begin(read_only=True) as uow:
        return uow.session.scalars(select(Person.person_id).where(Person.login == login)).one()


def raise_one(database: Database, kind: str = "brute_force", **about: Any) -> None:
    with database.begin() as uow:
        raise_alert(uow, kind, **about)
        uow.commit()


def told(database: Database) -> list[dict[str, Any]]:
    rows = Log(database).rows("SELECT body FROM outbox WHERE type = 'security.alerted'")
    return [load_event(orjson.dumps(orjson.loads(body))).data for (body,) in rows]


def test_an_alert_is_told_to_those_who_may_read_alerts(database: Database) -> None:
    agent = person_id(database, "CS001")
    raise_one(database, "mass_reveal", person_id=agent, address="192.0.2.1", facts={"count": 31})
    (event,) = told(database)
    assert (event["kind"], event["severity"], event["person_id"]) == (
        "mass_reveal",
        "critical",
        agent,
    )
    assert event["recipients"] == [person_id(database, "AD001")]
    assert event["person_name"]
    assert event["facts"] == {"count": 31}


def test_a_new_place_is_told_to_the_person_as_well(database: Database) -> None:
    agent = person_id(database, "CS001")
    raise_one(database, "new_place", person_id=agent)
    (event,) = told(database)
    assert set(event["recipients"]) == {agent, person_id(database, "AD001")}


def test_the_same_within_an_hour_only_counts_up(database: Database) -> None:
    hour = utc_now().replace(minute=0, second=0, microsecond=0)
    one, other = uuid7(), uuid7()
    for minutes, about in (
        (1, {"person_id": one}),
        (59, {"person_id": one}),
        (61, {"person_id": one}),
        (2, {"person_id": other}),
        (3, {"address": "192.0.2.1"}),
        (4, {"address": "192.0.2.1"}),
    ):
        raise_one(database, now=hour + timedelta(minutes=minutes), **about)
    query = "SELECT times FROM alerts ORDER BY raised_at"
    assert [times for (times,) in Log(database).rows(query)] == [2, 1, 2, 1]
    assert len(told(database)) == 4


def test_what_is_not_committed_was_never_raised(database: Database) -> None:
    with database.begin() as uow:
        raise_alert(uow, "brute_force", address="192.0.2.1")
    assert told(database) == []


def test_every_kind_has_a_severity(database: Database) -> None:
    assert set(KINDS.values()) <= set(SEVERITIES)
    for kind in KINDS:
        raise_one(database, kind, address="192.0.2.1")
    assert {event["kind"] for event in told(database)} == set(KINDS)


def reveal(database: Database, clock: Hands, who: UUID) -> None:
    outcome = {"action": "reveal_contacts", "outcome": "done", "actor_id": who, "address": "::1"}
    watch_action(database, {**outcome, "request_id": "request-1"}, clock())


def test_more_than_thirty_reveals_in_ten_minutes_are_too_many(
    database: Database, clock: Hands
) -> None:
    quick, slow = uuid7(), uuid7()
    for _ in range(WATCHED["reveal_contacts"].most):
        reveal(database, clock, quick)
        reveal(database, clock, slow)
        clock.pass_by(seconds=19)
    assert told(database) == []
    reveal(database, clock, quick)
    (event,) = told(database)
    assert (event["kind"], event["person_id"]) == ("mass_reveal", quick)
    clock.pass_by(seconds=40)
    reveal(database, clock, slow)
    assert len(told(database)) == 1, "31 in more than ten minutes"


def test_a_reveal_that_was_refused_does_not_count(database: Database, clock: Hands) -> None:
    outcome = {"action": "reveal_contacts", "outcome": "refused", "actor_id": uuid7()}
    watch_action(database, {**outcome, "address": None, "request_id": None}, clock())
    assert Log(database).rows("SELECT * FROM watched_actions") == []


def test_open_alerts_are_listed_and_acknowledged_once(
    app: Flask, administrator: Browser, database: Database
) -> None:
    raise_one(database, "mass_reveal", person_id=person_id(database, "CS001"))
    raise_one(database, "brute_force", address="192.0.2.1")
    page = administrator.get("/alerts?open=true").get_json()
    assert AlertPage().validate(page) == {}
    newest, oldest = page["items"]
    assert (newest["kind"], oldest["kind"]) == ("brute_force", "mass_reveal")
    assert oldest["person_name"]
    path = f"/alerts/{oldest['alert_id']}/acknowledgement"
    done = administrator.post(path, json={"note": "问过了,是核对地址"})
    assert Alert().validate(done.get_json()) == {}
    assert done.get_json()["acknowledged_name"]
    assert done.get_json()["note"] == "问过了,是核对地址"
    problem = problem_of(administrator.post(path, json={"note": "again"}), 409)
    assert problem["code"] == "alert.acknowledged"
    still_open = administrator.get("/alerts?open=true").get_json()["items"]
    assert [alert["alert_id"] for alert in still_open] == [newest["alert_id"]]
    closed = administrator.get("/alerts?open=false&kind=mass_reveal&severity=critical").get_json()
    assert [alert["alert_id"] for alert in closed["items"]] == [oldest["alert_id"]]
    close_recording(app)
    query = "SELECT object_kind, object_id FROM audit_tail WHERE action = 'acknowledge_alert'"
    assert set(Log(database).rows(query)) == {("alert", oldest["alert_id"])}


def test_alerts_come_page_by_page(administrator: Browser, database: Database) -> None:
    for number in range(5):
        raise_one(database, address=f"192.0.2.{number}")
    found, cursor = [], ""
    while cursor is not None:
        query = f"limit=2&cursor={cursor}" if cursor else "limit=2"
        page = administrator.get(f"/alerts?{query}").get_json()
        found += [alert["address"] for alert in page["items"]]
        cursor = page["next_cursor"]
    assert found == [f"192.0.2.{number}" for number in reversed(range(5))]


def test_alerts_are_for_those_who_may(
    agent: Browser, administrator: Browser, database: Database
) -> None:
    raise_one(database, address="192.0.2.1")
    problem_of(agent.get("/alerts"), 403)
    problem_of(agent.post(f"/alerts/{uuid7()}/acknowledgement", json={"note": "x"}), 403)
    path = f"/alerts/{uuid7()}/acknowledgement"
    problem_of(administrator.post(path, json={"note": "x"}), 404)
    assert list(problem_of(administrator.post(path, json={}), 422)["errors"]) == ["note"]
    for wrong in ("kind=flood", "severity=loud", "open=maybe", "limit=0", "cursor=abc"):
        name = wrong.partition("=")[0]
        problem = problem_of(administrator.get(f"/alerts?{wrong}"), 422)
        assert list(problem["errors"]) == [name]
