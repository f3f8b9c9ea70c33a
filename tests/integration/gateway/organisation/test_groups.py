"""Groups with members and leads."""

from typing import Any

import pytest

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
    put_members,
    told,
)

pytestmark = pytest.mark.services("gateway")


def member(account: dict[str, Any], is_lead: bool = False) -> dict[str, Any]:
    return {"person_id": account["person_id"], "is_lead": is_lead}


def change(browser: Browser, group: dict[str, Any], **changes: Any) -> Any:
    path = f"/groups/{group['group_id']}"
    return browser.patch(path, json=changes, headers=etag_of(browser, path))


def switch(browser: Browser, group: dict[str, Any], is_active: bool, **more: bool) -> Any:
    path = f"/groups/{group['group_id']}/activity"
    return browser.put(path, json={"is_active": is_active, **more})


def test_a_group_is_made_found_and_told(administrator: Browser, database: Database) -> None:
    department, region = add_unit(administrator), add_unit(administrator, "regions")
    places = {"department_id": department["department_id"], "region_id": region["region_id"]}
    group = add_group(administrator, description="处理退换货", **places)
    assert (group["members"], group["member_count"]) == ([], 0)
    found = made(administrator.get(f"/groups?q={group['name']}"))["items"]
    assert found == [{name: group[name] for name in group if name != "members"}]
    assert made(administrator.get(f"/groups?department_id={department['department_id']}")) == {
        "items": found
    }
    [event] = told(database, "group_changed", group["group_id"])
    assert event.items() >= {**places, "brand_id": None, "version": 1}.items()


def test_the_members_are_a_whole_list(administrator: Browser, database: Database) -> None:
    group = add_group(administrator)
    lead, first, second = (add_account(administrator) for _ in range(3))
    shown = made(put_members(administrator, group, member(first), member(lead, True)))
    assert [(one["login"], one["is_lead"]) for one in shown["members"]] == [
        (lead["login"], True),
        (first["login"], False),
    ]
    assert (shown["member_count"], shown["version"]) == (2, 2)
    shown = made(put_members(administrator, group, member(second), member(lead)))
    assert {one["login"]: one["is_lead"] for one in shown["members"]} == {
        lead["login"]: False,
        second["login"]: False,
    }
    told_of = {
        one["login"]: told(database, "person_changed", one["person_id"])[-1]
        for one in (lead, first, second)
    }
    assert told_of[lead["login"]]["group_ids"] == [group["group_id"]]
    assert told_of[lead["login"]]["led_group_ids"] == []
    assert told_of[first["login"]]["group_ids"] == []
    assert told_of[second["login"]]["group_ids"] == [group["group_id"]]
    assert [told_of[one["login"]]["version"] for one in (lead, first, second)] == [3, 3, 2]


def test_only_who_is_concerned_is_told_again(administrator: Browser, database: Database) -> None:
    group = add_group(administrator)
    stays, comes = add_account(administrator), add_account(administrator)
    made(put_members(administrator, group, member(stays)))
    made(put_members(administrator, group, member(stays), member(comes)))
    assert len(told(database, "person_changed", stays["person_id"])) == 2
    made(put_members(administrator, group, member(stays), member(comes)))
    assert len(told(database, "person_changed", comes["person_id"])) == 2


def test_members_are_set_by_who_has_read_them(administrator: Browser) -> None:
    group, account = add_group(administrator), add_account(administrator)
    path, body = f"/groups/{group['group_id']}/members", {"members": [member(account)]}
    problem_of(administrator.put(path, json=body), 428)
    made(administrator.put(path, json=body, headers={"If-Match": '"1"'}))
    stale = administrator.put(path, json={"members": []}, headers={"If-Match": '"1"'})
    assert problem_of(stale, 412)["code"] == "version.stale"


def test_a_change_of_an_account_s_groups_is_one_of_the_group(administrator: Browser) -> None:
    group = add_group(administrator)
    read = etag_of(administrator, f"/groups/{group['group_id']}")
    add_account(administrator, groups=[{"group_id": group["group_id"]}])
    late = administrator.put(
        f"/groups/{group['group_id']}/members", json={"members": []}, headers=read
    )
    problem_of(late, 412)


