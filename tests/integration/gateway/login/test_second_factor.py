"""The authenticator app: set up, asked for, lost; and those who guess its codes."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import TextClause, text

from libs.common.database.unit_of_work import Database
from libs.common.testing.eventually import eventually
from tests.support.gateway import PASSWORD, Browser, Hands, problem_of
from tests.support.login import app_code, count_rows, enrol, forget_attempts, make_person

pytestmark = pytest.mark.services("gateway")


def challenge_of(browser: Browser, login: str, path: str = "/session") -> str:
    asked = browser.post(path, json={"login": login, "password": PASSWORD})
    problem = problem_of(asked, 401)
    assert problem["code"] == "second_factor.required"
    return problem["challenge"]


def answer(browser: Browser, challenge: str, path: str = "/session/second-factor", **code: str):
    return browser.post(path, json={"challenge": challenge, **code})


@pytest.fixture
def enrolled(app: Flask, database: Database, clock: Hands, request) -> tuple[str, str, list[str]]:
    """A login, its app's secret, its recovery codes."""
    login = f"factor-{abs(hash(request.node.name))}"
    make_person(database, login)
    browser = Browser(app)
    browser.log_in(login)
    secret, codes = enrol(browser, clock)
    clock.pass_by(seconds=60)
    return login, secret, codes


def test_setting_up_shows_a_secret_as_text_address_and_picture(browser: Browser) -> None:
    browser.log_in("CS001")
    begun = browser.post("/me/totp", json={}).get_json()
    assert len(begun["secret"]) == 32
    assert begun["uri"].startswith("otpauth://totp/Tidedesk:CS001?secret=")
    assert begun["qr"].startswith("data:image/svg+xml")
    assert browser.get("/me/totp").get_json()["is_enabled"] is False
    assert browser.log_in("CS001").status_code == 200, "not asked for before it is confirmed"


def test_one_begun_while_another_is_confirmed_does_not_take_its_place(
    app: Flask, database: Database, clock: Hands
) -> None:
    make_person(database, "factor-race")
    first, second = Browser(app), Browser(app)
    first.log_in("factor-race"), second.log_in("factor-race")
    secret = first.post("/me/totp", json={}).get_json()["secret"]
    with database.begin() as uow, ThreadPoolExecutor(1) as pool:
        # Whoever writes the row waits for us; the confirmation of another session comes first.
        confirmed = text(
            "UPDATE second_factors SET confirmed_at = now() WHERE person_id ="
            " (SELECT person_id FROM people WHERE login = 'factor-race')"
        )
        uow.session.execute(confirmed)
        later = pool.submit(second.post, "/me/totp", json={})
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        eventually(lambda: _count(database, waiting) > 0)
        uow.commit()
    assert problem_of(later.result(), 409)["code"] == "second_factor.enabled"
    clock.pass_by(seconds=60)
    challenge = challenge_of(first, "factor-race")
    assert answer(first, challenge, code=app_code(secret, clock)).status_code == 200


def _count(database: Database, query: TextClause) -> int:
    with database.begin(read_only=True) as uow:
        return int(uow.session.scalar(query) or 0)


def test_a_login_asks_for_the_code_in_a_second_step(
    browser: Browser, enrolled, clock: Hands
) -> None:
    login, secret, _ = enrolled
    challenge = challenge_of(browser, login)
    assert browser.client.get_cookie("tidedesk_session") is None
    assert browser.get("/session").status_code == 401
    entered = answer(browser, challenge, code=app_code(secret, clock))
    assert entered.status_code == 200
    assert browser.get("/session").get_json()["person"]["login"] == login


def test_an_app_is_asked_as_well(browser: Browser, enrolled, clock: Hands) -> None:
    login, secret, _ = enrolled
    challenge = challenge_of(browser, login, "/tokens")
    code = app_code(secret, clock)
    assert answer(browser, challenge, code=code).status_code == 401, "another kind of session"
    challenge = challenge_of(browser, login, "/tokens")
    made = answer(browser, challenge, "/tokens/second-factor", code=code)
    assert made.status_code == 201
    assert made.get_json()["refresh_token"]


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_wrong(
    browser: Browser, enrolled, clock: Hands, steps: int
) -> None:
    login, secret, _ = enrolled
    code = app_code(secret, clock, steps)
    assert answer(browser, challenge_of(browser, login), code=code).status_code == 200


