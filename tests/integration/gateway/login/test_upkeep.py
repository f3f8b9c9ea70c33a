"""What logging in leaves behind does not stay for ever."""

import pytest
from sqlalchemy import text

from gateway.login.upkeep import sweep_logins
from libs.common.database.unit_of_work import Database
from tests.support.gateway import Browser, Hands
from tests.support.login import count_rows

pytestmark = pytest.mark.services("gateway")

TABLES = ("login_failures", "captchas", "login_challenges", "code_requests")


def leave_traces(browser: Browser) -> None:
    browser.log_in("nobody", "wrong")
    browser.post("/captchas")
    browser.post("/session/sms-codes", json={"login": "nobody"})


def counts(database: Database) -> list[int]:
    return [count_rows(database, f"SELECT 1 FROM {table}") for table in TABLES]


def test_what_may_still_count_is_kept_and_what_is_over_goes(
    browser: Browser, database: Database, clock: Hands
) -> None:
    leave_traces(browser)
    assert sweep_logins(database, clock.now) is False
    assert all(counts(database))
    clock.pass_by(days=1, seconds=1)
    assert sweep_logins(database, clock.now) is False
    assert counts(database) == [0, 0, 0, 0]


def test_refresh_tokens_are_kept_for_a_month_after_their_use(
    browser: Browser, database: Database, clock: Hands
) -> None:
    login = {"login": "CS001", "password": "a password for tests"}
    first = browser.post("/tokens", json=login).get_json()["refresh_token"]
    browser.post("/tokens/refresh", json={"refresh_token": first})
    used = "SELECT 1 FROM refresh_tokens WHERE used_at IS NOT NULL"
    before = count_rows(database, used)
    sweep_logins(database, clock.now)
    assert count_rows(database, used) == before
    clock.pass_by(days=31)
    sweep_logins(database, clock.now)
    assert count_rows(database, used) == 0


def test_much_is_swept_in_several_turns(database: Database, clock: Hands) -> None:
    with database.begin() as uow:
        uow.session.execute(
            text(
                "INSERT INTO code_requests SELECT 'x', CAST(:old AS timestamptz) "
                "FROM generate_series(1, 1500)"
            ),
            {"old": clock.now.replace(year=clock.now.year - 1)},
        )
        uow.commit()
    assert sweep_logins(database, clock.now) is True
    assert sweep_logins(database, clock.now) is False
