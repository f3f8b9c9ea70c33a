"""Who sees which tickets, through REST and the running services.

One ticket in each place; for every scope all ways to a ticket: list, search, number, counters,
page, timeline, files, and every change.
"""

from typing import Any

import pytest

from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.demo.desk import Desk, Refused
from tests.e2e.system import desk_of, start_everything

PASSWORD = "Zwei Fische-schwimmen 7"
WORD = "范围测试"


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    start_everything(processes, split="nothing")
    return processes.env


class House:
    """An organisation with a ticket in each of its places."""

    def __init__(self, system: dict[str, str]) -> None:
        self.api = f"http://127.0.0.1:{system['GATEWAY_PORT']}/api/v1"
        self.administrator = desk_of(system, "AD001")
        self.supervisor = desk_of(system, "CS900")
        self.units: dict[str, str] = {}
        self.tickets: dict[str, dict[str, Any]] = {}
        self.desks: dict[str, Desk] = {}

    def unit(self, kind: str, name: str, parent: str | None = None) -> None:
        body = {"name": name, "parent_id": self.units[parent] if parent else None}
        made = self.administrator.ask("POST", f"/{kind}s", body)
        self.units[name] = made[f"{kind}_id"]

    def group(self, name: str, department: str, region: str) -> None:
        body = {
            "name": name,
            "department_id": self.units[department],
            "region_id": self.units[region],
        }
        self.units[name] = self.administrator.ask("POST", "/groups", body)["group_id"]

    def role(self, key: str, scope: str) -> None:
        shipped = self.administrator.ask("GET", "/roles/agent")["permissions"]
        body = {
            "key": key,
            "name_zh": key,
            "name_en": key,
            "ticket_scope": scope,
            "sees_pools": False,
            "permissions": shipped,
        }
        self.administrator.ask("POST", "/roles", body)

    def person(self, login: str, role: str, **place: Any) -> None:
        body = {"login": login, "name": f"{login} 同事", "role": role, **place}
        made = self.administrator.ask("POST", "/accounts", body)
        newcomer = Desk(self.api, login, made["initial_password"])
        with pytest.raises(Refused) as refused:
            newcomer.ask("GET", "/tickets")
        assert refused.value.problem["code"] == "password.change_required"
        change = {"current": made["initial_password"], "new": PASSWORD}
        newcomer.ask("PUT", "/me/password", change)
        self.desks[login] = Desk(self.api, login, PASSWORD)

    def ticket(self, name: str, *, group: str | None = None, assignee: str | None = None) -> None:
        customer = self.supervisor.ask(
            "POST", "/customers", {"name": "范围客户", "email": f"{name}@example.com"}
        )
        upload = self.supervisor.upload(f"{name}.txt", name.encode(), "text/plain")
        body = {
            "customer_id": customer["customer_id"],
            "subject": f"{WORD} {name}",
            "text": "请处理",
            "attachment_ids": [upload],
        }
        ticket = self.supervisor.ask("POST", "/tickets", body)
        if group:
            order = {"group_id": self.units[group]}
            # Ticketing learns of groups and people by events.
            ticket = eventually(
                lambda: self.supervisor.ask(
                    "POST", f"/tickets/{ticket['number']}/transfers", order
                ),
                20,
                trouble=(Refused,),
            )
        if assignee:
            order = {"assignee_id": self.desks[assignee].person["person_id"]}
            path = f"/tickets/{ticket['number']}/assignee"
            self.supervisor.ask("PUT", path, order)
        self.tickets[name] = self.supervisor.ticket(ticket["number"])


@pytest.fixture(scope="module")
def house(system: dict[str, str]) -> House:
    house = House(system)
    house.unit("department", "北方售后")
    house.unit("department", "北方一部", "北方售后")
    house.unit("department", "南方售后")
    house.unit("region", "北方")
    house.unit("region", "北京", "北方")
    house.unit("region", "南方")
    house.group("北一组", "北方一部", "北京")
    house.group("南一组", "南方售后", "南方")
    for scope in ("group", "department", "region"):
        house.role(f"scope_{scope}", scope)
    north, south = house.units["北一组"], house.units["南一组"]
    member = {"groups": [{"group_id": north, "is_lead": False}]}
    house.person("N1", "agent", **member)
    house.person("N2", "agent", **member)
    house.person("S1", "agent", groups=[{"group_id": south, "is_lead": False}])
    house.person("NG", "scope_group", **member)
    house.person("ND", "scope_department", department_id=house.units["北方售后"])
    house.person("NR", "scope_region", region_id=house.units["北方"])
    house.ticket("common")
    house.ticket("north_pool", group="北一组")
    house.ticket("south_pool", group="南一组")
    house.ticket("north_own", group="北一组", assignee="N1")
    house.ticket("south_own", group="南一组", assignee="S1")
    return house


SEES = {
    # An agent: the own tickets, the pools of the own groups, and the common pool (R133).
    "N1": {"common", "north_pool", "north_own"},
    "N2": {"common", "north_pool"},
    "S1": {"common", "south_pool", "south_own"},
    "NG": {"north_pool", "north_own"},
    # A head sees the department and what lies below it, no other (R134).
    "ND": {"north_pool", "north_own"},
    "NR": {"north_pool", "north_own"},
}


