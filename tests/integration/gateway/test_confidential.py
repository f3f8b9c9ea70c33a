"""Whatever shows something confidential is in the operation log before it is handed out."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from gateway.audit.recording import close_recording
from gateway.parts import EXTENSION
from gateway.schemas.confidential import IdentityCheck, IdentityChecks
from gateway.schemas.ticket import Ticket
from libs.common.database.unit_of_work import Database
from tests.support import shapes
from tests.support.audit import Log
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

NUMBER, SECRET = shapes.NUMBER, "盗刷的卡号"


def read(what: str) -> dict[str, Any]:
    return {"confidential_read": {"numbers": [NUMBER], "what": what}}


@pytest.fixture
def log(app: Flask, database: Database) -> Iterator[Log]:
    log = Log(database)
    yield log
    close_recording(app)
    with log.as_owner_of_the_server() as connection:
        connection.execute(text("TRUNCATE audit_tail"))


def readings(log: Log) -> list[Any]:
    return log.rows(
        "SELECT actor_login, object_kind, object_id, detail, request_id FROM audit_tail "
        "WHERE action = 'confidential_read' ORDER BY entry_id"
    )


def test_each_reading_is_logged_with_who_what_and_in_which_request(
    agent: Browser, services: FakeServices, log: Log
) -> None:
    page: dict[str, Any] = {
        "items": [],
        "previous_cursor": None,
        "is_withheld": False,
        "withheld_reason": None,
    }
    services.answer("ticketing.get_ticket", shapes.ticket(solution=SECRET) | read("ticket"))
    services.answer("ticketing.list_timeline", page | read("timeline"))
    seen = agent.get(f"/tickets/{NUMBER}")
    older = agent.get(f"/tickets/{NUMBER}/timeline")
    assert seen.get_json()["solution"] == SECRET
    assert "confidential_read" not in seen.get_json() | older.get_json()
    assert Ticket().validate(seen.get_json()) == {}
    assert readings(log) == [
        ("CS001", "ticket", NUMBER, '{"what":"ticket"}', seen.headers["X-Request-Id"]),
        ("CS001", "ticket", NUMBER, '{"what":"timeline"}', older.headers["X-Request-Id"]),
    ]


def test_a_command_that_shows_it_is_a_reading_too(
    agent: Browser, services: FakeServices, log: Log
) -> None:
    changed = shapes.ticket() | read("ticket") | {"audit": {"before": {}, "after": {}}}
    services.answer("ticketing.accept_ticket", changed)
    answer = agent.post(f"/tickets/{NUMBER}/acceptance")
    assert answer.status_code == 200
    assert "confidential_read" not in answer.get_json()
    assert len(readings(log)) == 1


def test_a_file_is_a_reading(agent: Browser, services: FakeServices, log: Log, app: Flask) -> None:
    blobs = app.extensions[EXTENSION].blobs
    stored = blobs.put("ticketing", b"abc", max_size=100)
    file = {
        "attachment_id": shapes.ATTACHMENT_ID,
        "name": "合同.pdf",
        "media_type": "application/pdf",
        "size": 3,
        "sha256": "0" * 64,
        "blob_key": stored.key,
        "thumbnail": None,
    }
    services.answer("ticketing.get_attachment", file | read("attachment"))
    agent.get(f"/attachments/{shapes.ATTACHMENT_ID}")
    assert [row[3] for row in readings(log)] == ['{"what":"attachment"}']


def test_what_is_not_reported_is_not_logged(
    agent: Browser, services: FakeServices, log: Log
) -> None:
    services.answer("ticketing.get_ticket", shapes.ticket(is_withheld=True))
    assert agent.get(f"/tickets/{NUMBER}").status_code == 200
    assert readings(log) == []


def test_without_the_log_nothing_is_shown(
    agent: Browser, services: FakeServices, log: Log, database: Database
) -> None:
    services.answer("ticketing.get_ticket", shapes.ticket(solution=SECRET) | read("ticket"))
    rename = "ALTER TABLE {} RENAME TO {}"
    with database.engine.begin() as connection:
        connection.execute(text(rename.format("audit_tail", "audit_gone")))
    try:
        refused = agent.get(f"/tickets/{NUMBER}")
    finally:
        with database.engine.begin() as connection:
            connection.execute(text(rename.format("audit_gone", "audit_tail")))
    assert problem_of(refused, 503)["code"] == "audit.unavailable"
    assert SECRET not in refused.get_data(as_text=True)


def test_checks_of_identity_are_listed_and_made(
    agent: Browser, services: FakeServices, log: Log
) -> None:
    check = {
        "check_id": shapes.ENTRY_ID,
        "method": "call_back",
        "result": "passed",
        "note": None,
        "person": {"person_id": shapes.CUSTOMER_ID, "name": "李雷"},
        "checked_at": "2026-11-22T00:00:00Z",
        "valid_until": "2026-11-23T00:00:00Z",
    }
    listed = {"is_needed": True, "valid_until": check["valid_until"], "items": [check]}
    services.answer("ticketing.list_identity_checks", listed)
    services.answer("ticketing.check_identity", check | {"audit": {"object": NUMBER}})
    path = f"/tickets/{NUMBER}/identity-checks"
    seen = agent.get(path).get_json()
    assert (seen, IdentityChecks().validate(seen)) == (listed, {})
    made = agent.post(path, json={"method": "call_back", "result": "passed"})
    assert (made.status_code, made.get_json()) == (201, check)
    assert IdentityCheck().validate(made.get_json()) == {}
    wrong = problem_of(agent.post(path, json={"method": "guess", "result": "passed"}), 422)
    assert wrong["errors"].keys() == {"method"}
