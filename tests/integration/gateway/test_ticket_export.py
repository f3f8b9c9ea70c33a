"""A list of tickets as a file."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from gateway import sheets
from libs.common.actor import Actor
from libs.common.errors import Unavailable
from tests.support import shapes
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

STATUSES = {
    "items": [
        {
            "key": "in_progress",
            "category": "open",
            "label": {"zh": "处理中", "en": "In progress"},
            "customer_text": {"zh": "", "en": ""},
            "position": 3,
        }
    ]
}


def tickets(services: FakeServices, count: int, **changes: Any) -> None:
    """So many, in pages of as many as are asked for."""
    rows = [shapes.row(number=f"G20261101{serial:03}", **changes) for serial in range(1, count + 1)]

    def page(args: dict[str, Any], _actor: Actor) -> dict[str, Any]:
        start = int(args["cursor"] or 0)
        end = start + args["limit"]
        return {"items": rows[start:end], "next_cursor": str(end) if end < count else None}

    services.answer("ticketing.list_tickets", page)
    services.answer("ticketing.list_statuses", STATUSES)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_list_comes_out_whole_and_once(supervisor: Browser, services: FakeServices) -> None:
    tickets(services, 250)
    answer = supervisor.get("/ticket-export?view=open&urgency=urgent,critical&sort=number")
    rows = read(answer.data)
    assert [row["工单编号"] for row in rows] == [f"G20261101{one:03}" for one in range(1, 251)]
    calls = services.calls("ticketing.list_tickets")
    assert [call.args["cursor"] for call in calls] == [None, "100", "200"]
    assert calls[0].args["filters"] == {"view": "open", "urgency": ["urgent", "critical"]}
    assert {call.args["sort"] for call in calls} == {"number"}
    assert "attachment" in answer.headers["Content-Disposition"]


def test_what_customers_write_is_no_formula(supervisor: Browser, services: FakeServices) -> None:
    tickets(services, 1, subject="=HYPERLINK(1)", status="in_progress")
    [row] = read(supervisor.get("/ticket-export").data)
    assert (row["主题"], row["状态"]) == ("'=HYPERLINK(1)", "处理中")


def test_a_workbook_has_the_same_rows(supervisor: Browser, services: FakeServices) -> None:
    tickets(services, 120)
    answer = supervisor.get("/ticket-export?format=xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert sheet.max_row == 121
    assert sheet.cell(1, 1).value == "工单编号"


def test_what_is_wrong_is_told_before_the_file_begins(
    supervisor: Browser, services: FakeServices
) -> None:
    def away(_args: dict[str, Any], _actor: Actor) -> None:
        raise Unavailable("service.unavailable", "away")

    tickets(services, 1)
    services.answer("ticketing.list_tickets", away)
    problem_of(supervisor.get("/ticket-export"), 503)
    for query in ("sort=updated_at", "format=pdf", "limit=5", "cursor=x"):
        problem_of(supervisor.get(f"/ticket-export?{query}"), 422)


def test_agents_take_nothing_away(agent: Browser) -> None:
    problem_of(agent.get("/ticket-export"), 403)


def test_taking_many_is_alarming(
    supervisor: Browser, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[str] = []
    monkeypatch.setattr(sheets, "MASS_EXPORT_ROWS", 100)
    monkeypatch.setattr(sheets, "raise_alert", lambda _uow, kind, **_: raised.append(kind))
    tickets(services, 250)
    supervisor.get("/ticket-export")
    assert raised == ["mass_export"]
