"""Customers' access: proven addresses, own tickets, and nothing that tells who is known."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import jwt
import pytest
from flask import Flask

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.errors import NotFound
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, Hands, opened_app, problem_of
from tests.support.login import count_rows

KEY = "a key that the site shares with us"
CUSTOMER, CONTACT, REGION = (str(uuid4()) for _ in range(3))
OWN = "G20261122001"
KNOWN = {
    "customer_id": CUSTOMER,
    "contact_id": CONTACT,
    "kind": "email",
    "value": "zhang@example.com",
    "language": "zh",
    "name": "张三",
}
PAGE: dict[str, Any] = {"items": [], "next_cursor": None}


def request_of(number: str) -> dict[str, Any]:
    text = {"zh": "处理中", "en": "In progress"}
    return {
        "number": number,
        "subject": "杯子碎了",
        "kind": "complaint",
        "channel": "mail",
        "status": {"category": "open", "text": text},
        "may_write": True,
        "created_at": "2026-11-22T01:00:00Z",
        "updated_at": "2026-11-22T01:00:00Z",
        "solved_at": None,
        "closed_at": None,
        "timeline": {"items": [], "previous_cursor": None},
    }


@pytest.fixture
def services() -> FakeServices:
    fakes = FakeServices()

    def identify(args: dict[str, Any], _actor: Any) -> Any:
        return KNOWN if args["contact"] == "zhang@example.com" else None

    def get_request(args: dict[str, Any], actor: Any) -> Any:
        if actor.scopes.get("requester") != CUSTOMER or args["number"] != OWN:
            raise NotFound("ticket.not_found", "there is no such ticket")
        return request_of(OWN)

    fakes.answer("intake.identify_contact", identify)
    fakes.answer("intake.verify_contact", {"customer_id": CUSTOMER})
    fakes.answer("intake.introduce_customer", {"customer_id": CUSTOMER, "contact_id": CONTACT})
    fakes.answer("intake.ensure_requester", {"customer_id": CUSTOMER})
    fakes.answer("intake.get_customers", [{"customer_id": CUSTOMER, "region_id": REGION}])
    fakes.answer("ticketing.get_request", get_request)
    fakes.answer("ticketing.list_requests", PAGE)
    fakes.answer("ticketing.create_request", request_of(OWN))
    fakes.answer("notify.send_code", None)
    return fakes


@pytest.fixture
def app(
    config: Config,
    database: Database,
    services: FakeServices,
    clock: Hands,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("PORTAL_SIGNING_KEY", KEY)
    # Codes to one address are limited: each test has an hour of its own.
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM portal_challenges")
    with opened_app(config, database, services, clock=clock, console=tmp_path) as app:
        yield app


def ask_for_code(browser: Browser, contact: str = "zhang@example.com", **more: Any):
    return browser.post("/portal/codes", json={"contact": contact, **more})


def sent(services: FakeServices) -> dict[str, Any]:
    return services.calls("notify.send_code")[-1].args


def enter(browser: Browser, services: FakeServices, **more: Any) -> dict[str, Any]:
    challenge = ask_for_code(browser, **more).get_json()["challenge"]
    body = {"challenge": challenge, "code": sent(services)["code"]}
    opened = browser.post("/portal/sessions", json=body)
    assert opened.status_code == 201, opened.get_data(as_text=True)
    browser.headers = {"Authorization": f"Bearer {opened.get_json()['token']}"}
    return opened.get_json()


def test_a_code_to_a_known_address_opens_the_own_requests(
    browser: Browser, services: FakeServices
) -> None:
    opened = enter(browser, services)
    assert opened["customer_id"] == CUSTOMER
    assert sent(services)["channel"] == "mail"
    assert sent(services)["is_wanted"] is True
    assert browser.get("/requests").get_json() == PAGE
    asked = services.calls("ticketing.list_requests")[0].actor
    assert (asked.kind, str(asked.subject)) == ("customer", CUSTOMER)
    assert asked.scopes == {"tickets": "requested", "requester": CUSTOMER}
    assert asked.permissions == {"request.own"}
    verified = services.calls("intake.verify_contact")[0]
    assert verified.args == {"contact_id": CONTACT}
    assert verified.actor.kind == "gateway"


def test_a_customer_gets_in_nowhere_else(browser: Browser, services: FakeServices) -> None:
    enter(browser, services)
    for path in ("/tickets", f"/tickets/{OWN}", "/customers?q=x", "/session", "/people", "/roles"):
        assert problem_of(browser.get(path), 403)["code"] == "permission.missing", path


def test_unknown_and_foreign_look_alike(browser: Browser, services: FakeServices) -> None:
    """One answer for "no" and "not yours", and the same calls behind it."""
    known = ask_for_code(browser, number=OWN)
    steps = [one.target for one in services.asked]
    services.asked.clear()
    stranger = ask_for_code(browser, contact="nobody@example.com", number=OWN)
    assert [one.target for one in services.asked] == steps
    assert sent(services)["is_wanted"] is False
    services.asked.clear()
    foreign = ask_for_code(browser, number="G20261122999")
    assert [one.target for one in services.asked] == steps
    assert sent(services)["is_wanted"] is False
    for answer in (known, stranger, foreign):
        assert answer.status_code == 202
        assert answer.get_json().keys() == known.get_json().keys()
        assert answer.get_json()["expires_in"] == 600


def test_a_number_leads_to_the_ticket_that_was_asked_for(
    browser: Browser, services: FakeServices
) -> None:
    assert enter(browser, services, number=OWN)["number"] == OWN
    assert browser.get(f"/requests/{OWN}").status_code == 200
    problem_of(browser.get("/requests/G20261122999"), 404)


def test_a_code_that_nobody_was_sent_opens_nothing(
    browser: Browser, services: FakeServices
) -> None:
    challenge = ask_for_code(browser, contact="nobody@example.com").get_json()["challenge"]
    body = {"challenge": challenge, "code": sent(services)["code"]}
    refused = browser.post("/portal/sessions", json=body)
    assert problem_of(refused, 401)["code"] == "code.refused"
    assert not services.calls("intake.verify_contact")


def test_five_wrong_codes_end_the_challenge(browser: Browser, services: FakeServices) -> None:
    challenge = ask_for_code(browser).get_json()["challenge"]
    right = sent(services)["code"]
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        refused = browser.post("/portal/sessions", json={"challenge": challenge, "code": wrong})
        problem_of(refused, 401)
    late = browser.post("/portal/sessions", json={"challenge": challenge, "code": right})
    assert problem_of(late, 401)["code"] == "code.refused"


def test_a_code_is_good_once_and_for_ten_minutes(
    browser: Browser, services: FakeServices, clock: Hands
) -> None:
    challenge = ask_for_code(browser).get_json()["challenge"]
    body = {"challenge": challenge, "code": sent(services)["code"]}
    assert browser.post("/portal/sessions", json=body).status_code == 201
    problem_of(browser.post("/portal/sessions", json=body), 401)
    clock.pass_by(minutes=2)
    challenge = ask_for_code(browser).get_json()["challenge"]
    body = {"challenge": challenge, "code": sent(services)["code"]}
    clock.pass_by(minutes=10)
    problem_of(browser.post("/portal/sessions", json=body), 401)


def test_an_address_gets_few_codes_and_the_answer_does_not_tell(
    browser: Browser, services: FakeServices, clock: Hands
) -> None:
    assert ask_for_code(browser).status_code == 202
    again = ask_for_code(browser)
    assert again.status_code == 202
    assert sent(services)["is_wanted"] is False, "one a minute"
    wanted = []
    for _ in range(8):
        clock.pass_by(minutes=1, seconds=1)
        ask_for_code(browser)
        wanted.append(sent(services)["is_wanted"])
    assert wanted == [True, True, True, True, False, False, False, False], "five an hour"


def test_of_many_who_ask_at_once_one_is_sent_a_code(app: Flask, services: FakeServices) -> None:
    barrier = Barrier(4)

    def ask(_: int) -> int:
        browser = Browser(app)
        barrier.wait(30)
        return ask_for_code(browser).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [202] * 4
    assert sum(one.args["is_wanted"] for one in services.calls("notify.send_code")) == 1


def test_what_is_no_address_is_named(browser: Browser) -> None:
    problem = problem_of(ask_for_code(browser, contact="hello"), 422)
    assert list(problem["errors"]) == ["contact"]


def assertion(clock: Hands, **changed: Any) -> str:
    now = clock().astimezone(UTC)
    claims = {
        "jti": uuid4().hex,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=2)).timestamp()),
        "email": "zhang@example.com",
        "name": "张三",
        **changed,
    }
    return jwt.encode(claims, KEY, algorithm="HS256")


def test_the_company_s_site_introduces_its_customers_once(
    browser: Browser, services: FakeServices, clock: Hands
) -> None:
    body = {"assertion": assertion(clock)}
    opened = browser.post("/portal/introductions", json=body)
    assert opened.status_code == 201
    assert opened.get_json()["name"] == "张三"
    again = browser.post("/portal/introductions", json=body)
    assert problem_of(again, 401)["code"] == "assertion.refused"
    forged = jwt.encode({"jti": "x", "email": "a@b.cn"}, "x" * 32, algorithm="HS256")
    refused = browser.post("/portal/introductions", json={"assertion": forged})
    assert problem_of(refused, 401)["code"] == "assertion.refused"
    assert len(services.calls("intake.introduce_customer")) == 1


def test_who_is_refused_at_the_portal_stands_in_the_log(
    browser: Browser, database: Database, clock: Hands
) -> None:
    query = "SELECT 1 FROM audit_tail WHERE action = 'portal.session_refused'"
    query += " UNION ALL SELECT 1 FROM audit_entries WHERE action = 'portal.session_refused'"
    before = count_rows(database, query)
    old = assertion(clock, exp=1, iat=0)
    problem_of(browser.post("/portal/introductions", json={"assertion": old}), 401)
    wrong = {"challenge": "tdp_nobody", "code": "123456"}
    problem_of(browser.post("/portal/sessions", json=wrong), 401)
    assert count_rows(database, query) == before + 2


def test_a_cookie_of_the_portal_is_apart_from_a_colleague_s(
    app: Flask, services: FakeServices, clock: Hands
) -> None:
    browser = Browser(app)
    assert browser.log_in("CS001").status_code == 200
    portal = Browser(app)
    portal.client = browser.client
    portal.headers = {"X-Tidedesk-Client": "portal"}
    body = {"assertion": assertion(clock), "kind": "cookie"}
    opened = portal.post("/portal/introductions", json=body)
    assert "token" not in opened.get_json()
    assert "HttpOnly" in opened.headers["Set-Cookie"]
    assert "SameSite=Strict" in opened.headers["Set-Cookie"]
    assert portal.get("/portal/session").get_json()["customer_id"] == CUSTOMER
    assert browser.get("/session").get_json()["person"]["login"] == "CS001"
    problem_of(portal.get("/session"), 403)
    unproven = Browser(app)
    unproven.client = browser.client
    unproven.headers = {}
    problem_of(unproven.post("/requests", json={"subject": "a", "text": "b"}), 403)


def test_a_session_ends_by_itself_and_by_hand(
    browser: Browser, services: FakeServices, clock: Hands
) -> None:
    enter(browser, services)
    clock.pass_by(hours=1, minutes=59)
    assert browser.get("/requests").status_code == 200
    clock.pass_by(hours=2)
    problem_of(browser.get("/requests"), 401)
    browser.headers = {}
    enter(browser, services)
    assert browser.delete("/portal/session").status_code == 204
    problem_of(browser.get("/requests"), 401)


def test_a_customer_asks_for_something(browser: Browser, services: FakeServices) -> None:
    enter(browser, services)
    made = browser.post("/requests", json={"subject": "杯子碎了", "text": "请换一个"})
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/v1/requests/{OWN}"
    asked = services.calls("ticketing.create_request")[0]
    assert asked.args["channel"] == "portal"
    assert asked.args["contact_id"] == CONTACT
    assert asked.args["customer_name"] == "张三"
    assert asked.args["region_id"] == REGION


@pytest.fixture
def employee(app: Flask, database: Database) -> Browser:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM portal_sessions")
        connection.exec_driver_sql(
            "INSERT INTO people (person_id, login, name, password_hash, role) "
            "SELECT gen_random_uuid(), 'EMP77', '李四', password_hash, 'employee' FROM people "
            "WHERE login = 'CS001' ON CONFLICT DO NOTHING"
        )
    browser = Browser(app)
    assert browser.log_in("EMP77").status_code == 200
    return browser


def test_an_employee_asks_in_the_console_without_an_agent_s_rights(
    employee: Browser, services: FakeServices
) -> None:
    body = {"subject": "鼠标坏了", "text": "请换一个"}
    assert employee.post("/requests", json=body).status_code == 201
    asked = services.calls("ticketing.create_request")[0]
    assert asked.args["channel"] == "internal"
    assert asked.actor.kind == "customer"
    assert asked.actor.scopes == {"tickets": "requested", "requester": CUSTOMER}
    ensured = services.calls("intake.ensure_requester")
    assert len(ensured) == 1
    assert ensured[0].args["name"] == "李四"
    employee.get("/requests")
    assert len(services.calls("intake.ensure_requester")) == 1, "known for some minutes"
    problem_of(employee.get("/tickets"), 403)
