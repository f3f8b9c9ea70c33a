"""What the door says of itself, and whom it remembers to have turned away."""

import logging
from uuid import uuid4

import pytest

from tests.integration.intake.desk import ADAPTER_KEY, FORM_KEY, SUPPORT, Desk

TLS = "https://door.example"


def test_every_answer_is_protected(desk: Desk) -> None:
    for answer in (
        desk.send_form(),
        desk.client.get(f"/channels/receipts/{uuid4()}"),
        desk.client.get("/nothing"),
        desk.client.open(f"/channels/forms/{FORM_KEY}", method="TRACE"),
    ):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_over_tls_clients_are_told_to_stay_there(desk: Desk) -> None:
    answer = desk.client.get(f"/channels/receipts/{uuid4()}", base_url=TLS)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_other_origins_may_send_forms_without_anybody_s_cookie(desk: Desk) -> None:
    """`*` lets no browser send or read what belongs to somebody who is logged in."""
    answer = desk.send_form(headers={"Origin": "https://shop.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    mail = desk.send_mail(b"", key="wrong")
    assert "Access-Control-Allow-Origin" not in mail.headers


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PROPFIND"])
def test_a_method_that_nobody_has_meant_is_refused(desk: Desk, method: str) -> None:
    answer = desk.client.open(f"/channels/forms/{FORM_KEY}", method=method)
    assert answer.status_code == 405


def test_who_is_turned_away_stands_in_the_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "intake.door"):
        assert desk.send_mail(b"", key="guessed").status_code == 401
    (record,) = [one for one in caplog.records if one.name == "intake.door"]
    told = vars(record)
    assert record.levelname == "WARNING"
    assert (told["status"], told["code"], told["address"]) == (
        401,
        "adapter_key.invalid",
        "127.0.0.1",
    )


def test_no_key_stands_in_the_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        desk.send_form(key="a-key-that-was-revoked")
        desk.send_form(description="")
        desk.send_mail(b"")
        desk.send_mail(b"", account=f"not-{SUPPORT}")
    assert caplog.records
    said = "".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    for key in ("a-key-that-was-revoked", FORM_KEY, ADAPTER_KEY):
        assert key not in said


def test_what_is_taken_in_is_no_refusal(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "intake.door"):
        desk.send_form()
    assert not [one for one in caplog.records if one.name == "intake.door"]