@pytest.mark.parametrize("steps", [-2, 2])
def test_but_not_a_whole_minute(browser: Browser, enrolled, clock: Hands, steps: int) -> None:
    login, secret, _ = enrolled
    refused = answer(browser, challenge_of(browser, login), code=app_code(secret, clock, steps))
    assert problem_of(refused, 401)["code"] == "code.wrong"


def test_a_code_is_good_once(browser: Browser, enrolled, clock: Hands) -> None:
    login, secret, _ = enrolled
    code = app_code(secret, clock)
    assert answer(browser, challenge_of(browser, login), code=code).status_code == 200
    assert answer(browser, challenge_of(browser, login), code=code).status_code == 401
    clock.pass_by(seconds=30)
    later = app_code(secret, clock)
    assert answer(browser, challenge_of(browser, login), code=later).status_code == 200


def test_of_many_with_the_same_code_one_gets_in(
    app: Flask, enrolled, clock: Hands, database: Database
) -> None:
    login, secret, _ = enrolled
    code, challenges = app_code(secret, clock), []
    for _ in range(4):
        challenges.append(challenge_of(Browser(app), login))
        forget_attempts_of_passwords(database)
    with ThreadPoolExecutor(4) as pool:
        tried = list(pool.map(lambda one: answer(Browser(app), one, code=code), challenges))
    assert sorted(one.status_code for one in tried)[:2] == [200, 401]


def forget_attempts_of_passwords(database: Database) -> None:
    with database.begin() as uow:
        uow.session.execute(text("DELETE FROM login_failures"))
        uow.commit()


def test_a_challenge_is_over_after_five_minutes(browser: Browser, enrolled, clock: Hands) -> None:
    login, secret, _ = enrolled
    challenge = challenge_of(browser, login)
    clock.pass_by(minutes=5)
    refused = answer(browser, challenge, code=app_code(secret, clock))
    assert problem_of(refused, 401)["code"] == "challenge.over"


def test_a_challenge_is_answered_once(browser: Browser, enrolled, clock: Hands) -> None:
    login, secret, _ = enrolled
    challenge = challenge_of(browser, login)
    assert answer(browser, challenge, code=app_code(secret, clock)).status_code == 200
    clock.pass_by(seconds=30)
    again = answer(browser, challenge, code=app_code(secret, clock))
    assert problem_of(again, 401)["code"] == "challenge.over"


def test_codes_are_not_guessed_by_logging_in_again_and_again(
    browser: Browser, enrolled, clock: Hands, database: Database
) -> None:
    login, secret, _ = enrolled
    statuses = []
    for _ in range(6):
        challenge = challenge_of(browser, login)
        statuses.append(answer(browser, challenge, code="000000").status_code)
        with database.begin() as uow:
            mine = "DELETE FROM login_failures WHERE key NOT LIKE 'factor:%'"
            uow.session.execute(text(mine))
            uow.commit()
    assert statuses == [401] * 5 + [429]
    refused = answer(browser, challenge_of(browser, login), code=app_code(secret, clock))
    assert problem_of(refused, 429)["code"] == "login.limited", "the right one waits, too"


def test_a_password_alone_takes_no_failure_back(
    browser: Browser, enrolled, database: Database
) -> None:
    login, _, _ = enrolled
    for _ in range(3):
        challenge_of(browser, login)
    refused = browser.log_in(login)
    assert problem_of(refused, 401)["code"] == "captcha.required"


def test_a_recovery_code_opens_once(browser: Browser, enrolled) -> None:
    login, _, codes = enrolled
    assert len(set(codes)) == 10
    spoken = codes[3].upper().replace("-", " ")
    opened = answer(browser, challenge_of(browser, login), recovery_code=spoken)
    assert opened.status_code == 200
    assert browser.get("/me/totp").get_json()["recovery_codes_left"] == 9
    again = answer(browser, challenge_of(browser, login), recovery_code=codes[3])
    assert problem_of(again, 401)["code"] == "code.wrong"


def test_new_recovery_codes_replace_the_old_ones(browser: Browser, enrolled, clock: Hands) -> None:
    login, secret, codes = enrolled
    answer(browser, challenge_of(browser, login), recovery_code=codes[0])
    proof = {"password": PASSWORD, "code": app_code(secret, clock)}
    renewed = browser.post("/me/totp/recovery-codes", json=proof).get_json()["recovery_codes"]
    assert not set(renewed) & set(codes)
    old = answer(browser, challenge_of(browser, login), recovery_code=codes[1])
    assert old.status_code == 401


