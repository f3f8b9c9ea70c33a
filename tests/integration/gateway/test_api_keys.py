"""Keys for programs: made once, hashed, narrowed, limited, revoked."""

from datetime import timedelta
from typing import Any

from flask import Flask

from gateway.app import create_app
from gateway.auth.limits import Limits
from gateway.parts import EXTENSION
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, Hands, problem_of

PAGE: dict[str, Any] = {"items": [], "next_cursor": None}


def make(administrator: Browser, **changed: Any) -> dict[str, Any]:
    body = {"name": "报表导出", "role": "supervisor", **changed}
    answer = administrator.post("/api-keys", json=body)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


def program(app: Flask, token: str) -> Browser:
    browser = Browser(app)
    browser.headers = {"Authorization": f"Bearer {token}"}
    return browser


def test_a_key_acts_with_its_role(
    administrator: Browser, app: Flask, services: FakeServices
) -> None:
    services.answer("ticketing.list_tickets", PAGE)
    made = make(administrator)
    assert made["token"].startswith("tdk_")
    assert made["token"].endswith(made["hint"])
    assert program(app, made["token"]).get("/tickets").status_code == 200
    asked = services.calls("ticketing.list_tickets")[0]
    assert str(asked.actor.subject) == made["api_key_id"]
    assert asked.actor.name == "报表导出"
    assert asked.actor.roles == ("supervisor",)


def test_the_token_is_shown_once_and_kept_as_a_hash(
    administrator: Browser, database: Database
) -> None:
    token = make(administrator)["token"]
    listed = administrator.get("/api-keys").get_data(as_text=True)
    assert token not in listed
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT row_to_json(k)::text FROM api_keys k "
            "UNION ALL SELECT row_to_json(c)::text FROM commands c"
        )
        assert not any(token in row[0] for row in rows)


def test_a_repeated_creation_shows_the_same_token(administrator: Browser) -> None:
    key = {"Idempotency-Key": "one-key-please"}
    body = {"name": "一次", "role": "agent"}
    first = administrator.post("/api-keys", json=body, headers=key).get_json()
    second = administrator.post("/api-keys", json=body, headers=key).get_json()
    assert first == second


def test_a_narrowed_key_may_less_than_its_role(
    administrator: Browser, app: Flask, services: FakeServices
) -> None:
    services.answer("ticketing.list_tickets", PAGE)
    made = make(administrator, permissions=["ticket.list"])
    assert program(app, made["token"]).get("/tickets").status_code == 200
    refused = program(app, made["token"]).get("/people")
    assert problem_of(refused, 403)["code"] == "permission.missing"
    assert services.calls("ticketing.list_tickets")[0].actor.permissions == {"ticket.list"}


def test_a_revoked_key_opens_nothing(administrator: Browser, app: Flask) -> None:
    made = make(administrator)
    assert program(app, made["token"]).get("/people").status_code == 200
    assert administrator.delete(f"/api-keys/{made['api_key_id']}").status_code == 204
    problem_of(program(app, made["token"]).get("/people"), 401)


def test_a_key_ends_with_its_time(administrator: Browser, app: Flask, clock: Hands) -> None:
    ends = (clock() + timedelta(hours=1)).isoformat()
    made = make(administrator, expires_at=ends)
    assert program(app, made["token"]).get("/people").status_code == 200
    clock.pass_by(hours=1)
    problem_of(program(app, made["token"]).get("/people"), 401)


def test_a_key_comes_only_from_its_networks(administrator: Browser, app: Flask) -> None:
    made = make(administrator, allowed_networks=["10.2.0.0/16"])
    outside = program(app, made["token"]).get("/people")
    assert problem_of(outside, 403)["code"] == "address.not_allowed"
    inside = program(app, made["token"]).get(
        "/people", environ_overrides={"REMOTE_ADDR": "10.2.3.4"}
    )
    assert inside.status_code == 200


def test_its_last_use_is_noted(administrator: Browser, app: Flask) -> None:
    made = make(administrator)
    program(app, made["token"]).get("/people")
    listed = administrator.get("/api-keys").get_json()["items"]
    [shown] = [one for one in listed if one["api_key_id"] == made["api_key_id"]]
    assert shown["last_used_at"] is not None
    assert shown["last_used_from"] == "127.0.0.1"
    assert shown["created_by"] == "系统管理员"


def test_a_key_is_no_cookie(administrator: Browser, app: Flask) -> None:
    made = make(administrator)
    browser = Browser(app)
    browser.client.set_cookie("tidedesk_session", made["token"])
    problem_of(browser.get("/people"), 401)


def test_a_key_makes_no_keys(administrator: Browser, app: Flask) -> None:
    made = make(administrator, role="administrator")
    refused = program(app, made["token"]).post("/api-keys", json={"name": "子", "role": "agent"})
    assert problem_of(refused, 403)["code"] == "api_key.person_only"


def test_wrong_keys_are_refused_by_the_field(administrator: Browser, clock: Hands) -> None:
    past = (clock() - timedelta(minutes=1)).isoformat()
    for changed, field in (
        ({"role": "emperor"}, "role"),
        ({"role": "customer"}, "role"),
        ({"permissions": ["role.manage"]}, "permissions"),
        ({"expires_at": past}, "expires_at"),
        ({"allowed_networks": ["here"]}, "allowed_networks.0"),
        ({"rate_per_minute": 0}, "rate_per_minute"),
    ):
        body = {"name": "错", "role": "supervisor", **changed}
        problem = problem_of(administrator.post("/api-keys", json=body), 422)
        assert list(problem["errors"]) == [field]


def test_requests_are_counted_for_all_processes_together(
    administrator: Browser,
    config: Config,
    database: Database,
    services: FakeServices,
    clock: Hands,
    app: Flask,
    tmp_path: Any,
) -> None:
    clock.now = clock.now.replace(second=10)
    made = make(administrator, rate_per_minute=3)
    other = create_app(config, database, services, clock=clock, console=tmp_path)
    here, there = program(app, made["token"]), program(other, made["token"])
    first = here.get("/people")
    assert first.headers["RateLimit-Limit"] == "3"
    assert first.headers["RateLimit-Remaining"] == "2"
    assert first.headers["RateLimit-Reset"] == "50"
    assert there.get("/people").status_code == 200
    assert here.get("/people").headers["RateLimit-Remaining"] == "0"
    refused = there.get("/people")
    assert problem_of(refused, 429)["code"] == "rate.limited"
    assert refused.headers["Retry-After"] == "50"
    clock.pass_by(seconds=50)
    assert here.get("/people").status_code == 200
    other.extensions[EXTENSION].lookups.close()


def test_people_and_unknown_addresses_have_limits_of_their_own(
    config: Config, database: Database, services: FakeServices, clock: Hands, tmp_path: Any
) -> None:
    clock.now = clock.now.replace(second=0) + timedelta(minutes=5)
    limits = Limits(person=3, api_key=5, address=4)
    app = create_app(config, database, services, clock=clock, console=tmp_path, limits=limits)
    stranger, agent = Browser(app), Browser(app)
    somewhere = {"REMOTE_ADDR": "10.77.0.1"}
    for _ in range(4):
        problem_of(stranger.get("/session", environ_overrides=somewhere), 401)
    refused = stranger.get("/session", environ_overrides=somewhere)
    assert problem_of(refused, 429)["code"] == "rate.limited"
    assert agent.log_in("CS002").status_code == 200
    statuses = [agent.get("/session").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    app.extensions[EXTENSION].lookups.close()
