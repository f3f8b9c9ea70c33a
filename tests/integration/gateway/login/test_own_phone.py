"""A phone of one's own: shown to be one's own by a code that it receives."""

import pytest
from flask import Flask

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.fake_services import FakeServices
from tests.support.gateway import PASSWORD, Browser, Hands, problem_of
from tests.support.login import count_rows, forget_attempts, give_phone, make_person

pytestmark = pytest.mark.services("gateway")


def last_code(services: FakeServices) -> str:
    return services.calls("notify.send_code")[-1].args["code"]


def send(browser: Browser, phone: str) -> str:
    sent = browser.post("/me/phone", json={"phone": phone})
    assert sent.status_code == 202, sent.get_data(as_text=True)
    return sent.get_json()["challenge"]


def confirm(browser: Browser, challenge: str, code: str):
    return browser.put("/me/phone", json={"challenge": challenge, "code": code})


def test_a_code_shows_that_it_is_ones_own(
    browser: Browser, database: Database, services: FakeServices
) -> None:
    person_id = make_person(database, "phone-1")
    browser.log_in("phone-1")
    challenge = send(browser, "137 0000 0001")
    (sent,) = services.calls("notify.send_code")
    assert (sent.args["purpose"], sent.args["address"]) == ("phone", "+8613700000001")
    assert confirm(browser, challenge, sent.args["code"]).status_code == 204
    query = "SELECT 1 FROM people WHERE person_id = :id AND phone_verified_at IS NOT NULL"
    assert count_rows(database, query, id=person_id) == 1
    told = "SELECT 1 FROM outbox WHERE type = 'directory.person_changed' AND body::text LIKE :id"
    assert count_rows(database, told, id=f"%{person_id}%") == 1
    forget_attempts(database)
    challenge = browser.post("/session/sms-codes", json={"phone": "13700000001"}).get_json()[
        "challenge"
    ]
    body = {"challenge": challenge, "code": last_code(services)}
    assert browser.post("/session/sms", json=body).status_code == 200


def test_a_wrong_code_changes_nothing(
    browser: Browser, database: Database, services: FakeServices
) -> None:
    make_person(database, "phone-2")
    browser.log_in("phone-2")
    challenge = send(browser, "13700000002")
    wrong = "000000" if last_code(services) != "000000" else "000001"
    assert problem_of(confirm(browser, challenge, wrong), 422)["code"] == "code.wrong"


def test_nobody_answers_for_somebody_else(
    app: Flask, browser: Browser, database: Database, services: FakeServices
) -> None:
    make_person(database, "phone-3"), make_person(database, "phone-4")
    browser.log_in("phone-3")
    challenge = send(browser, "13700000003")
    other = Browser(app)
    other.log_in("phone-4")
    refused = confirm(other, challenge, last_code(services))
    assert problem_of(refused, 422)["code"] == "challenge.over"


def test_a_number_belongs_to_one_person(
    browser: Browser, database: Database, config: Config, services: FakeServices
) -> None:
    give_phone(database, config, make_person(database, "phone-5"), "+8613700000005")
    make_person(database, "phone-6")
    browser.log_in("phone-6")
    challenge = send(browser, "13700000005")
    refused = problem_of(confirm(browser, challenge, last_code(services)), 422)
    assert refused["code"] == "phone.taken"


def test_a_phone_is_not_rung_again_and_again(
    browser: Browser, database: Database, clock: Hands
) -> None:
    make_person(database, "phone-7")
    browser.log_in("phone-7")
    send(browser, "13700000007")
    again = browser.post("/me/phone", json={"phone": "13700000007"})
    assert problem_of(again, 429)["code"] == "code.limited"
    for _ in range(4):
        clock.pass_by(minutes=1)
        send(browser, "13700000007")
    clock.pass_by(minutes=1)
    again = browser.post("/me/phone", json={"phone": "13700000007"})
    assert problem_of(again, 429)["retry_after"] > 3000


def test_what_is_no_number_is_refused_by_its_name(agent: Browser) -> None:
    refused = problem_of(agent.post("/me/phone", json={"phone": "abc"}), 422)
    assert "phone" in refused["errors"]


def test_the_number_in_a_challenge_is_sealed(
    browser: Browser, database: Database, services: FakeServices
) -> None:
    make_person(database, "phone-8")
    assert browser.log_in("phone-8", PASSWORD).status_code == 200
    assert browser.post("/me/phone", json={"phone": "13700000008"}).status_code == 202
    for table in ("login_challenges", "code_requests", "audit_tail", "commands"):
        query = f"SELECT 1 FROM {table} t WHERE t::text LIKE '%13700000008%'"
        assert count_rows(database, query) == 0, table
