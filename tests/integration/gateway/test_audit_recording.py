"""What people do is in the log: before, after, and when it was refused."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from gateway.audit.recording import close_recording, record_fact
from gateway.schemas.ticket import Ticket
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, Forbidden, Unavailable
from tests.support import shapes
from tests.support.audit import LI, Log
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

NUMBER = shapes.ticket()["number"]
SOLUTION = {"text": "换了一个新的水泵", "notify_customer": True}


class Written:
    """What stands in the tail, the oldest first, without logins."""

    def __init__(self, app: Flask, log: Log) -> None:
        self._app, self._log = app, log

    def __call__(self, *names: str, where: str = "action NOT LIKE 'session.%'") -> list[Any]:
        # The outcomes are written soon after the answers.
        close_recording(self._app)
        columns = ", ".join(names)
        return self._log.rows(
            f"SELECT {columns} FROM audit_tail WHERE {where} ORDER BY occurred_at, entry_id"
        )


@pytest.fixture
def written(app: Flask, database: Database) -> Iterator[Written]:
    log = Log(database)
    yield Written(app, log)
    with log.as_owner_of_the_server() as connection:
        connection.execute(text("TRUNCATE audit_tail"))


def raising(error: Exception) -> Callable[..., Any]:
    def method(*_: object) -> None:
        raise error

    return method


def test_an_action_stands_in_the_log_before_and_after(
    supervisor: Browser, services: FakeServices, written: Written
) -> None:
    change = {"before": {"status": "in_progress"}, "after": {"status": "solved"}}
    services.answer("ticketing.solve_ticket", {**shapes.ticket(), "audit": change})
    solved = supervisor.post(f"/tickets/{NUMBER}/solution", json=SOLUTION)
    assert solved.status_code == 200
    assert "audit" not in solved.get_json()
    assert Ticket().validate(solved.get_json()) == {}
    intent, outcome = written(
        "phase", "outcome", "status", "detail", "action", "permission", "actor_kind",
        "actor_login", "role", "address", "object_kind", "object_id", "request_id",
    )  # fmt: skip
    detail = '{"after":{"status":"solved"},"before":{"status":"in_progress"}}'
    assert intent[:4] == ("intent", None, None, None)
    assert outcome[:4] == ("outcome", "done", 200, detail)
    about = ("solve_ticket", "ticket.solve", "staff", "CS900", "supervisor", "127.0.0.1")
    told = (*about, "ticket", NUMBER, solved.headers["X-Request-Id"])
    assert intent[4:] == outcome[4:] == told
    assert len({action_id for (action_id,) in written("action_id")}) == 1


def test_the_intent_is_durable_before_anything_is_done(
    supervisor: Browser, services: FakeServices, written: Written, database: Database
) -> None:
    seen: list[Any] = []

    def look(*_: object) -> Any:
        seen.extend(Log(database).rows("SELECT phase FROM audit_tail WHERE action='solve_ticket'"))
        return shapes.ticket()

    services.answer("ticketing.solve_ticket", look)
    supervisor.post(f"/tickets/{NUMBER}/solution", json=SOLUTION)
    assert seen == [("intent",)]


def test_what_customers_and_staff_write_is_not_in_the_log(
    supervisor: Browser, services: FakeServices, written: Written
) -> None:
    services.answer("ticketing.solve_ticket", shapes.ticket())
    supervisor.post(f"/tickets/{NUMBER}/solution", json=SOLUTION)
    assert not any("水泵" in str(row) for row in written("audit_tail::text", where="true"))


@pytest.mark.parametrize(
    ("error", "outcome", "status"),
    [
        (Conflict("ticket.closed", "it is closed"), "refused", 409),
        (Forbidden("permission.missing", "not yours"), "refused", 403),
        (Unavailable("service.unavailable", "away"), "failed", 503),
        (Unavailable("rpc.timeout", "late", {"outcome": "unknown"}), "unknown", 503),
        (RuntimeError("a bug"), "failed", 500),
    ],
)
def test_an_action_that_was_not_done_says_how_it_ended(
    supervisor: Browser,
    services: FakeServices,
    written: Written,
    error: Exception,
    outcome: str,
    status: int,
) -> None:
    services.answer("ticketing.solve_ticket", raising(error))
    supervisor.post(f"/tickets/{NUMBER}/solution", json=SOLUTION)
    found = written("phase", "outcome", "status", "detail")
    assert [row[:3] for row in found] == [("intent", None, None), ("outcome", outcome, status)]
    assert '"code":' in found[1][3]


def test_input_that_was_refused_is_an_action_as_well(supervisor: Browser, written: Written) -> None:
    problem_of(supervisor.post(f"/tickets/{NUMBER}/solution", json={}), 422)
    assert written("phase", "outcome") == [("intent", None), ("outcome", "refused")]


@pytest.mark.parametrize(("method", "path"), [("GET", "/receipts"), ("POST", "/roles")])
def test_a_missing_permission_is_one_fact(
    agent: Browser, written: Written, method: str, path: str
) -> None:
    problem_of(agent.send(method, path, json={} if method == "POST" else None), 403)
    (row,) = written("phase", "outcome", "status", "actor_login", "permission")
    assert row[:4] == ("fact", "refused", 403, "CS001")
    assert row[4] in ("receipt.list", "role.manage")


def test_looking_is_no_action(agent: Browser, services: FakeServices, written: Written) -> None:
    services.answer("ticketing.list_tickets", {"items": [], "next_cursor": None})
    assert agent.get("/tickets").status_code == 200
    assert agent.get("/session").status_code == 200
    assert written("action") == []


def test_what_nobody_has_sent_is_no_action(browser: Browser, written: Written) -> None:
    problem_of(browser.post("/tickets", json={}), 401)
    problem_of(browser.post("/nowhere", json={}), 404)
    assert written("action") == []


def test_something_new_is_named_by_its_answer(
    supervisor: Browser, services: FakeServices, written: Written
) -> None:
    services.answer("ticketing.create_ticket", shapes.ticket())
    services.answer("intake.get_customers", [shapes.customer()])
    body = {"customer_id": shapes.CUSTOMER_ID, "subject": "水泵", "text": "坏了"}
    assert supervisor.post("/tickets", json=body).status_code == 201
    assert written("object_kind", "object_id") == [("ticket", None), ("ticket", NUMBER)]


def test_changes_of_the_gateways_own_things_are_told(
    administrator: Browser, written: Written
) -> None:
    role = {
        "key": "auditing",
        "name_zh": "稽核",
        "name_en": "Auditing",
        "ticket_scope": "none",
        "permissions": [],
    }
    made = administrator.post("/roles", json=role)
    assert made.status_code == 201, made.get_data(as_text=True)
    _, (kind, object_id, detail) = written("object_kind", "object_id", "detail")
    assert (kind, object_id) == ("role", "auditing")
    assert '"name_zh":"稽核"' in detail


def test_without_the_log_nothing_is_carried_out(
    supervisor: Browser, services: FakeServices, written: Written, database: Database
) -> None:
    services.answer("ticketing.solve_ticket", shapes.ticket())
    rename = "ALTER TABLE {} RENAME TO {}"
    with database.engine.begin() as connection:
        connection.execute(text(rename.format("audit_tail", "audit_gone")))
    try:
        refused = supervisor.post(f"/tickets/{NUMBER}/solution", json=SOLUTION)
    finally:
        with database.engine.begin() as connection:
            connection.execute(text(rename.format("audit_gone", "audit_tail")))
    assert problem_of(refused, 503)["code"] == "audit.unavailable"
    assert services.calls("ticketing.solve_ticket") == []


def test_facts_are_told_with_who_and_where(app: Flask, written: Written) -> None:
    environ = {"REMOTE_ADDR": "192.0.2.9"}
    with app.test_request_context("/", environ_base=environ, headers={"User-Agent": "x" * 300}):
        record_fact(
            "session.refused",
            outcome="refused",
            person=LI,
            object_kind="person",
            object_id=LI.id,
            detail={"cause": "password", "password": "hunter2"},
        )
    (row,) = written(
        "actor_login", "address", "length(user_agent)", "object_id", "detail",
        where="action = 'session.refused'",
    )  # fmt: skip
    detail = '{"cause":"password","password":true}'
    assert row == ("CS001", "192.0.2.9", 200, str(LI.id), detail)


def test_a_fact_may_be_part_of_a_transaction(
    app: Flask, written: Written, database: Database
) -> None:
    with database.begin() as uow:
        record_fact("password.changed", person=LI, uow=uow)
    assert written("action", where="action = 'password.changed'") == []
    with database.begin() as uow:
        record_fact("password.changed", person=LI, uow=uow)
        uow.commit()
    assert written("action", where="action = 'password.changed'") == [("password.changed",)]
