import pytest
from sqlalchemy import text

from gateway.seed import seed_staff
from libs.common.database.unit_of_work import Database
from tests.support.gateway import PASSWORD, Browser, problem_of

pytestmark = pytest.mark.services("gateway")


def seed(database: Database, password: str = PASSWORD) -> list[tuple[object, ...]]:
    """Seed and return the people."""
    with database.begin() as uow:
        seed_staff(uow, {"agent": password, "supervisor": PASSWORD})
        rows = uow.session.execute(text("SELECT * FROM people ORDER BY login")).all()
        uow.commit()
    return [tuple(row) for row in rows]


def test_seeding_again_changes_nothing(database: Database) -> None:
    first = seed(database)
    assert [row[1] for row in first] == ["CS001", "CS002", "CS900"]
    assert seed(database) == first


def test_a_new_password_ends_the_sessions_of_the_old_one(
    database: Database, browser: Browser, supervisor: Browser
) -> None:
    browser.log_in("CS001")
    seed(database, "another password")
    assert problem_of(browser.get("/session"), 401)["code"] == "session.ended"
    assert supervisor.get("/session").status_code == 200
    assert browser.log_in("CS001", PASSWORD).status_code == 401
    assert browser.log_in("CS001", "another password").status_code == 200
    seed(database)
