"""Roles as administrators change them, and what that does to the next request."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from libs.common.database.unit_of_work import Database
from tests.support.gateway import Browser, problem_of

NEW: dict[str, Any] = {
    "key": "night_shift",
    "name_zh": "夜班客服",
    "name_en": "Night shift",
    "ticket_scope": "group",
    "sees_pools": True,
    "permissions": ["session.own", "ticket.list", "ticket.read"],
}


def version_of(browser: Browser, key: str) -> dict[str, str]:
    return {"If-Match": browser.get(f"/roles/{key}").headers["ETag"]}


def change(browser: Browser, key: str, **changes: Any):
    return browser.patch(f"/roles/{key}", json=changes, headers=version_of(browser, key))


@pytest.fixture
def made(administrator: Browser) -> Iterator[str]:
    """A role of one's own, gone when the test is over."""
    assert administrator.post("/roles", json=NEW).status_code == 201
    yield NEW["key"]
    administrator.delete(f"/roles/{NEW['key']}")


def test_a_role_is_made_changed_and_deleted(administrator: Browser, made: str) -> None:
    shown = administrator.get(f"/roles/{made}").get_json()
    assert shown["permissions"] == sorted(NEW["permissions"])
    assert (shown["holders"], shown["is_shipped"], shown["version"]) == (0, False, 1)
    changed = change(administrator, made, ticket_scope="region", name_zh="晚班")
    assert changed.status_code == 200
    assert changed.get_json()["ticket_scope"] == "region"
    assert changed.headers["ETag"] == '"2"'
    assert administrator.delete(f"/roles/{made}").status_code == 204
    problem_of(administrator.get(f"/roles/{made}"), 404)


def test_two_administrators_do_not_overwrite_one_another(administrator: Browser, made: str) -> None:
    read = version_of(administrator, made)
    assert change(administrator, made, name_zh="甲").status_code == 200
    stale = administrator.patch(f"/roles/{made}", json={"name_zh": "乙"}, headers=read)
    assert problem_of(stale, 412)["code"] == "version.stale"
    unread = administrator.patch(f"/roles/{made}", json={"name_zh": "乙"})
    assert problem_of(unread, 428)["code"] == "version.required"


def test_a_permission_taken_away_is_gone_with_the_next_request(
    administrator: Browser, supervisor: Browser
) -> None:
    shipped = administrator.get("/roles/supervisor").get_json()["permissions"]
    assert supervisor.get("/people").status_code == 200
    fewer = [name for name in shipped if name != "people.list"]
    assert change(administrator, "supervisor", permissions=fewer).status_code == 200
    assert problem_of(supervisor.get("/people"), 403)["code"] == "permission.missing"
    assert "people.list" not in supervisor.get("/session").get_json()["permissions"]
    assert change(administrator, "supervisor", permissions=shipped).status_code == 200
    assert supervisor.get("/people").status_code == 200


def test_holders_come_only_from_allowed_networks(
    administrator: Browser, agent: Browser, app: Flask
) -> None:
    limited = change(administrator, "agent", allowed_networks=["10.9.0.0/16", "192.168.1.7"])
    assert limited.get_json()["allowed_networks"] == ["10.9.0.0/16", "192.168.1.7/32"]
    refused = agent.get("/session")
    assert problem_of(refused, 403)["code"] == "address.not_allowed"
    inside = agent.get("/session", environ_overrides={"REMOTE_ADDR": "10.9.3.4"})
    assert inside.status_code == 200
    assert change(administrator, "agent", allowed_networks=[]).status_code == 200
    assert agent.get("/session").status_code == 200


def test_nobody_locks_themselves_out(administrator: Browser) -> None:
    out = change(administrator, "administrator", allowed_networks=["10.9.0.0/16"])
    assert problem_of(out, 409)["code"] == "role.locks_you_out"


def test_somebody_must_be_left_who_manages_roles(administrator: Browser) -> None:
    held = administrator.get("/roles/administrator").get_json()["permissions"]
    fewer = [name for name in held if name != "role.manage"]
    last = change(administrator, "administrator", permissions=fewer)
    assert problem_of(last, 409)["code"] == "role.last_keeper"
    assert administrator.get("/roles/administrator").get_json()["permissions"] == held


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"permissions": ["ticket.burn"]}, "permissions", "permission.unknown"),
        ({"ticket_scope": "requested"}, "ticket_scope", "role.scope_refused"),
        ({"kind": "employee", "ticket_scope": "requested"}, "permissions", "role.staff_only"),
        ({"allowed_networks": ["10.0.0.1/8"]}, "allowed_networks.0", "network.invalid"),
        ({"key": "Night"}, "key", "input.invalid"),
        ({"name_zh": ""}, "name_zh", "input.invalid"),
    ],
)
def test_what_a_role_cannot_be_is_named(administrator: Browser, changed, field, code) -> None:
    problem = problem_of(administrator.post("/roles", json={**NEW, **changed}), 422)
    assert problem["code"] == code
    assert list(problem["errors"]) == [field]


def test_a_key_is_taken_once(administrator: Browser, made: str) -> None:
    again = administrator.post("/roles", json=NEW)
    assert problem_of(again, 409)["code"] == "role.exists"


def test_shipped_roles_and_roles_that_people_hold_stay(
    administrator: Browser, made: str, database: Database
) -> None:
    shipped = administrator.delete("/roles/agent")
    assert problem_of(shipped, 409)["code"] == "role.shipped"
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO people (person_id, login, name, password_hash, role) "
            "VALUES (gen_random_uuid(), 'night-1', '夜', 'none', 'night_shift')"
        )
    held = administrator.delete(f"/roles/{made}")
    assert problem_of(held, 409)["code"] == "role.held"
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM people WHERE login = 'night-1'")


def test_a_repeated_creation_answers_the_same(administrator: Browser) -> None:
    key = {"Idempotency-Key": "make-the-role-once"}
    body = {**NEW, "key": "once_only"}
    first = administrator.post("/roles", json=body, headers=key)
    second = administrator.post("/roles", json=body, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
    other = administrator.post("/roles", json={**body, "name_zh": "别"}, headers=key)
    assert problem_of(other, 409)["code"] == "command.id_reused"
    assert administrator.delete("/roles/once_only").status_code == 204


def test_every_permission_is_listed(administrator: Browser) -> None:
    listed = administrator.get("/permissions").get_json()["items"]
    assert {"ticket.read", "role.manage"} <= set(listed)
    assert len(listed) == len(set(listed))
