"""What people see of themselves and may change."""

from typing import Any

import pytest

from libs.common.database.unit_of_work import Database
from tests.support.gateway import Browser, problem_of
from tests.support.organisation import add_account, etag_of, made, told

pytestmark = pytest.mark.services("gateway")


def change(browser: Browser, **changes: Any) -> Any:
    return browser.patch("/me", json=changes, headers=etag_of(browser, "/me"))


def test_people_see_themselves_in_full(agent: Browser) -> None:
    made(change(agent, extension="8001", email="first@example.com", zone="Europe/London"))
    me = made(agent.get("/me"))
    assert (me["login"], me["name"], me["role"]) == ("CS001", "客服一号", "agent")
    assert (me["extension"], me["email"]) == ("8001", "first@example.com")
    assert (me["zone"], me["must_change_password"]) == ("Europe/London", False)
    assert me["password_changed_at"] is not None


def test_a_change_counts_at_once_and_is_told(agent: Browser, database: Database) -> None:
    me = made(agent.get("/me"))
    changed = made(change(agent, language="en", extension="8002"))
    assert changed["version"] == me["version"] + 1
    assert agent.get("/session").get_json()["person"]["language"] == "en"
    event = told(database, "person_changed", me["person_id"])[-1]
    assert (event["language"], event["extension"]) == ("en", "8002")
    assert event["version"] == changed["version"]
    made(change(agent, language="zh"))


def test_the_own_account_is_changed_by_who_has_read_it(agent: Browser) -> None:
    assert problem_of(agent.patch("/me", json={"extension": "1"}), 428)
    read = etag_of(agent, "/me")
    made(agent.patch("/me", json={"extension": "1"}, headers=read))
    problem_of(agent.patch("/me", json={"extension": "2"}, headers=read), 412)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "别人"}, "name"),
        ({"role": "administrator"}, "role"),
        ({"phone": "13800138000"}, "phone"),
        ({"email": "x"}, "email"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"language": "fr"}, "language"),
        ({}, "body"),
    ],
)
def test_people_change_only_what_is_theirs(
    agent: Browser, changes: dict[str, Any], field: str
) -> None:
    refused = agent.patch("/me", json=changes, headers={"If-Match": "*"})
    assert list(problem_of(refused, 422)["errors"]) == [field]


def test_an_address_of_somebody_else_is_refused(administrator: Browser, agent: Browser) -> None:
    add_account(administrator, email="mine@example.com")
    refused = problem_of(change(agent, email="Mine@example.com"), 409)
    assert (refused["code"], list(refused["errors"])) == ("email.taken", ["email"])


def test_a_newcomer_may_look_and_not_change(administrator: Browser, browser: Browser) -> None:
    account = add_account(administrator)
    browser.log_in(account["login"], account["password"])
    assert made(browser.get("/me"))["must_change_password"] is True
    refused = change(browser, extension="1")
    assert problem_of(refused, 403)["code"] == "password.change_required"
