"""What agents do by dispatch, and what stays out of the operation log."""

from typing import Any

import pytest
from flask import Flask

from gateway.audit.recording import is_recorded
from gateway.schemas.condition import ConditionFieldPage
from gateway.schemas.ticket import Ticket
from libs.common.conditions import catalogue
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict
from libs.common.testing.eventually import eventually
from tests.support import shapes
from tests.support.dispatch_shapes import standing
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

TICKET = f"/tickets/{shapes.NUMBER}"


def test_whoever_grabs_too_late_gets_a_conflict(agent: Browser, services: FakeServices) -> None:
    def refuse(_args: Any, _actor: Any) -> None:
        raise Conflict("offer.closed", "somebody was faster")

    services.answer("dispatch.grab_ticket", refuse)
    assert problem_of(agent.post(f"{TICKET}/grabs"), 409)["code"] == "offer.closed"


def test_a_ticket_is_given_back_with_a_reason(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.return_ticket", shapes.ticket())
    assert "reason" in problem_of(agent.post(f"{TICKET}/returns", json={}), 422)["errors"]
    answer = agent.post(f"{TICKET}/returns", json={"reason": "不会"}, headers={"If-Match": '"3"'})
    assert (answer.status_code, Ticket().validate(answer.get_json())) == (200, {})
    expected = {"number": shapes.NUMBER, "reason": "不会", "version": 3}
    assert services.calls("ticketing.return_ticket")[0].args == expected


def test_tickets_are_listed_by_what_is_due(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.list_tickets", {"items": [], "next_cursor": None})
    assert agent.get("/tickets?sort=due&due=overdue&view=overdue").status_code == 200
    asked = services.calls("ticketing.list_tickets")[0].args
    assert asked["sort"] == "due"
    assert asked["filters"] == {"due": "overdue", "view": "overdue"}
    problem_of(agent.get("/tickets?due=tomorrow"), 422)


def test_the_language_of_conditions_needs_no_service(
    agent: Browser, services: FakeServices
) -> None:
    page = agent.get("/condition-fields").get_json()
    assert page == {"items": catalogue()}
    assert ConditionFieldPage().validate(page) == {}
    assert services.asked == []


def test_a_heartbeat_is_no_command(agent: Browser, services: FakeServices) -> None:
    services.answer("dispatch.heartbeat", standing())
    for _ in range(2):
        answer = agent.post("/presence/own/heartbeats")
        assert (answer.status_code, answer.get_json()) == (200, standing())
    assert [asked.command_id for asked in services.calls("dispatch.heartbeat")] == [None, None]


def actions_of(database: Database, *names: str) -> list[tuple[str, str, str]]:
    statement = (
        "SELECT action, phase, object_kind FROM audit_tail WHERE action = ANY(%s) "
        "UNION ALL SELECT action, phase, object_kind FROM audit_entries WHERE action = ANY(%s)"
    )
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(statement, (list(names), list(names)))
        return sorted((row[0], row[1], row[2]) for row in rows)


def test_presence_stands_in_the_operation_log_and_heartbeats_do_not(
    agent: Browser, database: Database, services: FakeServices
) -> None:
    services.answer("dispatch.heartbeat", standing())
    services.answer("dispatch.set_own_presence", standing())
    assert agent.post("/presence/own/heartbeats").status_code == 200
    assert agent.put("/presence/own", json={"state": "away"}).status_code == 200
    eventually(lambda: actions_of(database, "send_heartbeat", "set_own_presence")[1:])
    found = {action for action, _, _ in actions_of(database, "send_heartbeat", "set_own_presence")}
    assert found == {"set_own_presence"}


def test_nothing_but_what_consoles_send_by_themselves_is_left_out_of_the_operation_log(
    app: Flask,
) -> None:
    unsafe = {"POST", "PUT", "PATCH", "DELETE"}
    left_out = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & unsafe
        if not is_recorded(app.view_functions[rule.endpoint], method)
    }
    assert left_out == {
        "presence.send_heartbeat",
        *("ticket presence.sign_presence", "ticket presence.end_presence"),
        *("drafts.save_draft", "drafts.drop_draft"),
    }
