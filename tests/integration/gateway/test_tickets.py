"""What becomes of REST requests on their way to services, and of the answers."""

from typing import Any

import pytest

from gateway.schemas.customer import Customer
from gateway.schemas.entry import Entry
from gateway.schemas.notice import NoticePage
from gateway.schemas.ticket import Ticket, TicketPage
from libs.common.actor import Actor
from libs.common.errors import Conflict, NotFound, Stale, Unavailable
from tests.support import shapes
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

TICKET = f"/tickets/{shapes.NUMBER}"


def raising(error: Exception) -> Any:
    def method(_args: dict[str, Any], _actor: Actor) -> None:
        raise error

    return method


def test_a_list_passes_its_filters_on(agent: Browser, services: FakeServices) -> None:
    page = {"items": [shapes.row()], "next_cursor": "next"}
    services.answer("ticketing.list_tickets", page)
    query = "view=open&status=assigned,in_progress&group=none&limit=5&cursor=c&q=冰箱"
    response = agent.get(f"/tickets?{query}")
    assert response.get_json() == page
    assert TicketPage().validate(page) == {}
    assert services.calls("ticketing.list_tickets")[0].args == {
        "filters": {
            "view": "open",
            "status": ["assigned", "in_progress"],
            "group": "none",
            "q": "冰箱",
        },
        "sort": "-updated_at",
        "limit": 5,
        "cursor": "c",
    }


def test_services_learn_who_asks_and_for_which_request(
    agent: Browser, services: FakeServices
) -> None:
    services.answer("ticketing.count_tickets", {})
    agent.get("/ticket-counts", headers={"X-Request-Id": "request-1234"})
    asked = services.calls("ticketing.count_tickets")[0]
    assert asked.request_id == "request-1234"
    assert asked.actor.name == "客服一号"
    assert asked.actor.roles == ("agent",)
    assert asked.actor.scopes == {"tickets": "own", "pools": True, "groups": []}


def test_a_ticket_comes_with_its_version_as_etag(agent: Browser, services: FakeServices) -> None:
    ticket = shapes.ticket(timeline={"items": [shapes.entry()], "previous_cursor": None})
    services.answer("ticketing.get_ticket", ticket)
    response = agent.get(TICKET)
    assert response.headers["ETag"] == '"3"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.get_json() == ticket
    assert Ticket().validate(ticket) == {}


