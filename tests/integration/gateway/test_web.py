"""The gateway's real process with real services behind it, over HTTP."""

import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from gateway.schemas.customer import Customer
from gateway.schemas.entry import Attachment, Entry, TimelinePage
from gateway.schemas.notice import NoticePage
from gateway.schemas.status import StatusPage
from gateway.schemas.ticket import Ticket, TicketCounts, TicketPage
from gateway.seed import seed_staff
from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.support.gateway import PASSWORD

SERVICES = ("ticketing.rpc", "intake.rpc", "notify.rpc")
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\0" * 100


class App:
    """A client with a bearer token."""

    def __init__(self, base: str, login: str) -> None:
        self._base = base
        self._session = requests.Session()
        person = {"login": login, "password": PASSWORD}
        self.token: str = self.ask("POST", "/tokens", person)["token"]
        self._session.headers["Authorization"] = f"Bearer {self.token}"

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        return self._session.request(method, self._base + path, json=body, timeout=30, **more)

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The answer, which must be good."""
        response = self.send(method, path, body, **more)
        assert response.status_code < 300, response.text
        return response.json() if response.content else None


@pytest.fixture(scope="module", autouse=True)
def _running(installation: dict[str, str], processes: Processes) -> None:
    database = Database.connect("gateway", Config.read(installation))
    with database.begin() as uow:
        seed_staff(uow, {"agent": PASSWORD, "supervisor": PASSWORD})
        uow.commit()
    database.close()
    processes.start(*SERVICES, "gateway.web")


@pytest.fixture(scope="module")
def base(installation: dict[str, str]) -> str:
    return f"http://127.0.0.1:{installation['GATEWAY_PORT']}/api/v1"


@pytest.fixture
def agent(base: str) -> Iterator[App]:
    with App(base, "CS001") as app:
        yield app


@pytest.fixture
def supervisor(base: str) -> Iterator[App]:
    with App(base, "CS900") as app:
        yield app


@pytest.fixture
def ticket(agent: App) -> dict[str, Any]:
    """A new one that nobody has taken."""
    known = agent.ask("POST", "/customers", {"name": "一位客户", "phone": "13800138000"})
    body = {"customer_id": known["customer_id"], "subject": "冰箱不制冷", "text": "已两天"}
    made: dict[str, Any] = agent.ask("POST", "/tickets", {**body, "kind": "repair"})
    return made


def test_the_way_to_a_service_and_back_is_open(agent: App) -> None:
    assert agent.ask("GET", "/ping") == {"pong": "ticketing"}


def test_services_answer_in_the_shapes_of_the_contract(agent: App, ticket: dict[str, Any]) -> None:
    path = f"/tickets/{ticket['number']}"
    whole = agent.ask("GET", path)
    customer = agent.ask("GET", f"/customers/{ticket['customer']['customer_id']}")
    assert Ticket().validate(ticket) == {}
    assert Ticket().validate(whole) == {}
    assert "已两天" in [entry["text"] for entry in whole["timeline"]["items"]]
    assert TimelinePage().validate(agent.ask("GET", f"{path}/timeline?limit=1")) == {}
    assert StatusPage().validate(agent.ask("GET", "/statuses")) == {}
    assert TicketPage().validate(agent.ask("GET", "/tickets?view=unassigned&limit=1")) == {}
    assert TicketCounts().validate(agent.ask("GET", "/ticket-counts")) == {}
    assert NoticePage().validate(agent.ask("GET", "/notices")) == {}
    assert Customer().validate(customer) == {}
    assert agent.ask("GET", "/customers?phone=13800138000")["items"] == [customer]


def test_a_ticket_is_worked_on_to_its_end(agent: App, ticket: dict[str, Any]) -> None:
    path = f"/tickets/{ticket['number']}"
    taken = agent.ask("PUT", f"{path}/assignee", {"assignee_id": "me"})
    assert taken["assignee"]["name"] == "客服一号"
    assert agent.ask("POST", f"{path}/acceptance")["status"] == "in_progress"
    note = agent.ask("POST", f"{path}/notes", {"text": "查过保修"})
    reply = agent.ask(
        "POST", f"{path}/replies", {"text": "明天上门", "status": "awaiting_customer"}
    )
    assert Entry().validate(note) == {}
    assert Entry().validate(reply) == {}
    agent.ask("PUT", f"{path}/status", {"status": "in_progress"})
    solved = agent.ask("POST", f"{path}/solution", {"text": "更换压缩机"})
    assert (solved["status"], solved["solution"]) == ("solved", "更换压缩机")
    assert agent.ask("POST", f"{path}/reopening", {"reason": "又不制冷"})["status"] != "solved"


def test_two_people_never_overwrite_each_other(supervisor: App, ticket: dict[str, Any]) -> None:
    path = f"/tickets/{ticket['number']}"
    read = {"If-Match": supervisor.send("GET", path).headers["ETag"]}
    edited = supervisor.ask(
        "PATCH", path, {"urgency": "urgent", "urgency_reason": "停机"}, headers=read
    )
    assert edited["version"] == ticket["version"] + 1
    late = supervisor.send(
        "PATCH", path, {"urgency": "critical", "urgency_reason": "停机"}, headers=read
    )
    assert (late.status_code, late.json()["code"]) == (412, "version.stale")


def test_a_command_is_done_once_whatever_is_repeated(agent: App, ticket: dict[str, Any]) -> None:
    path = f"/tickets/{ticket['number']}"
    agent.ask("PUT", f"{path}/assignee", {"assignee_id": "me"})
    key = {"Idempotency-Key": f"note-{ticket['ticket_id']}"}
    notes = [agent.ask("POST", f"{path}/notes", {"text": "一次"}, headers=key) for _ in range(3)]
    assert notes[0] == notes[1] == notes[2]
    other = agent.send("POST", f"{path}/notes", {"text": "两次"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "command.id_reused")


def test_a_file_travels_with_a_reply(agent: App, ticket: dict[str, Any]) -> None:
    path = f"/tickets/{ticket['number']}"
    agent.ask("PUT", f"{path}/assignee", {"assignee_id": "me"})
    sent = {"file": ("照片.png", PNG, "image/png")}
    uploaded = agent.ask("POST", "/uploads", files=sent)
    assert Attachment().validate(uploaded) == {}
    body = {"text": "见照片", "attachment_ids": [uploaded["attachment_id"]]}
    entry = agent.ask("POST", f"{path}/notes", body)
    assert entry["attachments"] == [uploaded]
    got = agent.send("GET", f"/attachments/{uploaded['attachment_id']}?inline=1")
    assert got.content == PNG
    assert got.headers["Content-Type"] == "image/png"


def test_ids_that_name_nothing_are_not_found(agent: App) -> None:
    unknown = "0192f0c1-0000-7000-8000-000000000009"
    for path in (f"/attachments/{unknown}", f"/customers/{unknown}", "/tickets/G1"):
        refused = agent.send("GET", path)
        assert (refused.status_code, refused.json()["status"]) == (404, 404), path
    assert agent.send("PUT", f"/notices/{unknown}/read").status_code == 404


def test_a_supervisor_sees_what_services_could_not_handle(supervisor: App, agent: App) -> None:
    for service in ("intake", "ticketing", "notify"):
        assert supervisor.ask("GET", f"/failures/{service}") == {"items": []}
    assert supervisor.send("DELETE", "/failures/notify/7").status_code == 404
    assert agent.send("GET", "/failures/notify").status_code == 403


def test_an_oversize_body_is_answered_not_cut_off(agent: App) -> None:
    text = {"customer_id": "x", "text": "x" * 5_000_000}
    assert agent.send("POST", "/tickets", text).status_code == 413
    large = {"file": ("film.bin", b"\1" * 54_000_000)}
    assert agent.send("POST", "/uploads", files=large).status_code == 413


def test_the_log_tells_no_secrets(agent: App, processes: Processes) -> None:
    agent.send("GET", "/customers?email=customer@example.com")
    written = r"GET /api/v1/customers.*\"status\":200"
    eventually(lambda: re.search(written, processes.output()))
    assert "customer@example.com" not in processes.log.read_text()
    assert PASSWORD not in processes.log.read_text()
    assert agent.token not in processes.log.read_text()


def test_a_stuck_service_is_a_503_and_the_key_tells_the_outcome_later(
    agent: App, ticket: dict[str, Any], processes: Processes
) -> None:
    path = f"/tickets/{ticket['number']}/assignee"
    key = {"Idempotency-Key": f"take-{ticket['ticket_id']}"}
    processes.signal("ticketing.rpc", signal.SIGSTOP)
    try:
        began = time.monotonic()
        asked = agent.send("GET", "/statuses")
        told = agent.send("PUT", path, {"assignee_id": "me"}, headers=key)
        assert time.monotonic() - began < 20
    finally:
        processes.signal("ticketing.rpc", signal.SIGCONT)
    assert (asked.status_code, asked.json()["code"]) == (503, "service.unavailable")
    problem = told.json()
    assert (told.status_code, problem["code"]) == (503, "command.timeout")
    assert (problem["outcome"], problem["command_id"]) == ("unknown", key["Idempotency-Key"])
    assert int(told.headers["Retry-After"]) > 0
    repeated = agent.ask("PUT", path, {"assignee_id": "me"}, headers=key)
    assert repeated["assignee"]["name"] == "客服一号"


def test_a_request_under_way_is_answered_before_the_end(
    base: str, agent: App, processes: Processes
) -> None:
    metrics = f"http://127.0.0.1:{processes.health_port('gateway.web')}/metrics"
    processes.signal("ticketing.rpc", signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        try:
            waiting = pool.submit(agent.send, "GET", "/statuses")
            is_under_way = "tidedesk_requests_under_way 1.0"
            eventually(lambda: is_under_way in requests.get(metrics, timeout=5).text)
            processes.signal("gateway.web", signal.SIGTERM)
        finally:
            processes.signal("ticketing.rpc", signal.SIGCONT)
        assert waiting.result(30).status_code == 200
    # The supervisor starts it again.
    eventually(lambda: _answers(base), timeout=60, trouble=(requests.ConnectionError,))


def test_several_workers_share_one_port(
    installation: dict[str, str], base: str, processes: Processes
) -> None:
    processes.stop("gateway.web")
    processes.start("gateway.web", env={"GATEWAY_WORKERS": "2"})
    with App(base, "CS001") as first, App(base, "CS002") as second:
        assert first.ask("GET", "/session")["person"]["login"] == "CS001"
        assert second.ask("GET", "/session")["person"]["login"] == "CS002"


def _answers(base: str) -> bool:
    # A fresh process puts the document together first.
    return requests.get(f"{base}/openapi.json", timeout=30).status_code == 200
