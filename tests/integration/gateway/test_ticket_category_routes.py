"""The tree of categories over REST: a move and its place are one command."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of
from tests.support.routes import ask, check_versioned

pytestmark = pytest.mark.services("gateway")

ONE, PARENT, NEXT = (str(uuid4()) for _ in range(3))
PATH = f"/ticket-categories/{ONE}"


def category(**fields: Any) -> dict[str, Any]:
    return {
        "category_id": ONE,
        "parent_id": PARENT,
        "name_zh": "维修",
        "name_en": None,
        "path": [PARENT, ONE],
        "names": {"zh": ["售后", "维修"], "en": ["售后", "维修"]},
        "position": 1,
        "is_active": True,
        "defaults": {},
        "version": 3,
        **fields,
    }


@pytest.mark.parametrize("before_id", [NEXT, None])
def test_a_move_says_before_whom(
    administrator: Browser, services: FakeServices, before_id: str | None
) -> None:
    changes = {"parent_id": PARENT, "before_id": before_id}
    changed = ("PATCH", PATH, changes, "edit_ticket_category", category(version=4))
    args = check_versioned(administrator, services, "ticketing", changed)
    assert args == {"category_id": ONE, "changes": changes, "version": 3}


def test_what_is_no_id_does_not_come_that_far(
    administrator: Browser, services: FakeServices
) -> None:
    answer = ask(administrator, "PATCH", PATH, {"before_id": "x"}, **{"If-Match": '"3"'})
    assert list(problem_of(answer, 422)["errors"]) == ["before_id"]
    assert services.calls("ticketing.edit_ticket_category") == []
