"""Accounts as administrators make and change them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from libs.common.database.unit_of_work import Database
from libs.common.testing.eventually import eventually
from tests.integration.gateway.organisation.changing import (
    OWN_PASSWORD,
    change,
    switch,
    with_password,
)
from tests.support.gateway import Browser, problem_of
from tests.support.organisation import (
    UNKNOWN,
    add_account,
    add_group,
    add_unit,
    made,
    new_name,
    told,
    value,
)

pytestmark = pytest.mark.services("gateway")


def test_a_new_person_logs_in_with_the_initial_password(
    administrator: Browser, browser: Browser
) -> None:
    account = add_account(administrator, name="李四", language="en")
    entered = browser.log_in(account["login"], account["password"])
    assert entered.status_code == 200
    assert entered.get_json()["must_change_password"] is True
    assert entered.get_json()["person"]["name"] == "李四"
    assert problem_of(browser.get("/tickets"), 403)["code"] == "password.change_required"


def test_an_account_says_where_somebody_belongs(administrator: Browser) -> None:
    department, group = add_unit(administrator), add_group(administrator)
    region = add_unit(administrator, "regions")
    account = add_account(
        administrator,
        department_id=department["department_id"],
        region_id=region["region_id"],
        groups=[{"group_id": group["group_id"], "is_lead": True}],
        title="客服专员",
        extension="8888",
        zone="Asia/Shanghai",
    )
    assert account["department"]["name"] == department["name"]
    assert account["region"]["name"] == region["name"]
    assert account["groups"] == [
        {"group_id": group["group_id"], "name": group["name"], "is_lead": True}
    ]
    assert (account["extension"], account["zone"]) == ("8888", "Asia/Shanghai")
    assert (account["kind"], account["role_name"]["zh"]) == ("staff", "客服")


def test_what_is_made_is_told_in_the_same_transaction(
    administrator: Browser, database: Database
) -> None:
    group = add_group(administrator)
    groups = [{"group_id": group["group_id"], "is_lead": True}]
    account = add_account(
        administrator, email="Zhang.San@example.com", phone="13800138000", groups=groups
    )
    [event] = told(database, "person_changed", account["person_id"])
    assert event["login"] == account["login"]
    assert (event["version"], event["kind"], event["is_active"]) == (1, "staff", True)
    assert event["group_ids"] == event["led_group_ids"] == [group["group_id"]]
    assert (event["email"], event["phone"]) == ("zhang.san@example.com", "+8613800138000")
    assert told(database, "group_changed", group["group_id"])[-1]["version"] == 2


def test_what_is_refused_is_not_told(administrator: Browser, database: Database) -> None:
    before = value(database, "SELECT count(*) FROM outbox")
    version = value(database, "SELECT version FROM directory_state")
    taken = {"login": "cs001", "name": "又一个", "role": "agent"}
    problem = problem_of(administrator.post("/accounts", json=taken), 409)
    assert (problem["code"], list(problem["errors"])) == ("login.taken", ["login"])
    assert value(database, "SELECT count(*) FROM outbox") == before
    assert value(database, "SELECT version FROM directory_state") == version


def test_two_who_make_the_same_login_at_once_make_it_once(app: Flask, database: Database) -> None:
    login, barrier = new_name("RACE"), Barrier(4)
    browsers = [Browser(app) for _ in range(4)]
    for browser in browsers:
        browser.log_in("AD001")

    def attempt(browser: Browser, login: str) -> int:
        barrier.wait(30)
        body = {"login": login, "name": "某人", "role": "agent"}
        return browser.post("/accounts", json=body).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(attempt, browsers, [login, login.lower()] * 2)
        assert sorted(answers) == [201, 409, 409, 409]
    count = "SELECT count(*) FROM people WHERE lower(login) = lower(:login)"
    assert value(database, count, login=login) == 1


@pytest.mark.parametrize("field", ["email", "phone"])
def test_an_address_belongs_to_one_person(administrator: Browser, field: str) -> None:
    address = {"email": f"{new_name('mail')}@example.com", "phone": "021-63901234"}[field]
    add_account(administrator, **{field: address})
    body = {"login": new_name("CS"), "name": "张三", "role": "agent", field: address}
    assert problem_of(administrator.post("/accounts", json=body), 409)["code"] == f"{field}.taken"


def test_addresses_lie_sealed_in_the_database(administrator: Browser, database: Database) -> None:
    account = add_account(administrator, email="sealed@example.com", phone="13900139000")
    row = value(
        database,
        "SELECT people::text FROM people WHERE person_id = :id",
        id=account["person_id"],
    )
    assert "sealed@example.com" not in row
    assert "13900139000" not in row
    results = value(database, "SELECT string_agg(commands::text, '') FROM commands")
    assert account["login"] not in results
    assert account["password"] not in results


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"login": "a"}, "login"),
        ({"login": "客服"}, "login"),
        ({"name": ""}, "name"),
        ({"name": "两\n行"}, "name"),
        ({"extension": "八八"}, "extension"),
        ({"language": "fr"}, "language"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"email": "nobody"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"role": "emperor"}, "role"),
        ({"role": "customer"}, "role"),
        ({"department_id": UNKNOWN}, "department_id"),
        ({"region_id": UNKNOWN}, "region_id"),
        ({"groups": [{"group_id": UNKNOWN}]}, "groups.0.group_id"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_bad_input_names_the_field(
    administrator: Browser, values: dict[str, Any], field: str
) -> None:
    body = {"login": "CS777", "name": "张三", "role": "agent", **values}
    assert field in problem_of(administrator.post("/accounts", json=body), 422)["errors"]


def test_employees_are_in_no_group(administrator: Browser) -> None:
    groups = [{"group_id": add_group(administrator)["group_id"]}]
    body = {"login": new_name("EM"), "name": "员工", "role": "employee", "groups": groups}
    refused = administrator.post("/accounts", json=body)
    assert problem_of(refused, 422)["code"] == "group.staff_only"
    agent = add_account(administrator, groups=groups)
    assert problem_of(change(administrator, agent, role="employee"), 422)["errors"].keys() == {
        "groups"
    }
    assert made(change(administrator, agent, role="employee", groups=[]))["kind"] == "employee"


def test_an_account_is_changed_by_who_has_read_it(
    administrator: Browser, database: Database
) -> None:
    account = add_account(administrator)
    path = f"/accounts/{account['person_id']}"
    unread = administrator.patch(path, json={"name": "甲"})
    assert problem_of(unread, 428)["code"] == "version.required"
    first = administrator.patch(path, json={"name": "甲"}, headers={"If-Match": '"1"'})
    assert (made(first)["name"], first.headers["ETag"]) == ("甲", '"2"')
    stale = administrator.patch(path, json={"name": "乙"}, headers={"If-Match": '"1"'})
    assert problem_of(stale, 412)["code"] == "version.stale"
    events = told(database, "person_changed", account["person_id"])
    assert [(event["version"], event["name"]) for event in events] == [(1, "张三"), (2, "甲")]


def test_a_change_that_changes_nothing_tells_nothing(
    administrator: Browser, database: Database
) -> None:
    account = add_account(administrator, email="same@example.com", extension="1")
    answer = change(administrator, account, email="Same@Example.com", extension="1", groups=[])
    assert made(answer)["version"] == 1
    assert len(told(database, "person_changed", account["person_id"])) == 1


def test_what_is_emptied_is_empty(administrator: Browser) -> None:
    account = add_account(administrator, email="gone@example.com", title="专员", extension="1")
    emptied = made(change(administrator, account, email=None, title=None, extension=None))
    assert (emptied["email"], emptied["title"], emptied["extension"]) == (None, None, None)
    add_account(administrator, email="gone@example.com")


def test_a_number_that_an_administrator_enters_is_not_verified(
    administrator: Browser, database: Database
) -> None:
    account = add_account(administrator, phone="13700137000")
    query = "SELECT phone_verified_at FROM people WHERE person_id = :id"
    with database.begin() as uow:
        uow.session.connection().exec_driver_sql(
            "UPDATE people SET phone_verified_at = now() WHERE phone_index IS NOT NULL"
        )
        uow.commit()
    made(change(administrator, account, phone="+86 137 0013 7000", name="同号"))
    assert value(database, query, id=account["person_id"]) is not None
    made(change(administrator, account, phone="13700137001"))
    assert value(database, query, id=account["person_id"]) is None


def test_moving_between_groups_counts_as_a_change_of_both(
    administrator: Browser, database: Database
) -> None:
    old, new = add_group(administrator), add_group(administrator)
    account = add_account(administrator, groups=[{"group_id": old["group_id"]}])
    moved = change(administrator, account, groups=[{"group_id": new["group_id"], "is_lead": True}])
    assert [group["name"] for group in made(moved)["groups"]] == [new["name"]]
    for group in (old, new):
        shown = administrator.get(f"/groups/{group['group_id']}").get_json()
        event = told(database, "group_changed", group["group_id"])[-1]
        assert event["version"] == shown["version"] > 1
    event = told(database, "person_changed", account["person_id"])[-1]
    assert event["led_group_ids"] == [new["group_id"]]


def test_a_new_place_counts_with_the_next_request(
    administrator: Browser, browser: Browser, app: Flask, services: Any
) -> None:
    services.answer("ticketing.count_tickets", {})
    account = add_account(administrator)
    with_password(app, account)
    browser.log_in(account["login"], OWN_PASSWORD)
    browser.get("/ticket-counts")
    group = add_group(administrator)
    made(change(administrator, account, groups=[{"group_id": group["group_id"]}]))
    browser.get("/ticket-counts")
    scopes = [call.actor.scopes["groups"] for call in services.calls("ticketing.count_tickets")]
    assert scopes == [[], [group["group_id"]]]


def test_a_new_initial_password_ends_what_was_open(
    administrator: Browser, browser: Browser
) -> None:
    account = add_account(administrator)
    browser.log_in(account["login"], account["password"])
    path = f"/accounts/{account['person_id']}/password-reset"
    again = made(administrator.post(path))["initial_password"]
    problem_of(browser.get("/session"), 401)
    assert browser.log_in(account["login"], account["password"]).status_code == 401
    assert browser.log_in(account["login"], again).status_code == 200


def test_a_repeated_request_answers_the_same_password(
    administrator: Browser, database: Database
) -> None:
    key, login = {"Idempotency-Key": "make-one-account"}, new_name("CS")
    body = {"login": login, "name": "张三", "role": "agent"}
    first = administrator.post("/accounts", json=body, headers=key)
    again = administrator.post("/accounts", json=body, headers=key)
    assert (first.status_code, first.get_json()) == (201, again.get_json())
    other = administrator.post("/accounts", json={**body, "name": "李四"}, headers=key)
    assert problem_of(other, 409)["code"] == "command.id_reused"


def test_who_is_switched_off_is_out_and_comes_back(
    administrator: Browser, browser: Browser, database: Database
) -> None:
    account = add_account(administrator)
    browser.log_in(account["login"], account["password"])
    assert made(switch(administrator, account, False))["is_active"] is False
    problem_of(browser.get("/session"), 401)
    assert browser.log_in(account["login"], account["password"]).status_code == 401
    made(switch(administrator, account, False))
    assert made(switch(administrator, account, True))["is_active"] is True
    problem_of(browser.get("/session"), 401)
    assert browser.log_in(account["login"], account["password"]).status_code == 200
    events = told(database, "person_changed", account["person_id"])
    assert [event["is_active"] for event in events] == [True, False, True]


def test_nobody_comes_back_to_a_department_that_is_gone(administrator: Browser) -> None:
    department = add_unit(administrator)
    account = add_account(administrator, department_id=department["department_id"])
    made(switch(administrator, account, False))
    path = f"/departments/{department['department_id']}/activity"
    made(administrator.put(path, json={"is_active": False}))
    refused = problem_of(switch(administrator, account, True), 409)
    assert (refused["code"], list(refused["errors"])) == (
        "person.place_inactive",
        ["department_id"],
    )
    made(change(administrator, account, department_id=None))
    made(switch(administrator, account, True))


def test_the_log_names_what_changed_and_no_address(
    administrator: Browser, database: Database
) -> None:
    account = add_account(administrator)
    made(change(administrator, account, name="改名", email="secret@example.com"))
    query = (
        "SELECT detail FROM audit_tail WHERE action = 'change_account' AND phase = 'outcome' "
        "AND object_id = :id"
    )
    detail = eventually(lambda: value(database, query, id=account["person_id"]))
    assert "改名" in str(detail)
    assert "secret@example.com" not in str(detail)


def test_nobody_is_not_found(administrator: Browser) -> None:
    for answer in (
        administrator.get(f"/accounts/{UNKNOWN}"),
        administrator.post(f"/accounts/{UNKNOWN}/password-reset"),
        administrator.put(f"/accounts/{UNKNOWN}/activity", json={"is_active": True}),
    ):
        assert problem_of(answer, 404)["code"] == "person.unknown"
