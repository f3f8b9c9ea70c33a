"""Reviews as a file."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from libs.common.actor import Actor
from libs.common.errors import Unavailable
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")


def row(serial: int, **changes: Any) -> dict[str, Any]:
    """A review as ticketing lists it."""
    person = {"person_id": str(uuid4()), "name": "李雷"}
    return {
        "review_id": str(uuid4()),
        "ticket": {"number": f"G20261101{serial:03}", "subject": "发票"},
        "handler": person,
        "group": {"group_id": str(uuid4()), "name": "一组"},
        "sheet": {"sheet_id": str(uuid4()), "number": 1, "name": "通用评分表"},
        "reviewer": None,
        "reviewer_group": {"group_id": str(uuid4()), "name": "质检组"},
        "state": "changed",
        "total": 85,
        "first_total": 60,
        "is_passed": True,
        "drawn_at": "2026-11-01T16:30:00Z",
        "scored_at": "2026-11-02T01:00:00Z",
        "confirmed_at": None,
    } | changes


def reviews(services: FakeServices, count: int, **changes: Any) -> None:
    """So many, in pages of as many as are asked for."""
    rows = [row(serial, **changes) for serial in range(1, count + 1)]

    def page(args: dict[str, Any], _actor: Actor) -> dict[str, Any]:
        start = int(args["cursor"] or 0)
        end = start + args["limit"]
        return {"items": rows[start:end], "next_cursor": str(end) if end < count else None}

    services.answer("ticketing.list_quality_reviews", page)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_all_that_fits_comes_out_once(supervisor: Browser, services: FakeServices) -> None:
    reviews(services, 230)
    answer = supervisor.get("/quality-export?state=changed,confirmed&least=60")
    rows = read(answer.data)
    assert [one["工单编号"] for one in rows] == [f"G20261101{n:03}" for n in range(1, 231)]
    assert rows[0] == {
        **{"工单编号": "G20261101001", "被检人": "李雷", "小组": "一组", "评分表": "通用评分表"},
        **{"质检员": "质检组", "状态": "已改分", "得分": "85", "申诉前得分": "60", "合格": "是"},
        # By the clock of the business.
        **{"抽取时间": "2026-11-02 00:30", "评分时间": "2026-11-02 09:00", "确认时间": ""},
    }
    calls = services.calls("ticketing.list_quality_reviews")
    assert [call.args["cursor"] for call in calls] == [None, "100", "200"]
    assert calls[0].args["filters"] == {"state": ["changed", "confirmed"], "least": 60}
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_workbook_has_the_same_rows(supervisor: Browser, services: FakeServices) -> None:
    reviews(services, 120, state="waiting", total=None, first_total=None, is_passed=None)
    answer = supervisor.get("/quality-export?format=xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert sheet.max_row == 121
    assert [sheet.cell(2, at).value for at in (1, 6, 7, 9)] == (
        ["G20261101001", "待质检", None, None]
    )


def test_names_are_no_formulas(supervisor: Browser, services: FakeServices) -> None:
    reviews(services, 1, handler={"person_id": str(uuid4()), "name": "=HYPERLINK(1)"})
    [one] = read(supervisor.get("/quality-export").data)
    assert one["被检人"] == "'=HYPERLINK(1)"


def test_what_is_wrong_is_told_before_the_file_begins(
    supervisor: Browser, services: FakeServices
) -> None:
    def away(_args: dict[str, Any], _actor: Actor) -> None:
        raise Unavailable("service.unavailable", "away")

    services.answer("ticketing.list_quality_reviews", away)
    problem_of(supervisor.get("/quality-export"), 503)
    for query in ("format=pdf", "limit=5", "cursor=x", "handler_id=x"):
        problem_of(supervisor.get(f"/quality-export?{query}"), 422)


def test_agents_take_nothing_away(agent: Browser) -> None:
    problem_of(agent.get("/quality-export"), 403)
