"""Ways to rights that nobody has given: each of them is closed."""

import threading
from typing import Any

import pytest
from flask import Flask

from gateway.auth.lookups import Lookups
from gateway.auth.rights import Rights
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.gateway import Browser, Hands, problem_of
from tests.support.login import enrol, make_person
from tests.support.organisation import add_group, etag_of, value

pytestmark = pytest.mark.services("gateway")

_PERSONNEL = ["session.own", "people.list", "person.read", "person.manage"]


def enter(app: Flask, database: Database, login: str, role: str) -> tuple[Browser, str]:
    """Somebody new who is logged in, and their id."""
    person_id = make_person(database, login, role=role)
    browser = Browser(app)
    assert browser.log_in(login).status_code == 200
    return browser, str(person_id)


def add_role(administrator: Browser, key: str, **given: Any) -> str:
    usual = {"name_zh": key, "name_en": key, "ticket_scope": "all", "sees_pools": True}
    made = administrator.post("/roles", json={"key": key, **usual, **given})
    assert made.status_code == 201, made.get_data(as_text=True)
    return key


def test_nobody_takes_the_second_factor_off_somebody_who_may_do_more(
    administrator: Browser, app: Flask, database: Database, clock: Hands
) -> None:
    role = add_role(administrator, "personnel_a", permissions=_PERSONNEL)
    personnel, _ = enter(app, database, "personnel-a", role)
    victim, victim_id = enter(app, database, "victim-a", "administrator")
    enrol(victim, clock)
    refused = personnel.delete(f"/accounts/{victim_id}/totp")
    assert problem_of(refused, 403)["code"] == "person.beyond_own"
    assert victim.get("/me/totp").get_json()["is_enabled"] is True
    assert administrator.delete(f"/accounts/{victim_id}/totp").status_code == 204


def test_nobody_takes_the_own_second_factor_off_without_its_proof(
    app: Flask, database: Database, clock: Hands
) -> None:
    second, second_id = enter(app, database, "administrator-a", "administrator")
    enrol(second, clock)
    refused = second.delete(f"/accounts/{second_id}/totp")
    assert problem_of(refused, 409)["code"] == "person.self"


def test_nobody_cuts_the_sign_on_of_somebody_who_may_do_more(
    administrator: Browser, app: Flask, database: Database
) -> None:
    role = add_role(administrator, "personnel_b", permissions=_PERSONNEL)
    personnel, _ = enter(app, database, "personnel-b", role)
    _, victim_id = enter(app, database, "victim-b", "administrator")
    with database.begin() as uow:
        uow.session.connection().exec_driver_sql(
            "INSERT INTO sso_identities VALUES ('https://over.there', 'b', %s, now())", (victim_id,)
        )
        uow.commit()
    path = f"/accounts/{victim_id}/sso-identity"
    assert problem_of(personnel.delete(path), 403)["code"] == "person.beyond_own"
    assert administrator.delete(path).status_code == 204


def test_a_key_sees_no_more_than_who_has_made_it(
    administrator: Browser, app: Flask, database: Database
) -> None:
    narrow = ["session.own", "api_key.manage", "ticket.list"]
    role = add_role(
        administrator, "integrator", permissions=narrow, ticket_scope="own", sees_pools=False
    )
    integrator, _ = enter(app, database, "integrator", role)
    wide = {"name": "全部工单", "role": "supervisor", "permissions": ["ticket.list"]}
    refused = integrator.post("/api-keys", json=wide)
    assert problem_of(refused, 403)["code"] == "permission.beyond_own"
    own = {"name": "自己的", "role": role, "permissions": ["ticket.list"]}
    assert integrator.post("/api-keys", json=own).status_code == 201


def test_a_role_made_anew_under_an_old_key_grants_nothing_of_the_old_one(
    administrator: Browser, app: Flask, database: Database
) -> None:
    add_role(administrator, "reborn", permissions=["session.own", "people.list"])
    holder, holder_id = enter(app, database, "reborn-1", "reborn")
    assert holder.get("/people").status_code == 200
    path = f"/accounts/{holder_id}"
    for role in ("agent", "reborn"):
        if role == "reborn":
            assert administrator.delete("/roles/reborn").status_code == 204
            add_role(administrator, "reborn", permissions=["session.own"])
        given = administrator.patch(path, json={"role": role}, headers=etag_of(administrator, path))
        assert given.status_code == 200
    assert problem_of(holder.get("/people"), 403)["code"] == "permission.missing"


class _Slow(Lookups):
    """Real look-ups, where whoever reads a membership in one thread waits for another."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.slow: threading.Thread | None = None
        self.has_read, self.goes_on = threading.Event(), threading.Event()

    def run(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        found = super().run(statement, values)
        if threading.current_thread() is self.slow and "FROM people" in statement:
            self.has_read.set()
            assert self.goes_on.wait(30)
        return found


def test_a_membership_that_was_read_too_early_is_not_kept(
    administrator: Browser, config: Config, database: Database
) -> None:
    person_id = make_person(database, "member-a")
    group = add_group(administrator)
    path = f"/groups/{group['group_id']}/members"
    inside = {"members": [{"person_id": str(person_id), "is_lead": False}]}
    group_path = path.removesuffix("/members")

    def put(members: dict[str, Any]) -> int:
        answer = administrator.put(path, json=members, headers=etag_of(administrator, group_path))
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return int(value(database, "SELECT version FROM directory_state"))

    before = put(inside)
    lookups = _Slow(database.engine.url, 2)
    rights = Rights(lookups)
    lookups.slow = threading.Thread(target=rights.membership, args=(person_id, before))
    lookups.slow.start()
    assert lookups.has_read.wait(30)
    after = put({"members": []})
    other = make_person(database, "member-b")
    rights.membership(other, after)
    lookups.goes_on.set()
    lookups.slow.join(30)
    assert rights.membership(person_id, after).groups == ()
    lookups.close()


def test_addresses_of_one_network_share_a_limit(app: Flask) -> None:
    left = []
    for address in ("2001:db8:7::1", "2001:db8:7::ffff:2", "2001:db8:7:1::1"):
        origin = {"REMOTE_ADDR": address}
        answer = Browser(app).get("/session", environ_overrides=origin)
        left.append(int(answer.headers["RateLimit-Remaining"]))
    assert left[1] == left[0] - 1
    assert left[2] == left[0]


def test_customers_are_given_nothing_that_needs_an_account(administrator: Browser) -> None:
    path = "/roles/customer"
    wider = {"permissions": ["request.own", "session.own"]}
    refused = administrator.patch(path, json=wider, headers=etag_of(administrator, path))
    assert problem_of(refused, 422)["code"] == "role.staff_only"
