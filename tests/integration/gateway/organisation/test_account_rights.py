"""Who may give which rights to whom, and that raised ones do not go unseen."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from libs.common.database.unit_of_work import Database
from tests.integration.gateway.organisation.changing import (
    OWN_PASSWORD,
    change,
    switch,
    with_password,
)
from tests.support.gateway import Browser, problem_of
from tests.support.organisation import UNKNOWN, add_account, made, new_name, value

pytestmark = pytest.mark.services("gateway")


def test_nobody_switches_off_or_resets_themselves(administrator: Browser) -> None:
    me = administrator.get("/session").get_json()["person"]
    assert problem_of(switch(administrator, me, False), 409)["code"] == "person.self"
    reset = administrator.post(f"/accounts/{me['person_id']}/password-reset")
    assert problem_of(reset, 409)["code"] == "person.self"


def test_the_last_administrator_stays_one(administrator: Browser) -> None:
    me = administrator.get("/session").get_json()["person"]
    refused = change(administrator, me, role="supervisor")
    assert problem_of(refused, 409)["code"] == "role.last_keeper"
    second = add_account(administrator, "administrator")
    assert made(change(administrator, second, role="agent"))["role"] == "agent"


def test_two_administrators_cannot_each_demote_the_other(
    administrator: Browser, app: Flask, database: Database
) -> None:
    other = add_account(administrator, "administrator")
    with_password(app, other)
    me = administrator.get("/session").get_json()["person"]
    second, barrier = Browser(app), Barrier(2)
    second.log_in(other["login"], OWN_PASSWORD)

    def demote(browser: Browser, whom: dict[str, Any]) -> int:
        barrier.wait(30)
        return switch(browser, whom, False).status_code

    with ThreadPoolExecutor(2) as pool:
        assert 200 in pool.map(demote, [administrator, second], [other, me])
    active = "SELECT count(*) FROM people WHERE role = 'administrator' AND is_active"
    assert value(database, active) >= 1
    with database.begin() as uow:
        uow.session.connection().exec_driver_sql(
            "UPDATE people SET is_active = true WHERE login = 'AD001'"
        )
        uow.commit()


@pytest.fixture
def personnel(administrator: Browser, app: Flask) -> Browser:
    """Somebody who manages people, and may do no more than a supervisor otherwise."""
    role = {
        "key": "personnel",
        "name_zh": "人事",
        "name_en": "Personnel",
        "ticket_scope": "all",
        "sees_pools": True,
        "permissions": [
            *administrator.get("/roles/supervisor").get_json()["permissions"],
            *("person.read", "person.manage"),
        ],
    }
    administrator.post("/roles", json=role)
    account = add_account(administrator, "personnel")
    with_password(app, account)
    browser = Browser(app)
    assert browser.log_in(account["login"], OWN_PASSWORD).status_code == 200
    return browser


def test_who_manages_people_gives_no_more_than_they_have(
    administrator: Browser, personnel: Browser
) -> None:
    agent = add_account(personnel, "agent")
    assert problem_of(change(personnel, agent, role="administrator"), 403)["code"] == (
        "role.beyond_own"
    )
    body = {"login": new_name("AD"), "name": "新管理员", "role": "administrator"}
    assert problem_of(personnel.post("/accounts", json=body), 403)["code"] == "role.beyond_own"
    assert made(change(personnel, agent, role="supervisor"))["role"] == "supervisor"


def test_who_gives_roles_sees_which_they_may_give(
    administrator: Browser, personnel: Browser
) -> None:
    theirs = made(personnel.get("/accounts/roles"))["items"]
    given = {one["role"]: one["may_give"] for one in theirs}
    assert (given["agent"], given["supervisor"], given["administrator"]) == (True, True, False)
    assert "customer" not in given
    assert all(one["may_give"] for one in made(administrator.get("/accounts/roles"))["items"])


def test_nor_do_they_take_over_somebody_who_may_do_more(
    administrator: Browser, personnel: Browser
) -> None:
    other = add_account(administrator, "administrator")
    path = f"/accounts/{other['person_id']}"
    refused = [
        personnel.post(f"{path}/password-reset"),
        change(personnel, other, phone="13600136000"),
        switch(personnel, other, False),
    ]
    assert [problem_of(answer, 403)["code"] for answer in refused] == ["person.beyond_own"] * 3


def test_raised_rights_raise_an_alert(administrator: Browser, database: Database) -> None:
    account = add_account(administrator)
    made(change(administrator, account, role="supervisor"))
    found = value(
        database,
        "SELECT facts FROM alerts WHERE kind = 'rights_raised' AND person_id = :id",
        id=account["person_id"],
    )
    assert (found["role"], found["by"]) == ("supervisor", "AD001")
    assert "ticket.assign" in found["gained"]


def test_lowered_rights_do_not(administrator: Browser, database: Database) -> None:
    account = add_account(administrator, "supervisor")
    made(change(administrator, account, role="agent"))
    query = "SELECT count(*) FROM alerts WHERE person_id = :id"
    assert value(database, query, id=account["person_id"]) == 0


def test_a_new_administrator_raises_an_alert(administrator: Browser, database: Database) -> None:
    account = add_account(administrator, "administrator")
    query = "SELECT count(*) FROM alerts WHERE person_id = :id"
    assert value(database, query, id=account["person_id"]) == 1


@pytest.mark.parametrize("who", ["agent", "supervisor"])
def test_others_see_and_change_nothing_here(request: pytest.FixtureRequest, who: str) -> None:
    browser: Browser = request.getfixturevalue(who)
    problem_of(browser.get("/accounts"), 403)
    problem_of(browser.get(f"/accounts/{UNKNOWN}"), 403)
    problem_of(browser.post("/accounts", json={}), 403)
    problem_of(browser.post(f"/accounts/{UNKNOWN}/password-reset"), 403)
