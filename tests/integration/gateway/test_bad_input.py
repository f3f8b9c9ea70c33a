"""Bad input gets a 4xx that names what is wrong, and reaches no service."""

import re

import pytest

from tests.support import shapes
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

REPLIES = f"/tickets/{shapes.NUMBER}/replies"
JSON = "application/json"


@pytest.mark.parametrize(
    ("body", "line", "column"),
    [
        ('{"text": "好"', 1, 13),
        ('{\n "text": tru\n}', 2, 10),
        ("", 1, 1),
        ('{"text": NaN}', 1, 10),
        ("{'text': 1}", 1, 2),
        ('{"text": "\\ud800"}', 1, 11),
        ("[" * 3000, 1, 1025),
    ],
)
def test_malformed_json_is_refused_with_its_place(
    agent: Browser, services: FakeServices, body: str, line: int, column: int
) -> None:
    problem = problem_of(agent.post(REPLIES, data=body, content_type=JSON), 400)
    assert problem["code"] == "json.malformed"
    assert problem["line"] == line
    assert abs(problem["column"] - column) <= 2, problem
    assert re.search(r"line \d+, column \d+", problem["detail"])
    assert services.asked == []


def test_bytes_that_are_no_text_are_malformed(agent: Browser) -> None:
    response = agent.post(REPLIES, data=b'{"text": "\xff\xfe"}', content_type=JSON)
    assert problem_of(response, 400)["code"] == "json.malformed"


@pytest.mark.parametrize("body", ["[]", '"text"', "7", "null"])
def test_json_that_is_no_object_is_refused(agent: Browser, body: str) -> None:
    problem = problem_of(agent.post(REPLIES, data=body, content_type=JSON), 422)
    assert list(problem["errors"]) == ["body"]


def test_unknown_fields_are_named(agent: Browser, services: FakeServices) -> None:
    problem = problem_of(agent.post(REPLIES, json={"text": "好", "colour": "red", "x": 1}), 422)
    assert problem["code"] == "input.invalid"
    assert set(problem["errors"]) == {"colour", "x"}
    assert services.asked == []


def test_wrong_members_of_lists_are_named_by_their_place(agent: Browser) -> None:
    body = {"text": "好", "attachment_ids": [shapes.ATTACHMENT_ID, "7"]}
    problem = problem_of(agent.post(REPLIES, json=body), 422)
    assert list(problem["errors"]) == ["attachment_ids.1"]


def test_unknown_filters_are_named(agent: Browser) -> None:
    problem = problem_of(agent.get("/tickets?colour=red&limit=0"), 422)
    assert set(problem["errors"]) == {"colour", "limit"}


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_media_types_are_not_taken(agent: Browser, media_type: str) -> None:
    response = agent.post(REPLIES, data='{"text": "好"}', content_type=media_type or None)
    assert problem_of(response, 415)["code"] == "media_type.unsupported"


def test_a_missing_body_lacks_its_fields(agent: Browser) -> None:
    problem = problem_of(agent.post(REPLIES), 422)
    assert list(problem["errors"]) == ["text"]


def test_a_body_over_its_limit_is_refused(agent: Browser, services: FakeServices) -> None:
    body = {"text": "好", "more": "x" * 300_000}
    assert problem_of(agent.post(REPLIES, json=body), 413)["code"] == "body.too_large"
    assert services.asked == []


@pytest.mark.parametrize(
    "path", ["/attachments/7", "/customers/7", "/tickets//", "/failures/intake/x/replay"]
)
def test_what_cannot_be_an_id_is_not_found(agent: Browser, path: str) -> None:
    problem_of(agent.get(path), 404)


@pytest.mark.parametrize("path", ["/tickets?q=%00", "/tickets?cursor=%00", "/customers?q=%00"])
def test_what_the_database_cannot_hold_is_refused(agent: Browser, path: str) -> None:
    problem_of(agent.get(path), 422)


def test_a_nul_in_a_login_is_refused(browser: Browser) -> None:
    problem = problem_of(browser.log_in("CS\0001"), 422)
    assert list(problem["errors"]) == ["login"]


def test_a_long_answer_of_nonsense_stays_a_problem(agent: Browser) -> None:
    wrong = {f"field_{number}": number for number in range(2_000)}
    problem = problem_of(agent.post(REPLIES, json={"text": "好", **wrong}), 422)
    assert len(problem["errors"]) == 2_000
