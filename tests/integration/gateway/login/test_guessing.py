"""Whoever guesses waits longer and longer; whoever only mistypes hardly notices."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.gateway import PASSWORD, Browser, Hands, problem_of
from tests.support.login import count_rows, make_person, plant_captcha, statements_of

pytestmark = pytest.mark.services("gateway")


class Guesser:
    """Tries passwords, and reads pictures when it must."""

    def __init__(self, app: Flask, config: Config, database: Database, clock: Hands) -> None:
        self.browser = Browser(app)
        self._config, self._database, self._clock = config, database, clock

    def guess(self, login: str, password: str = "wrong", **options):
        captcha = plant_captcha(self._database, self._config, "AC34X", self._clock)
        body = {"login": login, "password": password, "captcha": captcha}
        return self.browser.post("/session", json=body, **options)


@pytest.fixture
def guesser(app: Flask, config: Config, database: Database, clock: Hands) -> Guesser:
    return Guesser(app, config, database, clock)


def test_after_five_failures_each_further_one_doubles_the_wait(
    guesser: Guesser, clock: Hands
) -> None:
    waits = []
    for _ in range(5):
        assert problem_of(guesser.guess("CS001"), 401)["code"] == "login.refused"
    for _ in range(12):
        refused = guesser.guess("CS001", PASSWORD)
        assert problem_of(refused, 429)["code"] == "login.limited"
        waits.append(int(refused.headers["Retry-After"]))
        clock.pass_by(seconds=waits[-1])
        assert guesser.guess("CS001").status_code == 401
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]


def test_whoever_waits_gets_in_and_the_failures_are_forgotten(
    guesser: Guesser, clock: Hands
) -> None:
    for _ in range(5):
        guesser.guess("CS001")
    clock.pass_by(seconds=1)
    assert guesser.guess("CS001", PASSWORD).status_code == 200
    for _ in range(3):
        assert guesser.browser.log_in("CS001", "wrong").status_code == 401


def test_others_are_not_locked_out(guesser: Guesser) -> None:
    for _ in range(5):
        guesser.guess("CS001")
    assert guesser.guess("CS002", PASSWORD).status_code == 200


def test_waiting_does_not_grow_by_trying(guesser: Guesser, clock: Hands) -> None:
    for _ in range(5):
        guesser.guess("CS001")
    for _ in range(20):
        assert guesser.guess("CS001").status_code == 429
    clock.pass_by(seconds=1)
    assert guesser.guess("CS001", PASSWORD).status_code == 200


def test_failures_of_an_hour_ago_count_for_nothing(guesser: Guesser, clock: Hands) -> None:
    for _ in range(5):
        guesser.guess("CS001")
    clock.pass_by(hours=1)
    for _ in range(3):
        assert guesser.browser.log_in("CS001", "wrong").status_code == 401


def test_parallel_guesses_do_not_slip_through(app: Flask, config, database, clock) -> None:
    guessers = [Guesser(app, config, database, clock) for _ in range(20)]
    with ThreadPoolExecutor(8) as pool:
        tried = [pool.submit(one.guess, "CS001") for one in guessers]
    statuses = [attempt.result().status_code for attempt in tried]
    assert statuses.count(401) == 5
    assert statuses.count(429) == 15


def test_a_third_failure_demands_that_a_picture_is_read(
    browser: Browser, config: Config, database: Database, clock: Hands
) -> None:
    for _ in range(3):
        assert problem_of(browser.log_in("CS001", "wrong"), 401)["code"] == "login.refused"
    refused = problem_of(browser.log_in("CS001"), 401)
    assert (refused["code"], refused["captcha"]) == ("captcha.required", "missing")
    captcha = plant_captcha(database, config, "AC34X", clock)
    body = {"login": "CS001", "password": PASSWORD, "captcha": {**captcha, "answer": "ZZZZZ"}}
    assert problem_of(browser.post("/session", json=body), 401)["captcha"] == "wrong"
    body["captcha"] = captcha
    assert problem_of(browser.post("/session", json=body), 401)["captcha"] == "wrong", "used up"
    captcha = plant_captcha(database, config, "AC34X", clock)
    body["captcha"] = {**captcha, "answer": " ac34x "}
    assert browser.post("/session", json=body).status_code == 200


def test_a_password_is_not_tried_without_the_captcha(browser: Browser, guesser: Guesser) -> None:
    for _ in range(4):
        guesser.guess("CS001")
    for _ in range(10):
        assert problem_of(browser.log_in("CS001"), 401)["code"] == "captcha.required"
    assert guesser.guess("CS001").status_code == 401, "those were no failures"


def test_an_address_that_fails_with_many_logins_reads_pictures(browser: Browser) -> None:
    for number in range(20):
        assert browser.log_in(f"nobody{number}", "wrong").status_code == 401
    assert problem_of(browser.log_in("CS001"), 401)["code"] == "captcha.required"


def test_a_picture_is_small_and_served_once(browser: Browser, database: Database) -> None:
    shown = browser.post("/captchas")
    assert shown.status_code == 201
    picture = shown.get_json()
    assert picture["image"].startswith("data:image/png;base64,iVBORw0KGgo")
    assert len(picture["image"]) < 6_000
    assert count_rows(database, "SELECT 1 FROM captchas") == 1


def test_pictures_for_one_address_are_limited(browser: Browser, database: Database) -> None:
    with database.begin() as uow:
        uow.session.execute(
            text(
                "INSERT INTO captchas SELECT gen_random_uuid(), '127.0.0.1', '', "
                "now() + interval '3 minutes' FROM generate_series(1, 60)"
            )
        )
        uow.commit()
    assert problem_of(browser.post("/captchas"), 429)["code"] == "captcha.limited"


def test_an_old_picture_is_worth_nothing(
    guesser: Guesser, browser: Browser, database: Database, config: Config, clock: Hands
) -> None:
    for _ in range(3):
        guesser.guess("CS001")
    captcha = plant_captcha(database, config, "AC34X", clock)
    with database.begin() as uow:
        uow.session.execute(text("UPDATE captchas SET expires_at = :now"), {"now": clock.now})
        uow.commit()
    body = {"login": "CS001", "password": PASSWORD, "captcha": captcha}
    assert problem_of(browser.post("/session", json=body), 401)["captcha"] == "wrong"


def test_guesses_from_everywhere_slow_one_login_down_but_not_its_own_browser(
    app: Flask, config: Config, database: Database, clock: Hands
) -> None:
    make_person(database, "known-here")
    own = Browser(app)
    assert own.log_in("known-here").status_code == 200
    guesser = Guesser(app, config, database, clock)
    for number in range(10):
        place = {"REMOTE_ADDR": f"198.51.100.{number}"}
        assert guesser.guess("known-here", environ_base=place).status_code == 401
    elsewhere = {"REMOTE_ADDR": "198.51.100.200"}
    assert guesser.guess("known-here", PASSWORD, environ_base=elsewhere).status_code == 429
    assert own.log_in("known-here").status_code == 200, "this browser is known"


def test_a_browser_is_known_for_its_own_login_only(app: Flask, database: Database) -> None:
    own = Browser(app)
    own.log_in("CS001")
    cookie = own.client.get_cookie("tidedesk_device", path="/api/v1/session")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Strict"
    own.log_in("CS002", "wrong")
    assert count_rows(database, "SELECT 1 FROM login_failures WHERE key LIKE 'device:%'") == 0


def test_unknown_and_known_logins_cost_the_same_steps(
    app: Flask, database: Database, browser: Browser
) -> None:
    browser.log_in("somebody-else", "wrong")
    unknown = statements_of(database, lambda: browser.log_in("nobody-at-all", "wrong"))
    known = statements_of(database, lambda: browser.log_in("CS001", "wrong"))
    assert unknown == known
    assert len(unknown) > 3


def test_a_mistyped_password_does_not_stand_in_the_counters(
    browser: Browser, database: Database
) -> None:
    browser.log_in("my-secret-password", "wrong")
    query = "SELECT 1 FROM login_failures WHERE key LIKE '%secret%'"
    assert count_rows(database, query) == 0
    assert count_rows(database, "SELECT 1 FROM audit_tail WHERE actor_login LIKE '%secret%'") == 0


def test_somebody_is_told_of_a_guesser_once(
    guesser: Guesser, database: Database, clock: Hands
) -> None:
    person_id = make_person(database, "guessed-at")
    for _ in range(5):
        guesser.guess("guessed-at")
    for _ in range(7):
        clock.pass_by(minutes=15)
        guesser.guess("guessed-at")
    alerts = "SELECT 1 FROM alerts WHERE kind = 'brute_force' AND person_id = :id"
    assert count_rows(database, alerts, id=person_id) == 1
    told = "SELECT 1 FROM outbox WHERE type = 'security.alerted' AND body::text LIKE :id"
    assert count_rows(database, told, id=f"%{person_id}%") == 1


def test_refused_and_granted_logins_stand_in_the_log(guesser: Guesser, database: Database) -> None:
    guesser.guess("AD001")
    guesser.guess("AD001", PASSWORD)
    query = "SELECT 1 FROM audit_tail WHERE actor_login = 'AD001' AND action = :action"
    assert count_rows(database, query, action="session.refused") == 1
    assert count_rows(database, query, action="session.opened") == 1