def test_neither_codes_nor_secret_stand_in_the_database(enrolled, database: Database) -> None:
    _, secret, codes = enrolled
    for table in ("second_factors", "recovery_codes", "commands", "audit_tail"):
        for shown in (secret, codes[0], codes[0].replace("-", "")):
            query = f"SELECT 1 FROM {table} t WHERE t::text ILIKE :shown"
            assert count_rows(database, query, shown=f"%{shown}%") == 0, table


def test_taking_it_off_needs_password_and_code(browser: Browser, enrolled, clock: Hands) -> None:
    login, secret, codes = enrolled
    answer(browser, challenge_of(browser, login), recovery_code=codes[0])
    take_off = "/me/totp/removal"
    code = app_code(secret, clock)
    no_password = problem_of(browser.post(take_off, json={"code": code}), 422)
    assert no_password["code"] == "password.required"
    wrong = problem_of(browser.post(take_off, json={"password": "wrong", "code": code}), 422)
    assert wrong["code"] == "password.wrong"
    no_code = browser.post(take_off, json={"password": PASSWORD, "code": "000000"})
    assert problem_of(no_code, 422)["code"] == "code.wrong"
    assert browser.post(take_off, json={"password": PASSWORD, "code": code}).status_code == 200
    assert browser.log_in(login).status_code == 200


def test_setting_up_later_asks_for_the_password_again(
    browser: Browser, database: Database, clock: Hands
) -> None:
    make_person(database, "later-1")
    browser.log_in("later-1")
    clock.pass_by(minutes=10)
    assert problem_of(browser.post("/me/totp", json={}), 422)["code"] == "password.required"
    assert browser.post("/me/totp", json={"password": PASSWORD}).status_code == 201


def test_setting_up_twice_is_refused(browser: Browser, enrolled, clock: Hands) -> None:
    login, _, codes = enrolled
    answer(browser, challenge_of(browser, login), recovery_code=codes[0])
    assert problem_of(browser.post("/me/totp", json={}), 409)["code"] == "second_factor.enabled"
    confirming = browser.post("/me/totp/confirmation", json={"code": "123456"})
    assert problem_of(confirming, 404)["code"] == "second_factor.not_begun"


def test_confirming_renews_the_session_and_ends_the_others(
    app: Flask, database: Database, clock: Hands
) -> None:
    make_person(database, "rotate-3")
    here, there = Browser(app), Browser(app)
    here.log_in("rotate-3"), there.log_in("rotate-3")
    before = here.client.get_cookie("tidedesk_session")
    enrol(here, clock)
    after = here.client.get_cookie("tidedesk_session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert here.get("/me/sessions").get_json()["items"][0]["has_second_factor"] is True
    assert there.get("/session").status_code == 401


def test_a_role_may_demand_it(browser: Browser, database: Database, clock: Hands) -> None:
    make_person(database, "must-1", "auditor")
    _demand_totp(database, "auditor", is_needed=True)
    try:
        assert browser.log_in("must-1").get_json()["must_enrol"] is True
        refused = problem_of(browser.get("/me/sessions"), 403)
        assert refused["code"] == "second_factor.enrolment_required"
        secret, _ = enrol(browser, clock)
        assert browser.get("/session").get_json()["must_enrol"] is False
        assert browser.get("/me/sessions").status_code == 200
        clock.pass_by(seconds=60)
        proof = {"password": PASSWORD, "code": app_code(secret, clock)}
        taken_off = browser.post("/me/totp/removal", json=proof)
        assert taken_off.get_json()["must_enrol"] is True, "only for another one"
    finally:
        _demand_totp(database, "auditor", is_needed=False)


def test_an_administrator_takes_a_lost_one_off(
    app: Flask, administrator: Browser, agent: Browser, database: Database, clock: Hands
) -> None:
    person_id = make_person(database, "lost-1")
    browser = Browser(app)
    browser.log_in("lost-1")
    enrol(browser, clock)
    path = f"/accounts/{person_id}/totp"
    assert agent.delete(path).status_code == 403
    assert administrator.delete(path).status_code == 204
    assert browser.get("/session").status_code == 401
    assert browser.log_in("lost-1").status_code == 200
    assert problem_of(administrator.delete(path), 404)["code"] == "second_factor.none"
    forget_attempts(database)


def _demand_totp(database: Database, role: str, *, is_needed: bool) -> None:
    with database.begin() as uow:
        change = "UPDATE roles SET needs_totp = :needed, version = version + 1 WHERE key = :role"
        uow.session.execute(text(change), {"needed": is_needed, "role": role})
        uow.commit()
