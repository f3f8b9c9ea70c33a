"""Departments and regions as trees, and brands."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from libs.common.database.unit_of_work import Database
from tests.support.gateway import Browser, problem_of
from tests.support.organisation import (
    UNKNOWN,
    add_account,
    add_group,
    add_unit,
    etag_of,
    made,
    new_name,
    told,
    value,
)

pytestmark = pytest.mark.services("gateway")

KINDS = ["departments", "regions"]


def path_of(kind: str, unit: dict[str, Any]) -> str:
    return f"/{kind}/{unit[f'{kind[:-1]}_id']}"


def id_of(kind: str, unit: dict[str, Any]) -> str:
    found: str = unit[f"{kind[:-1]}_id"]
    return found


def change(browser: Browser, kind: str, unit: dict[str, Any], **changes: Any) -> Any:
    path = path_of(kind, unit)
    return browser.patch(path, json=changes, headers=etag_of(browser, path))


def switch(browser: Browser, kind: str, unit: dict[str, Any], is_active: bool) -> Any:
    return browser.put(f"{path_of(kind, unit)}/activity", json={"is_active": is_active})


@pytest.mark.parametrize("kind", KINDS)
class TestUnits:
    def test_a_tree_is_told_as_a_list(self, administrator: Browser, kind: str) -> None:
        top = add_unit(administrator, kind, position=3)
        below = add_unit(administrator, kind, parent_id=id_of(kind, top))
        items = made(administrator.get(f"/{kind}"))["items"]
        shown = {id_of(kind, item): item for item in items}
        assert shown[id_of(kind, below)] == below
        assert shown[id_of(kind, top)]["child_count"] == 1
        assert made(administrator.get(path_of(kind, below))) == below

    def test_each_change_is_told_with_its_version(
        self, administrator: Browser, database: Database, kind: str
    ) -> None:
        top, unit = add_unit(administrator, kind), add_unit(administrator, kind)
        made(change(administrator, kind, unit, name="新名称", parent_id=id_of(kind, top)))
        made(switch(administrator, kind, unit, False))
        events = told(database, f"{kind[:-1]}_changed", id_of(kind, unit))
        assert [
            (event["version"], event["name"], event["parent_id"], event["is_active"])
            for event in events
        ] == [
            (1, unit["name"], None, True),
            (2, "新名称", id_of(kind, top), True),
            (3, "新名称", id_of(kind, top), False),
        ]

    def test_a_change_needs_the_version_that_was_read(
        self, administrator: Browser, kind: str
    ) -> None:
        unit = add_unit(administrator, kind)
        path = path_of(kind, unit)
        unread = administrator.patch(path, json={"position": 1})
        assert problem_of(unread, 428)["code"] == "version.required"
        made(administrator.patch(path, json={"position": 1}, headers={"If-Match": '"1"'}))
        stale = administrator.patch(path, json={"position": 2}, headers={"If-Match": '"1"'})
        assert problem_of(stale, 412)["code"] == "version.stale"
        made(administrator.patch(path, json={"position": 2}, headers={"If-Match": "*"}))

    def test_a_unit_is_not_moved_below_itself(self, administrator: Browser, kind: str) -> None:
        top = add_unit(administrator, kind)
        below = add_unit(administrator, kind, parent_id=id_of(kind, top))
        for place in (top, below):
            refused = change(administrator, kind, top, parent_id=id_of(kind, place))
            problem = problem_of(refused, 422)
            assert problem["code"] == f"{kind[:-1]}.circle"
            assert list(problem["errors"]) == ["parent_id"]

    def test_two_moves_at_once_make_no_circle(self, app: Flask, kind: str) -> None:
        browsers = [Browser(app), Browser(app)]
        for browser in browsers:
            browser.log_in("AD001")
        units = [add_unit(browsers[0], kind) for _ in range(2)]
        barrier = Barrier(2)

        def move(browser: Browser, unit: dict[str, Any], below: dict[str, Any]) -> int:
            barrier.wait(30)
            body = {"parent_id": id_of(kind, below)}
            headers = {"If-Match": "*"}
            return browser.patch(path_of(kind, unit), json=body, headers=headers).status_code

        with ThreadPoolExecutor(2) as pool:
            answers = pool.map(move, browsers, units, reversed(units))
            assert sorted(answers) == [200, 422]

    def test_a_name_is_taken_beside_its_siblings_only(
        self, administrator: Browser, kind: str
    ) -> None:
        top = add_unit(administrator, kind, name=new_name("Top"))
        same = {"name": top["name"].upper()}
        refused = problem_of(administrator.post(f"/{kind}", json=same), 409)
        assert refused["code"] == f"{kind[:-1]}.name_taken"
        assert list(refused["errors"]) == ["name"]
        made(administrator.post(f"/{kind}", json={**same, "parent_id": id_of(kind, top)}))

    def test_two_who_add_the_same_name_at_once_add_it_once(self, app: Flask, kind: str) -> None:
        browsers = [Browser(app), Browser(app)]
        for browser in browsers:
            browser.log_in("AD001")
        body, barrier = {"name": new_name("同名")}, Barrier(2)

        def add(browser: Browser) -> int:
            barrier.wait(30)
            return browser.post(f"/{kind}", json=body).status_code

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(add, browsers)) == [201, 409]

    def test_what_is_in_use_is_not_switched_off(self, administrator: Browser, kind: str) -> None:
        unit = add_unit(administrator, kind)
        place = {f"{kind[:-1]}_id": id_of(kind, unit)}
        below = add_unit(administrator, kind, parent_id=id_of(kind, unit))
        account = add_account(administrator, **place)
        group = add_group(administrator, **place)
        problem = problem_of(switch(administrator, kind, unit, False), 409)
        assert problem["code"] == f"{kind[:-1]}.in_use"
        assert problem["used_by"] == {"child": 1, "person": 1, "group": 1}
        made(switch(administrator, kind, below, False))
        for path in (f"/accounts/{account['person_id']}", f"/groups/{group['group_id']}"):
            made(administrator.put(f"{path}/activity", json={"is_active": False}))
        assert made(switch(administrator, kind, unit, False))["is_active"] is False

    def test_what_is_switched_off_is_out_of_the_list_and_may_come_back(
        self, administrator: Browser, kind: str
    ) -> None:
        unit = add_unit(administrator, kind)
        made(switch(administrator, kind, unit, False))
        listed = made(administrator.get(f"/{kind}"))["items"]
        whole = made(administrator.get(f"/{kind}?include_inactive=true"))["items"]
        assert id_of(kind, unit) not in {id_of(kind, item) for item in listed}
        assert id_of(kind, unit) in {id_of(kind, item) for item in whole}
        refused = change(administrator, kind, unit, name="别的")
        assert problem_of(refused, 409)["code"] == f"{kind[:-1]}.inactive"
        other = add_unit(administrator, kind, name=unit["name"])
        taken = switch(administrator, kind, unit, True)
        assert problem_of(taken, 409)["code"] == f"{kind[:-1]}.name_taken"
        made(change(administrator, kind, other, name=new_name("改名")))
        assert made(switch(administrator, kind, unit, True))["is_active"] is True

    def test_nothing_comes_back_below_what_is_gone(self, administrator: Browser, kind: str) -> None:
        top = add_unit(administrator, kind)
        below = add_unit(administrator, kind, parent_id=id_of(kind, top))
        made(switch(administrator, kind, below, False))
        made(switch(administrator, kind, top, False))
        refused = switch(administrator, kind, below, True)
        assert problem_of(refused, 422)["code"] == f"{kind[:-1]}.inactive"

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "甲/乙"}, "name"),
            ({"name": "甲", "parent_id": UNKNOWN}, "parent_id"),
            ({"name": "甲", "position": -1}, "position"),
            ({"name": "甲", "position": "1.5"}, "position"),
            ({"name": "甲", "is_active": False}, "is_active"),
        ],
    )
    def test_bad_input_names_the_field(
        self, administrator: Browser, kind: str, values: dict[str, Any], field: str
    ) -> None:
        refused = administrator.post(f"/{kind}", json=values)
        assert field in problem_of(refused, 422)["errors"]

    def test_what_is_not_there_is_not_found(self, administrator: Browser, kind: str) -> None:
        path = f"/{kind}/{UNKNOWN}"
        any_version = {"If-Match": "*"}
        for answer in (
            administrator.get(path),
            administrator.patch(path, json={"position": 1}, headers=any_version),
            administrator.put(f"{path}/activity", json={"is_active": False}),
        ):
            assert problem_of(answer, 404)["code"] == f"{kind[:-1]}.unknown"

    def test_who_may_look_may_not_change(
        self, administrator: Browser, supervisor: Browser, agent: Browser, kind: str
    ) -> None:
        unit = add_unit(administrator, kind)
        assert supervisor.get(path_of(kind, unit)).status_code == 200
        problem_of(supervisor.post(f"/{kind}", json={"name": "甲"}), 403)
        problem_of(switch(supervisor, kind, unit, False), 403)
        problem_of(agent.get(f"/{kind}"), 403)


def add_brand(browser: Browser) -> dict[str, Any]:
    return made(browser.post("/brands", json={"key": new_name("brand-"), "name": "潮汐电器"}))


def test_a_brand_is_made_renamed_and_told(administrator: Browser, database: Database) -> None:
    brand = add_brand(administrator)
    path = f"/brands/{brand['brand_id']}"
    problem_of(administrator.patch(path, json={"name": "新潮"}), 428)
    changed = administrator.patch(path, json={"name": "新潮"}, headers=etag_of(administrator, path))
    assert made(changed)["name"] == "新潮"
    assert brand["brand_id"] in {
        one["brand_id"] for one in made(administrator.get("/brands"))["items"]
    }
    events = told(database, "brand_changed", brand["brand_id"])
    assert [(event["version"], event["name"], event["key"]) for event in events] == [
        (1, "潮汐电器", brand["key"]),
        (2, "新潮", brand["key"]),
    ]


def test_a_brand_s_key_never_changes_and_is_taken_once(administrator: Browser) -> None:
    brand = add_brand(administrator)
    path = f"/brands/{brand['brand_id']}"
    refused = administrator.patch(path, json={"key": "x1"}, headers={"If-Match": "*"})
    assert list(problem_of(refused, 422)["errors"]) == ["key"]
    again = administrator.post("/brands", json={"key": brand["key"], "name": "又一个"})
    assert problem_of(again, 409)["code"] == "brand.key_taken"


def test_a_brand_that_a_group_works_for_stays(administrator: Browser) -> None:
    brand = add_brand(administrator)
    group = add_group(administrator, brand_id=brand["brand_id"])
    path = f"/brands/{brand['brand_id']}/activity"
    problem = problem_of(administrator.put(path, json={"is_active": False}), 409)
    assert (problem["code"], problem["used_by"]) == ("brand.in_use", {"group": 1})
    off = administrator.put(f"/groups/{group['group_id']}/activity", json={"is_active": False})
    made(off)
    assert made(administrator.put(path, json={"is_active": False}))["is_active"] is False
    made(administrator.put(path, json={"is_active": True}))


def test_a_change_of_the_organisation_is_counted_once_it_is_made(
    administrator: Browser, database: Database
) -> None:
    query = "SELECT version FROM directory_state"
    before = value(database, query)
    add_unit(administrator)
    assert value(database, query) == before + 1
    administrator.post("/departments", json={"name": "甲/乙"})
    assert value(database, query) == before + 1
