"""Search: what is asked is passed on, what is wrong is named."""

import pytest

from gateway.schemas.ticket_search import FoundTicketPage
from tests.support import shapes
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")


def test_words_and_filters_are_passed_on(agent: Browser, services: FakeServices) -> None:
    segments = [{"text": "冰箱", "is_hit": True}, {"text": "不制冷", "is_hit": False}]
    found = shapes.row() | {"snippets": [{"field": "subject", "segments": segments}]}
    total = {"value": 1, "is_exact": True}
    page = {"items": [found], "next_cursor": None, "total": total}
    services.answer("ticketing.search_tickets", page)
    response = agent.get("/ticket-search?q=冰箱 -空调&status=assigned&limit=5&cursor=c")
    assert response.get_json() == page
    assert FoundTicketPage().validate(page) == {}
    assert services.calls("ticketing.search_tickets")[0].args == {
        "q": "冰箱 -空调",
        "filters": {"status": ["assigned"]},
        "sort": "relevance",
        "limit": 5,
        "cursor": "c",
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [("", "q"), ("q=", "q"), (f"q={'x' * 201}", "q"), ("q=x&sort=age", "sort")],
)
def test_what_is_wrong_is_named(agent: Browser, query: str, field: str) -> None:
    problem = problem_of(agent.get(f"/ticket-search?{query}"), 422)
    assert field in problem["errors"]