def test_only_active_staff_come_in_and_others_may_stay(administrator: Browser) -> None:
    group = add_group(administrator)
    employee, gone = add_account(administrator, "employee"), add_account(administrator)
    made(put_members(administrator, group, member(gone)))
    path = f"/accounts/{gone['person_id']}/activity"
    made(administrator.put(path, json={"is_active": False}))
    for stranger in (employee, {"person_id": UNKNOWN}):
        refused = put_members(administrator, group, member(gone), member(stranger))
        problem = problem_of(refused, 422)
        assert problem["code"] == "member.unknown"
        assert list(problem["errors"]) == ["members.1.person_id"]
    fresh = add_account(administrator)
    shown = made(put_members(administrator, group, member(gone), member(fresh)))
    assert {one["login"]: one["is_active"] for one in shown["members"]} == {
        gone["login"]: False,
        fresh["login"]: True,
    }
    assert shown["member_count"] == 1


def test_nobody_is_in_a_group_twice(administrator: Browser) -> None:
    group, account = add_group(administrator), add_account(administrator)
    refused = put_members(administrator, group, member(account), member(account, True))
    assert list(problem_of(refused, 422)["errors"]) == ["members"]


def test_a_group_is_edited(administrator: Browser, database: Database) -> None:
    group, department = add_group(administrator), add_unit(administrator)
    name = new_name("改名组")
    shown = made(change(administrator, group, name=name, department_id=department["department_id"]))
    assert (shown["name"], shown["version"]) == (name, 2)
    assert told(database, "group_changed", group["group_id"])[-1]["name"] == name
    made(change(administrator, group, name=name))
    assert len(told(database, "group_changed", group["group_id"])) == 2
    taken = administrator.post("/groups", json={"name": name.upper()})
    assert problem_of(taken, 409)["code"] == "group.name_taken"
    unknown = change(administrator, group, region_id=UNKNOWN)
    assert list(problem_of(unknown, 422)["errors"]) == ["region_id"]


def test_a_group_with_members_is_switched_off_only_if_that_is_meant(
    administrator: Browser, database: Database
) -> None:
    group, account = add_group(administrator), add_account(administrator)
    made(put_members(administrator, group, member(account)))
    problem = problem_of(switch(administrator, group, False), 409)
    assert (problem["code"], problem["used_by"]) == ("group.has_members", {"person": 1})
    off = made(switch(administrator, group, False, despite_members=True))
    assert (off["is_active"], len(off["members"])) == (False, 1)
    assert told(database, "person_changed", account["person_id"])[-1]["group_ids"] == []
    assert told(database, "group_changed", group["group_id"])[-1]["is_active"] is False
    assert group["group_id"] not in {
        one["group_id"] for one in made(administrator.get("/groups"))["items"]
    }
    made(switch(administrator, group, True))
    assert told(database, "person_changed", account["person_id"])[-1]["group_ids"] == [
        group["group_id"]
    ]


def test_a_name_is_free_while_its_group_is_switched_off(administrator: Browser) -> None:
    group = add_group(administrator)
    made(switch(administrator, group, False))
    add_group(administrator, name=group["name"])
    taken = switch(administrator, group, True)
    assert problem_of(taken, 409)["code"] == "group.name_taken"


def test_nobody_is_put_into_a_group_that_is_gone(administrator: Browser) -> None:
    group = add_group(administrator)
    made(switch(administrator, group, False))
    body = {"login": new_name("CS"), "name": "张三", "role": "agent"}
    refused = administrator.post(
        "/accounts", json={**body, "groups": [{"group_id": group["group_id"]}]}
    )
    assert problem_of(refused, 422)["code"] == "group.unknown"


def test_a_group_does_not_come_back_to_a_department_that_is_gone(administrator: Browser) -> None:
    department = add_unit(administrator)
    group = add_group(administrator, department_id=department["department_id"])
    made(switch(administrator, group, False))
    path = f"/departments/{department['department_id']}/activity"
    made(administrator.put(path, json={"is_active": False}))
    refused = switch(administrator, group, True)
    assert problem_of(refused, 422)["code"] == "department.unknown"


def test_what_is_not_there_is_not_found(administrator: Browser) -> None:
    path, any_version = f"/groups/{UNKNOWN}", {"If-Match": "*"}
    for answer in (
        administrator.get(path),
        administrator.patch(path, json={"name": "甲"}, headers=any_version),
        administrator.put(f"{path}/members", json={"members": []}, headers=any_version),
        administrator.put(f"{path}/activity", json={"is_active": False}),
    ):
        assert problem_of(answer, 404)["code"] == "group.unknown"


def test_who_may_look_may_not_change(
    administrator: Browser, supervisor: Browser, agent: Browser
) -> None:
    group = add_group(administrator)
    assert supervisor.get(f"/groups/{group['group_id']}").status_code == 200
    problem_of(put_members(supervisor, group), 403)
    problem_of(supervisor.post("/groups", json={"name": "甲"}), 403)
    problem_of(agent.get("/groups"), 403)