@pytest.mark.parametrize("login", SEES)
def test_lists_searches_and_counters_hold_the_scope_and_nothing_else(
    house: House, login: str
) -> None:
    desk, expected = house.desks[login], SEES[login]
    numbers = {house.tickets[name]["number"] for name in expected}
    assert {row["number"] for row in desk.all_tickets()} == numbers
    assert {row["number"] for row in desk.all_tickets(q=WORD)} == numbers
    for name, ticket in house.tickets.items():
        found = desk.all_tickets(q=ticket["number"])
        assert bool(found) == (name in expected), name
    counts = desk.ask("GET", "/ticket-counts")
    assert counts["all"] == {"value": len(expected), "is_exact": True}
    waiting = {name for name in expected if not house.tickets[name]["assignee"]}
    assert counts["unassigned"]["value"] == len(waiting)


@pytest.mark.parametrize("login", SEES)
def test_what_is_outside_the_scope_does_not_exist(house: House, login: str) -> None:
    desk, expected = house.desks[login], SEES[login]
    for name, ticket in house.tickets.items():
        if name in expected:
            assert desk.ticket(ticket["number"])["number"] == ticket["number"]
            continue
        for method, path, body in ways_to(ticket):
            with pytest.raises(Refused) as refused:
                desk.ask(method, path, body, headers={"If-Match": "*"})
            status, code = refused.value.status, refused.value.problem["code"]
            assert (status, code) in REFUSALS, f"{login}: {method} {path}: {refused.value.problem}"


REFUSALS = {(404, "ticket.not_found"), (404, "attachment.not_found")}


def ways_to(ticket: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """Every way by which an agent's permissions lead to one ticket."""
    path = f"/tickets/{ticket['number']}"
    files = [
        attachment["attachment_id"]
        for entry in ticket["timeline"]["items"]
        for attachment in entry["attachments"]
    ]
    assert files, "the ticket has a file"
    return [
        ("GET", path, None),
        ("GET", f"{path}/timeline", None),
        ("PATCH", path, {"subject": "改"}),
        ("POST", f"{path}/acceptance", None),
        ("POST", f"{path}/replies", {"text": "回复"}),
        ("POST", f"{path}/notes", {"text": "备注"}),
        ("PUT", f"{path}/status", {"status": "closed", "reason": "关"}),
        ("POST", f"{path}/solution", {"text": "好了"}),
        ("POST", f"{path}/reopening", {"reason": "再来"}),
        *(("GET", f"/attachments/{one}", None) for one in files),
    ]


def test_taking_a_colleague_s_ticket_is_refused(house: House) -> None:
    taken = house.tickets["north_own"]
    with pytest.raises(Refused) as refused:
        house.desks["N2"].ask("PUT", f"/tickets/{taken['number']}/assignee", {"assignee_id": "me"})
    assert refused.value.status in (404, 409)
    pool = house.tickets["south_pool"]
    with pytest.raises(Refused) as foreign:
        house.desks["N2"].ask("PUT", f"/tickets/{pool['number']}/assignee", {"assignee_id": "me"})
    assert foreign.value.status == 404


def test_a_change_of_groups_counts_with_the_next_request(house: House) -> None:
    desk = house.desks["N2"]
    pool = house.tickets["south_pool"]["number"]
    path = f"/accounts/{desk.person['person_id']}"
    south = [{"group_id": house.units["南一组"], "is_lead": False}]
    north = [{"group_id": house.units["北一组"], "is_lead": False}]
    house.administrator.ask("PATCH", path, {"groups": south}, headers={"If-Match": "*"})
    assert desk.ticket(pool)["number"] == pool
    house.administrator.ask("PATCH", path, {"groups": north}, headers={"If-Match": "*"})
    with pytest.raises(Refused) as refused:
        desk.ticket(pool)
    assert refused.value.status == 404


def test_employees_and_auditors_see_no_tickets(house: House, system: dict[str, str]) -> None:
    for login in ("EM001", "AU001"):
        with pytest.raises(Refused) as refused:
            desk_of(system, login).ask("GET", "/tickets")
        assert refused.value.problem["code"] == "permission.missing"


def test_an_employee_s_request_is_the_employee_s_alone(
    house: House, system: dict[str, str]
) -> None:
    employee = desk_of(system, "EM001")
    made = employee.ask("POST", "/requests", {"subject": "显示器坏了", "text": "请换一台"})
    number = made["number"]
    assert [row["number"] for row in employee.ask("GET", "/requests")["items"]] == [number]
    ticket = house.supervisor.ticket(number)
    assert (ticket["channel"], ticket["kind"]) == ("internal", "internal")
    note = {"text": "库存还有一台"}
    house.supervisor.ask("POST", f"/tickets/{number}/notes", note)
    reply = {"text": "明天上午给您换"}
    house.supervisor.ask("POST", f"/tickets/{number}/replies", reply)
    said = employee.ask("GET", f"/requests/{number}")["timeline"]["items"]
    assert [entry["text"] for entry in said] == ["请换一台", "明天上午给您换"]
    assert {entry["author"]["name"] for entry in said} == {"客服", employee.person["name"]}
    employee.ask("POST", f"/requests/{number}/messages", {"text": "谢谢,上午在"})
    assert len(house.supervisor.timeline(number)) > 3
    other = house.tickets["common"]["number"]
    with pytest.raises(Refused) as refused:
        employee.ask("GET", f"/requests/{other}")
    assert refused.value.status == 404
