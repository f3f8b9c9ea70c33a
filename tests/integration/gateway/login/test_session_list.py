"""Where people are logged in: seen by themselves and by those who look after sessions."""

import pytest
from flask import Flask
from sqlalchemy import text

from libs.common.database.unit_of_work import Database
from tests.support.gateway import PASSWORD, Browser, Hands, problem_of
from tests.support.login import count_rows, make_person

pytestmark = pytest.mark.services("gateway")

EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)


def enter(app: Flask, login: str, **options) -> Browser:
    browser = Browser(app)
    body = {"login": login, "password": PASSWORD}
    assert browser.post("/session", json=body, **options).status_code == 200
    return browser


def test_ones_own_sessions_say_where_and_with_what(
    app: Flask, database: Database, clock: Hands
) -> None:
    make_person(database, "own-1")
    enter(app, "own-1", headers={"User-Agent": EDGE}, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    clock.pass_by(minutes=5)
    here = enter(app, "own-1", environ_base={"REMOTE_ADDR": "10.1.2.3"})
    current, other = here.get("/me/sessions").get_json()["items"]
    assert current["is_current"] is True
    assert current["place"] == "inside"
    assert (other["is_current"], other["device"]) == (False, "Edge · Windows")
    assert (other["address"], other["place"]) == ("203.0.113.7", "outside")


def test_one_session_is_ended_from_another(app: Flask, database: Database) -> None:
    make_person(database, "own-2")
    here, there = enter(app, "own-2"), enter(app, "own-2")
    items = here.get("/me/sessions").get_json()["items"]
    (other,) = [one for one in items if not one["is_current"]]
    path = f"/me/sessions/{other['session_id']}"
    assert here.delete(path).status_code == 204
    assert there.get("/session").status_code == 401
    assert problem_of(here.delete(path), 404)["code"] == "session.unknown"


def test_all_others_are_ended_at_once(app: Flask, database: Database) -> None:
    make_person(database, "own-3")
    here, *others = (enter(app, "own-3") for _ in range(4))
    assert here.delete("/me/sessions").status_code == 204
    assert here.get("/session").status_code == 200
    assert {one.get("/session").status_code for one in others} == {401}


def test_nobody_ends_the_sessions_of_others_as_their_own(
    app: Flask, database: Database, agent: Browser
) -> None:
    make_person(database, "own-4")
    victim = enter(app, "own-4")
    (session,) = victim.get("/me/sessions").get_json()["items"]
    assert agent.delete(f"/me/sessions/{session['session_id']}").status_code == 404
    assert victim.get("/session").status_code == 200


def test_sessions_that_rest_too_long_are_not_shown(
    app: Flask, database: Database, clock: Hands
) -> None:
    make_person(database, "own-5")
    enter(app, "own-5")
    clock.pass_by(hours=2)
    here = enter(app, "own-5")
    assert len(here.get("/me/sessions").get_json()["items"]) == 1


def test_the_oldest_of_more_than_twenty_ends(app: Flask, database: Database, clock: Hands) -> None:
    make_person(database, "many-1")
    browsers = []
    for _ in range(21):
        browsers.append(enter(app, "many-1"))
        clock.pass_by(seconds=1)
    statuses = [browser.get("/session").status_code for browser in browsers]
    assert statuses == [401] + [200] * 20


def test_who_looks_after_sessions_finds_and_ends_them(
    app: Flask, database: Database, administrator: Browser
) -> None:
    person_id = make_person(database, "managed-1")
    victim = enter(app, "managed-1")
    (found,) = administrator.get("/sessions?q=MANAGED-1").get_json()["items"]
    assert found["person"] == {
        "person_id": str(person_id),
        "login": "managed-1",
        "name": "managed-1 的名字",
    }
    same = administrator.get(f"/sessions?person_id={person_id}").get_json()["items"]
    assert [one["session_id"] for one in same] == [found["session_id"]]
    path = f"/sessions/{found['session_id']}"
    assert administrator.delete(path).status_code == 204
    assert victim.get("/session").status_code == 401
    assert administrator.delete(path).status_code == 404
    entries = "SELECT 1 FROM audit_tail WHERE action = 'end_session' AND object_id = :id"
    assert count_rows(database, entries, id=found["session_id"]) >= 1


def test_somebody_is_logged_out_everywhere(
    app: Flask, database: Database, administrator: Browser
) -> None:
    person_id = make_person(database, "managed-2")
    browsers = [enter(app, "managed-2") for _ in range(3)]
    assert administrator.delete(f"/accounts/{person_id}/sessions").status_code == 204
    assert {browser.get("/session").status_code for browser in browsers} == {401}


def test_the_list_goes_on_page_by_page(
    app: Flask, database: Database, administrator: Browser
) -> None:
    make_person(database, "paged-1")
    for _ in range(5):
        enter(app, "paged-1")
    seen, cursor = [], ""
    while True:
        page = administrator.get(f"/sessions?q=paged-1&limit=2{cursor}").get_json()
        seen += [one["session_id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


def test_agents_see_only_their_own(agent: Browser) -> None:
    assert problem_of(agent.get("/sessions"), 403)["code"] == "permission.missing"


def test_a_place_never_seen_before_is_told_but_not_the_first(
    app: Flask, database: Database
) -> None:
    person_id = make_person(database, "place-1")
    alerts = "SELECT 1 FROM alerts WHERE kind = 'new_place' AND person_id = :id"
    for address in ("203.0.113.7", "203.0.113.99"):
        enter(app, "place-1", environ_base={"REMOTE_ADDR": address})
    assert count_rows(database, alerts, id=person_id) == 0
    enter(app, "place-1", environ_base={"REMOTE_ADDR": "2001:db8:1::5"})
    assert count_rows(database, alerts, id=person_id) == 1


def test_a_role_bound_to_networks_does_not_get_in_elsewhere(app: Flask, database: Database) -> None:
    make_person(database, "bound-1", "technician")
    bind = (
        "UPDATE roles SET allowed_networks = CAST(:nets AS cidr[]), version = version + 1 "
        "WHERE key = :key"
    )
    with database.begin() as uow:
        uow.session.execute(text(bind), {"nets": ["10.0.0.0/8"], "key": "technician"})
        uow.commit()
    body = {"login": "bound-1", "password": PASSWORD}
    refused = Browser(app).post("/session", json=body)
    assert problem_of(refused, 403)["code"] == "address.not_allowed"
    enter(app, "bound-1", environ_base={"REMOTE_ADDR": "10.9.9.9"})
    with database.begin() as uow:
        uow.session.execute(text(bind), {"nets": [], "key": "technician"})
        uow.commit()
