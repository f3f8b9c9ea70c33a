"""Codes on the phone: to log in, and to show that the phone is one's own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from gateway.app import create_app
from gateway.audit.recording import close_recording
from gateway.login.settings import LoginSettings
from gateway.parts import EXTENSION
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, Hands, problem_of
from tests.support.login import (
    app_code,
    count_rows,
    enrol,
    give_phone,
    make_person,
    plant_captcha,
    statements_of,
)

pytestmark = pytest.mark.services("gateway")


def ask(browser: Browser, **who: str):
    return browser.post("/session/sms-codes", json=who)


def challenge_of(browser: Browser, **who: str) -> str:
    asked = ask(browser, **who)
    assert asked.status_code == 202, asked.get_data(as_text=True)
    return asked.get_json()["challenge"]


def last_code(services: FakeServices) -> str:
    return services.calls("notify.send_code")[-1].args["code"]


@pytest.fixture
def with_phone(database: Database, config: Config, request) -> str:
    """The login of somebody with a verified phone."""
    number = abs(hash(request.node.name)) % 10**8
    login = f"sms-{number}"
    give_phone(database, config, make_person(database, login), f"+86138{number:08}")
    return login


def test_a_code_by_sms_opens_a_session(
    browser: Browser, with_phone: str, services: FakeServices
) -> None:
    challenge = challenge_of(browser, login=with_phone.upper())
    (sent,) = services.calls("notify.send_code")
    assert sent.actor.kind == "gateway"
    assert sent.args["is_wanted"] is True
    assert sent.args["address"] == f"+86138{int(with_phone.removeprefix('sms-')):08}"
    assert (sent.args["purpose"], sent.args["valid_seconds"]) == ("login", 300)
    body = {"challenge": challenge, "code": sent.args["code"]}
    assert browser.post("/session/sms", json=body).status_code == 200
    (session,) = browser.get("/me/sessions").get_json()["items"]
    assert session["method"] == "sms"


def test_the_number_itself_finds_its_owner(
    browser: Browser, with_phone: str, services: FakeServices
) -> None:
    number = f"138 {int(with_phone.removeprefix('sms-')):08}"
    body = {"challenge": challenge_of(browser, phone=number), "code": last_code(services)}
    entered = browser.post("/session/sms", json=body)
    assert entered.get_json()["person"]["login"] == with_phone


def test_who_is_unknown_gets_the_same_answer_after_the_same_steps(
    browser: Browser, with_phone: str, services: FakeServices, database: Database
) -> None:
    unknown = statements_of(database, lambda: challenge_of(browser, login="nobody-here"))
    known = statements_of(database, lambda: challenge_of(browser, login=with_phone))
    assert unknown == known
    first, second = services.calls("notify.send_code")
    assert (first.args["is_wanted"], second.args["is_wanted"]) == (False, True)
    assert first.args.keys() == second.args.keys()


def test_a_wrong_code_takes_the_same_steps_for_nobody(
    browser: Browser, with_phone: str, database: Database
) -> None:
    steps = []
    for login in ("nobody-here", with_phone):
        wrong = {"challenge": challenge_of(browser, login=login), "code": "0"}
        refuse = lambda wrong=wrong: browser.post("/session/sms", json=wrong)  # noqa: E731
        refuse()
        steps.append(statements_of(database, refuse))
    assert steps[0] == steps[1]


def test_the_code_for_nobody_opens_nothing(browser: Browser, services: FakeServices) -> None:
    body = {"challenge": challenge_of(browser, login="nobody"), "code": last_code(services)}
    assert problem_of(browser.post("/session/sms", json=body), 401)["code"] == "code.wrong"


def test_a_number_that_nobody_verified_is_nobodys(
    browser: Browser, database: Database, services: FakeServices
) -> None:
    make_person(database, "unverified-1")
    challenge_of(browser, login="unverified-1")
    assert services.calls("notify.send_code")[-1].args["is_wanted"] is False


def test_five_wrong_codes_end_the_challenge(
    browser: Browser, with_phone: str, services: FakeServices
) -> None:
    challenge = challenge_of(browser, login=with_phone)
    right = last_code(services)
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(5):
        body = {"challenge": challenge, "code": wrong}
        assert problem_of(browser.post("/session/sms", json=body), 401)["code"] == "code.wrong"
    over = browser.post("/session/sms", json={"challenge": challenge, "code": right})
    assert problem_of(over, 401)["code"] == "challenge.over"


def test_parallel_answers_are_counted_too(app: Flask, browser: Browser, with_phone: str) -> None:
    challenge = challenge_of(browser, login=with_phone)
    guesses = [f"{number:06}" for number in range(12)]

    def guess(code: str) -> str:
        body = {"challenge": challenge, "code": code}
        return problem_of(Browser(app).post("/session/sms", json=body), 401)["code"]

    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(guess, guesses))
    assert codes.count("code.wrong") == 5
    assert codes.count("challenge.over") == 7


def test_a_code_is_good_once_and_for_five_minutes(
    app: Flask, browser: Browser, with_phone: str, services: FakeServices, clock: Hands
) -> None:
    body = {"challenge": challenge_of(browser, login=with_phone), "code": last_code(services)}
    assert browser.post("/session/sms", json=body).status_code == 200
    assert Browser(app).post("/session/sms", json=body).status_code == 401
    clock.pass_by(minutes=1)
    body = {"challenge": challenge_of(browser, login=with_phone), "code": last_code(services)}
    clock.pass_by(minutes=5)
    over = Browser(app).post("/session/sms", json=body)
    assert problem_of(over, 401)["code"] == "challenge.over"


def test_the_second_factor_is_asked_for_all_the_same(
    browser: Browser, with_phone: str, services: FakeServices, clock: Hands
) -> None:
    browser.log_in(with_phone)
    secret, _ = enrol(browser, clock)
    browser.delete("/session")
    clock.pass_by(seconds=60)
    body = {"challenge": challenge_of(browser, login=with_phone), "code": last_code(services)}
    asked = problem_of(browser.post("/session/sms", json=body), 401)
    assert asked["code"] == "second_factor.required"
    second = {"challenge": asked["challenge"], "code": app_code(secret, clock)}
    assert browser.post("/session/second-factor", json=second).status_code == 200


def test_one_code_a_minute_for_the_same_name(browser: Browser, clock: Hands) -> None:
    challenge_of(browser, login="whoever")
    refused = ask(browser, login=" WHOEVER ")
    assert problem_of(refused, 429)["code"] == "code.limited"
    assert refused.headers["Retry-After"] == "60"
    clock.pass_by(seconds=60)
    challenge_of(browser, login="whoever")


def test_a_phone_rings_once_a_minute_however_it_is_asked_for_and_silently(
    browser: Browser, with_phone: str, services: FakeServices
) -> None:
    challenge_of(browser, login=with_phone)
    challenge_of(browser, phone=f"+86138{int(with_phone.removeprefix('sms-')):08}")
    wanted = [one.args["is_wanted"] for one in services.calls("notify.send_code")]
    assert wanted == [True, False]


def test_an_address_that_asks_much_reads_a_picture(
    browser: Browser, database: Database, config: Config, clock: Hands
) -> None:
    for number in range(3):
        challenge_of(browser, login=f"somebody-{number}")
    refused = problem_of(ask(browser, login="somebody-3"), 401)
    assert refused["code"] == "captcha.required"
    captcha = plant_captcha(database, config, "AC34X", clock)
    body = {"login": "somebody-3", "captcha": captcha}
    assert browser.post("/session/sms-codes", json=body).status_code == 202


def test_without_notify_the_answer_is_503_for_everybody(
    app: Flask, with_phone: str, services: FakeServices, browser: Browser
) -> None:
    services._methods.clear()
    for login in (with_phone, "nobody"):
        assert ask(browser, login=login).status_code == 503


def test_codes_do_not_stand_in_the_database(
    browser: Browser, with_phone: str, services: FakeServices, database: Database
) -> None:
    challenge = challenge_of(browser, login=with_phone)
    for shown in (challenge, last_code(services)):
        query = "SELECT 1 FROM login_challenges t WHERE t::text LIKE :shown"
        assert count_rows(database, query, shown=f"%{shown}%") == 0


def test_where_nobody_sends_text_messages_there_is_no_such_login(
    config: Config, database: Database, services: FakeServices, clock: Hands, tmp_path
) -> None:
    settings = LoginSettings(has_sms=False)
    app = create_app(config, database, services, clock=clock, console=tmp_path, login=settings)
    browser = Browser(app)
    assert browser.get("/login-options").get_json()["sms"] is False
    assert problem_of(ask(browser, login="CS001"), 404)["code"] == "sms.not_configured"
    close_recording(app)
    app.extensions[EXTENSION].lookups.close()