def test_an_unknown_ticket_is_not_found(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.get_ticket", raising(NotFound("ticket.not_found", "no such")))
    assert problem_of(agent.get("/tickets/G1"), 404)["code"] == "ticket.not_found"


@pytest.mark.parametrize("number", ["%00", "a b", "工单", "x" * 41, "..%2f"])
def test_what_cannot_be_a_number_is_asked_of_nobody(
    agent: Browser, services: FakeServices, number: str
) -> None:
    problem_of(agent.get(f"/tickets/{number}"), 404)
    assert services.asked == []


def test_a_new_ticket_gets_the_customers_name_and_region(
    agent: Browser, services: FakeServices
) -> None:
    services.answer("intake.get_customers", [shapes.customer(region_id=shapes.TICKET_ID)])
    services.answer("ticketing.create_ticket", shapes.ticket())
    body = {"customer_id": shapes.CUSTOMER_ID, "subject": "漏水", "text": "厨房", "kind": "repair"}
    response = agent.post("/tickets", json={**body, "fields": {"楼层": 3}})
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/v1/tickets/{shapes.NUMBER}"
    assert response.headers["ETag"] == '"3"'
    args = services.calls("ticketing.create_ticket")[0].args
    assert args == {
        **body,
        "customer_name": "一位客户",
        "region_id": shapes.TICKET_ID,
        "fields": {"楼层": 3},
        "channel": "manual",
        "attachment_ids": [],
    }


def test_a_ticket_for_an_unknown_customer_is_refused(
    agent: Browser, services: FakeServices
) -> None:
    services.answer("intake.get_customers", [])
    body = {"customer_id": shapes.CUSTOMER_ID, "subject": "漏水", "text": "厨房"}
    problem = problem_of(agent.post("/tickets", json=body), 422)
    assert list(problem["errors"]) == ["customer_id"]
    assert services.calls("ticketing.create_ticket") == []


def test_an_edit_names_the_version_that_was_read(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.edit_ticket", shapes.ticket(version=4))
    body = {"urgency": "urgent", "urgency_reason": "客户要求", "tags": ["退款"]}
    response = agent.patch(TICKET, json=body, headers={"If-Match": '"3"'})
    assert response.headers["ETag"] == '"4"'
    assert services.calls("ticketing.edit_ticket")[0].args == {
        "number": shapes.NUMBER,
        "version": 3,
        "changes": {"urgency": "urgent", "tags": ["退款"]},
        "urgency_reason": "客户要求",
    }


def test_an_edit_without_a_version_is_refused(agent: Browser, services: FakeServices) -> None:
    problem = problem_of(agent.patch(TICKET, json={"subject": "新"}), 428)
    assert problem["code"] == "version.required"
    assert services.asked == []


def test_a_stale_edit_is_refused(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.edit_ticket", raising(Stale("version.stale", "is at 4")))
    response = agent.patch(TICKET, json={"subject": "新"}, headers={"If-Match": '"3"'})
    assert problem_of(response, 412)["code"] == "version.stale"


def test_a_supervisor_passes_a_ticket_to_a_group(
    supervisor: Browser, services: FakeServices
) -> None:
    group = {"group_id": shapes.CUSTOMER_ID, "name": "维修组"}
    ticket = shapes.ticket(
        version=4, group=group, allowed={"moves": [], "actions": ["transfer", "take"]}
    )
    services.answer("ticketing.transfer_ticket", ticket)
    body = {"group_id": shapes.CUSTOMER_ID, "note": "硬件故障"}
    response = supervisor.post(f"{TICKET}/transfers", json=body, headers={"If-Match": '"3"'})
    assert response.status_code == 200
    assert response.headers["ETag"] == '"4"'
    assert response.get_json() == ticket
    assert Ticket().validate(ticket) == {}
    assert services.calls("ticketing.transfer_ticket")[0].args == {
        "number": shapes.NUMBER,
        "group_id": shapes.CUSTOMER_ID,
        "note": "硬件故障",
        "version": 3,
    }


@pytest.mark.parametrize("body", [{}, {"group_id": "me"}, {"group_id": None}])
def test_a_transfer_needs_a_group(
    supervisor: Browser, services: FakeServices, body: dict[str, Any]
) -> None:
    problem = problem_of(supervisor.post(f"{TICKET}/transfers", json=body), 422)
    assert list(problem["errors"]) == ["group_id"]
    assert services.asked == []


def test_an_agent_deletes_nothing(agent: Browser, services: FakeServices) -> None:
    problem_of(agent.post(f"{TICKET}/deletion", json={"reason": "不要了"}), 403)
    assert services.asked == []


def test_an_agent_takes_a_ticket(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.assign_ticket", shapes.ticket())
    assert agent.put(f"{TICKET}/assignee", json={"assignee_id": "me"}).status_code == 200
    asked = services.calls("ticketing.assign_ticket")[0]
    assert asked.args["assignee_id"] == str(asked.actor.subject)
    assert asked.args["assignee_name"] == "客服一号"
    assert asked.args["version"] is None


def test_the_second_taker_is_told(agent: Browser, services: FakeServices) -> None:
    taken = Conflict("ticket.already_assigned", "客服二号 has it")
    services.answer("ticketing.assign_ticket", raising(taken))
    response = agent.put(f"{TICKET}/assignee", json={"assignee_id": "me"})
    assert problem_of(response, 409)["code"] == "ticket.already_assigned"


def test_an_agent_gives_tickets_to_nobody_else(
    agent: Browser, supervisor: Browser, services: FakeServices
) -> None:
    other = _person_id(supervisor, "CS002")
    response = agent.put(f"{TICKET}/assignee", json={"assignee_id": other})
    assert problem_of(response, 403)["code"] == "permission.missing"
    assert services.asked == []


def test_a_supervisor_gives_a_ticket_to_an_agent(
    supervisor: Browser, services: FakeServices
) -> None:
    services.answer("ticketing.assign_ticket", shapes.ticket())
    other = _person_id(supervisor, "CS002")
    body = {"assignee_id": other, "note": "客户为VIP客户,需优先处理"}
    headers = {"If-Match": 'W/"3"'}
    assert supervisor.put(f"{TICKET}/assignee", json=body, headers=headers).status_code == 200
    assert services.calls("ticketing.assign_ticket")[0].args == {
        "number": shapes.NUMBER,
        "assignee_id": other,
        "assignee_name": "客服二号",
        "note": "客户为VIP客户,需优先处理",
        "version": 3,
    }


def test_a_ticket_is_not_given_to_a_stranger(supervisor: Browser, services: FakeServices) -> None:
    response = supervisor.put(f"{TICKET}/assignee", json={"assignee_id": shapes.CUSTOMER_ID})
    assert list(problem_of(response, 422)["errors"]) == ["assignee_id"]
    assert services.asked == []


@pytest.mark.parametrize(
    ("method", "path", "body", "target"),
    [
        ("POST", "acceptance", None, "accept_ticket"),
        ("PUT", "status", {"status": "awaiting_customer", "reason": "缺照片"}, "change_status"),
        ("POST", "solution", {"text": "已更换", "notify_customer": False}, "solve_ticket"),
        ("POST", "reopening", {"reason": "又漏了"}, "reopen_ticket"),
    ],
)
def test_work_on_a_ticket_answers_the_ticket(
    agent: Browser,
    services: FakeServices,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    target: str,
) -> None:
    services.answer(f"ticketing.{target}", shapes.ticket(version=5))
    response = agent.send(method, f"{TICKET}/{path}", json=body)
    assert response.get_json() == shapes.ticket(version=5)
    assert response.headers["ETag"] == '"5"'
    assert services.calls(f"ticketing.{target}")[0].args == {
        "number": shapes.NUMBER,
        **(body or {}),
    }


@pytest.mark.parametrize(("path", "target"), [("replies", "reply"), ("notes", "add_note")])
def test_writing_into_a_ticket_answers_the_entry(
    agent: Browser, services: FakeServices, path: str, target: str
) -> None:
    services.answer(f"ticketing.{target}", shapes.entry())
    body = {"text": "请重启设备", "attachment_ids": [shapes.ATTACHMENT_ID]}
    response = agent.post(f"{TICKET}/{path}", json=body)
    assert response.status_code == 201
    assert response.get_json() == shapes.entry()
    assert Entry().validate(shapes.entry()) == {}
    more: dict[str, Any] = {"mentions": []} if path == "notes" else {}
    asked = services.calls(f"ticketing.{target}")[0].args
    assert asked == {"number": shapes.NUMBER, **body, **more}


def test_the_same_key_and_body_get_the_stored_answer(
    agent: Browser, services: FakeServices
) -> None:
    services.answer("ticketing.reply", shapes.entry())
    key = {"Idempotency-Key": "reply-0001"}
    for _ in range(2):
        response = agent.post(f"{TICKET}/replies", json={"text": "好的"}, headers=key)
        assert response.status_code == 201
    assert [asked.command_id for asked in services.calls("ticketing.reply")] == ["reply-0001"]
    other = agent.post(f"{TICKET}/replies", json={"text": "不行"}, headers=key)
    assert problem_of(other, 409)["code"] == "command.id_reused"


def test_without_a_key_every_request_is_a_command_of_its_own(
    agent: Browser, services: FakeServices
) -> None:
    services.answer("ticketing.reply", shapes.entry())
    for _ in range(2):
        agent.post(f"{TICKET}/replies", json={"text": "好的"})
    ids = {asked.command_id for asked in services.calls("ticketing.reply")}
    assert len(ids) == 2


@pytest.mark.parametrize("key", ["short", "x" * 129, "with blank", "键键键键键键键键", '""'])
def test_a_strange_key_is_refused_by_its_name(
    agent: Browser, services: FakeServices, key: str
) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    response = agent.post(f"{TICKET}/acceptance", headers=headers)
    assert list(problem_of(response, 422)["errors"]) == ["Idempotency-Key"]
    assert services.asked == []


def test_a_command_without_an_answer_says_how_to_learn_its_outcome(
    agent: Browser, services: FakeServices
) -> None:
    late = Unavailable("database.unavailable", "too late", {"outcome": "unknown"})
    services.answer("ticketing.accept_ticket", raising(late))
    response = agent.post(f"{TICKET}/acceptance", headers={"Idempotency-Key": "accept-01"})
    problem = problem_of(response, 503)
    assert (problem["code"], problem["outcome"]) == ("command.timeout", "unknown")
    assert problem["command_id"] == "accept-01"
    assert int(response.headers["Retry-After"]) > 0


def test_a_service_that_is_down_is_a_clear_503(agent: Browser) -> None:
    problem = problem_of(agent.get("/statuses"), 503)
    assert problem["code"] == "service.unavailable"
    assert "outcome" not in problem


def test_customers_are_asked_of_intake(agent: Browser, services: FakeServices) -> None:
    services.answer("intake.find_customers", [shapes.customer()])
    page = agent.get("/customers?phone=13800138000").get_json()
    assert Customer().validate(page["items"][0]) == {}
    assert services.calls("intake.find_customers")[0].args == {"phone": "13800138000"}


def test_one_customer_is_asked_of_intake(agent: Browser, services: FakeServices) -> None:
    services.answer("intake.get_customer", shapes.customer())
    assert agent.get(f"/customers/{shapes.CUSTOMER_ID}").get_json() == shapes.customer()
    assert services.calls("intake.get_customer")[0].args == {"customer_id": shapes.CUSTOMER_ID}


@pytest.mark.parametrize(("is_new", "status"), [(True, 201), (False, 200)])
def test_a_customer_is_found_or_registered(
    agent: Browser, services: FakeServices, is_new: bool, status: int
) -> None:
    result = {"customer": shapes.customer(), "is_new": is_new}
    services.answer("intake.register_customer", result)
    response = agent.post("/customers", json={"name": "一位客户", "phone": "13800138000"})
    assert response.status_code == status
    assert response.get_json() == shapes.customer()


def test_notices_are_read(agent: Browser, services: FakeServices) -> None:
    page = {"items": [shapes.notice()], "unread_count": 1}
    services.answer("notify.list_notices", page)
    services.answer("notify.read_notice", None)
    services.answer("notify.read_all_notices", None)
    assert agent.get("/notices?unread=true&limit=5").get_json() == page
    assert NoticePage().validate(page) == {}
    assert services.calls("notify.list_notices")[0].args == {"unread": True, "limit": 5}
    assert agent.put(f"/notices/{shapes.NOTICE_ID}/read").status_code == 204
    assert services.calls("notify.read_notice")[0].args == {"notice_id": shapes.NOTICE_ID}
    assert agent.put("/notices/read").status_code == 204


def test_failures_are_for_supervisors(
    agent: Browser, supervisor: Browser, services: FakeServices
) -> None:
    services.answer("intake.list_failures", [])
    services.answer("intake.replay_failure", None)
    services.answer("intake.discard_failure", None)
    problem_of(agent.get("/failures/intake"), 403)
    assert supervisor.get("/failures/intake").get_json() == {"items": []}
    assert supervisor.post("/failures/intake/7/replay").status_code == 204
    assert supervisor.delete("/failures/intake/7").status_code == 204
    assert services.calls("intake.discard_failure")[0].args == {"failure_id": 7}
    problem_of(supervisor.get("/failures/nobody"), 404)


def test_people_are_listed_for_who_assigns_and_mentions(
    browser: Browser, agent: Browser, supervisor: Browser
) -> None:
    problem_of(browser.get("/people"), 401)
    assert [one["login"] for one in agent.get("/people?q=CS900").get_json()["items"]] == ["CS900"]
    logins = [person["login"] for person in supervisor.get("/people").get_json()["items"]]
    assert logins == ["CS001", "CS002", "CS900", "TS001"]
    found = supervisor.get("/people?q=主管").get_json()["items"]
    assert [person["login"] for person in found] == ["CS900"]
    assert supervisor.get("/people?q=%25").get_json()["items"] == []
    agents = supervisor.get("/people?role=agent&limit=1").get_json()["items"]
    assert [person["role"] for person in agents] == ["agent"]


def _person_id(supervisor: Browser, login: str) -> str:
    found = supervisor.get(f"/people?q={login}").get_json()["items"]
    person_id: str = found[0]["person_id"]
    return person_id
