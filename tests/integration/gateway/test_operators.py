"""What operators see of messages at the door, and what they may do about them."""

from typing import Any

import pytest

from gateway.schemas.receipt import ReceiptPage
from libs.common.actor import Actor
from libs.common.errors import Conflict, NotFound
from tests.support import shapes
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

REFILING = f"/receipts/{shapes.RECEIPT_ID}/refiling"


def raising(error: Exception) -> Any:
    def method(_args: dict[str, Any], _actor: Actor) -> None:
        raise error

    return method


def test_receipts_are_for_supervisors(
    browser: Browser, agent: Browser, services: FakeServices
) -> None:
    for path, ask in (("/receipts", "GET"), (REFILING, "POST")):
        problem_of(browser.send(ask, path), 401)
        problem = problem_of(agent.send(ask, path), 403)
        assert problem["code"] == "permission.missing"
    assert services.asked == []


def test_failed_receipts_are_listed_unless_asked_otherwise(
    supervisor: Browser, services: FakeServices
) -> None:
    page = {"items": [shapes.receipt()], "next_cursor": None}
    services.answer("intake.list_receipts", page)
    assert supervisor.get("/receipts").get_json() == page
    assert ReceiptPage().validate(page) == {}
    asked = services.calls("intake.list_receipts")[0]
    assert asked.args == {"state": "failed", "limit": 100}
    assert asked.actor.may("receipt.list")


@pytest.mark.parametrize("state", ["accepted", "filed", "ignored", "failed"])
def test_receipts_of_every_state_are_listed_page_by_page(
    supervisor: Browser, services: FakeServices, state: str
) -> None:
    services.answer("intake.list_receipts", {"items": [], "next_cursor": None})
    assert supervisor.get(f"/receipts?state={state}&limit=5&cursor=c").status_code == 200
    expected = {"state": state, "limit": 5, "cursor": "c"}
    assert services.calls("intake.list_receipts")[0].args == expected


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ("state=lost", "state"),
        ("state=", "state"),
        ("limit=201", "limit"),
        ("limit=0", "limit"),
        ("cursor=%00", "cursor"),
        ("account=1", "account"),
    ],
)
def test_wrong_filters_are_named(
    supervisor: Browser, services: FakeServices, wanted: str, field: str
) -> None:
    problem = problem_of(supervisor.get(f"/receipts?{wanted}"), 422)
    assert list(problem["errors"]) == [field]
    assert services.asked == []


def test_a_failed_message_is_tried_again_once_per_key(
    supervisor: Browser, services: FakeServices
) -> None:
    services.answer("intake.refile_receipt", None)
    key = {"Idempotency-Key": "refile-0001"}
    for _ in range(2):
        assert supervisor.post(REFILING, headers=key).status_code == 204
    (asked,) = services.calls("intake.refile_receipt")
    assert (asked.command_id, asked.args) == ("refile-0001", {"receipt_id": shapes.RECEIPT_ID})
    other = f"/receipts/{shapes.TICKET_ID}/refiling"
    problem = problem_of(supervisor.post(other, headers=key), 409)
    assert problem["code"] == "command.id_reused"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("receipt.unknown", "there is none"), 404),
        (Conflict("receipt.not_failed", "it is filed"), 409),
    ],
)
def test_what_has_not_failed_is_not_tried_again(
    supervisor: Browser, services: FakeServices, error: Any, status: int
) -> None:
    services.answer("intake.refile_receipt", raising(error))
    assert problem_of(supervisor.post(REFILING), status)["code"] == error.code


@pytest.mark.parametrize("receipt_id", ["7", "..", "%00"])
def test_what_cannot_be_a_receipt_is_asked_of_nobody(
    supervisor: Browser, services: FakeServices, receipt_id: str
) -> None:
    problem_of(supervisor.post(f"/receipts/{receipt_id}/refiling"), 404)
    assert services.asked == []
