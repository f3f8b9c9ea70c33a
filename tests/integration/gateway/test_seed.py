from typing import Any

import pytest
from sqlalchemy import text

from gateway.seed import seed_organisation, seed_staff
from libs.common.database.unit_of_work import Database
from tests.support.gateway import PASSWORD, Browser, problem_of

pytestmark = pytest.mark.services("gateway")

TABLES = ("people", "departments", "regions", "groups", "group_members", "directory_state")


def seed(database: Database, password: str = PASSWORD) -> None:
    with database.begin() as uow:
        others = ("supervisor", "administrator", "employee", "auditor")
        seed_staff(uow, {"agent": password, **dict.fromkeys(others, PASSWORD)})
        seed_organisation(uow)
        uow.commit()


def everything(database: Database) -> dict[str, list[Any]]:
    with database.begin(read_only=True) as uow:
        return {
            table: sorted(map(str, uow.session.execute(text(f"SELECT * FROM {table}"))))
            for table in (*TABLES, "outbox")
        }


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.begin(read_only=True) as uow:
        return [tuple(row) for row in uow.session.execute(text(query))]


def test_seeding_again_changes_nothing_and_tells_nothing(database: Database) -> None:
    seed(database)
    first = everything(database)
    seed(database)
    assert everything(database) == first


def test_the_demo_has_somebody_of_each_kind(database: Database) -> None:
    seed(database)
    found = dict(rows(database, "SELECT login, role FROM people"))
    assert found == {
        "CS001": "agent",
        "CS002": "agent",
        "CS900": "supervisor",
        "TS001": "technician",
        "EM001": "employee",
        "AU001": "auditor",
        "AD001": "administrator",
    }


def test_its_staff_belong_somewhere(database: Database, browser: Browser) -> None:
    seed(database)
    browser.log_in("CS001")
    me = browser.get("/me").get_json()
    assert me["department"]["name"] == "售后部"
    assert me["region"]["name"] == "上海"
    assert [group["name"] for group in me["groups"]] == ["售后一组"]
    assert me["extension"] == "8001"
    leads = "SELECT login FROM people JOIN group_members USING (person_id) WHERE is_lead"
    assert rows(database, leads) == [("CS900",)]


def test_nobody_of_the_demo_has_to_change_the_password(
    database: Database, browser: Browser
) -> None:
    seed(database)
    assert browser.log_in("EM001").get_json()["must_change_password"] is False


def test_who_was_seeded_is_told_to_the_services(database: Database) -> None:
    seed(database)
    told = rows(
        database,
        "SELECT DISTINCT ON (subject) subject, body::json->'data'->>'login', "
        "json_array_length(body::json->'data'->'group_ids') "
        "FROM (SELECT body, body::json->>'subject' AS subject, outbox_id FROM outbox "
        "WHERE type = 'directory.person_changed') AS told ORDER BY subject, outbox_id DESC",
    )
    assert {login: groups for _, login, groups in told} == {
        **dict.fromkeys(("CS001", "CS002", "CS900", "TS001"), 1),
        **dict.fromkeys(("EM001", "AU001", "AD001"), 0),
    }


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
