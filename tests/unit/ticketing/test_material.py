"""Links by which customers send documents: what is taken, how often, how long."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.errors import Conflict, Gone, InvalidInput, Unsupported
from services.ticketing.domain.material import MaterialRequest, check_kind, check_wanted
from tests.unit.ticketing.making import NOON


def link(**fields: Any) -> MaterialRequest:
    known = {
        "request_id": uuid4(),
        "ticket_id": uuid4(),
        "token_hash": b"",
        "kinds": ["image"],
        "max_files": 2,
        "requester_id": uuid4(),
        "requester_name": "李雷",
        "created_at": NOON,
        "expires_at": NOON + timedelta(days=7),
    }
    return MaterialRequest(**known | fields)


def test_a_link_takes_files_for_a_while_and_is_good_for_one_submission():
    one = link()
    one.take_upload("image/png", NOON)
    one.receive(1, NOON)
    assert one.state_at(NOON) == "received"
    for late in (
        lambda: one.take_upload("image/png", NOON),
        lambda: one.receive(1, NOON),
        lambda: link().take_upload("image/png", NOON + timedelta(days=7)),
        lambda: link(state="revoked").receive(1, NOON),
    ):
        with pytest.raises(Gone):
            late()


def test_uploads_are_counted():
    one = link()
    for _ in range(6):
        one.take_upload("image/jpeg", NOON)
    with pytest.raises(InvalidInput) as refused:
        one.take_upload("image/jpeg", NOON)
    assert refused.value.code == "material.too_many"


@pytest.mark.parametrize("files", [0, 3])
def test_a_submission_has_some_files_and_not_too_many(files: int):
    with pytest.raises(InvalidInput):
        link().receive(files, NOON)


def test_only_kinds_that_were_asked_for_are_taken():
    check_kind(["image", "pdf"], "application/pdf")
    with pytest.raises(Unsupported):
        check_kind(["image", "pdf"], "text/html")
    with pytest.raises(Unsupported):
        check_kind(["document"], "image/svg+xml")


def test_what_has_ended_is_not_closed_again():
    one = link()
    one.revoke(NOON)
    with pytest.raises(Conflict):
        one.revoke(NOON)


@pytest.mark.parametrize(
    ("kinds", "files", "days", "field"),
    [
        ([], 1, 1, "kinds"),
        (["exe"], 1, 1, "kinds"),
        (["pdf"], 0, 1, "max_files"),
        (["pdf"], 11, 1, "max_files"),
        (["pdf"], 1, 0, "days"),
        (["pdf"], 1, 31, "days"),
    ],
)
def test_what_cannot_be_asked_for_is_named(kinds: list[str], files: int, days: int, field: str):
    with pytest.raises(InvalidInput) as refused:
        check_wanted(kinds, files, days)
    assert field in refused.value.details["errors"]
