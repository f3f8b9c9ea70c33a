"""Mail from a mail server's pipe."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.testing.eventually import eventually
from services.intake.service.channels import MAX_MAIL
from services.intake.use_cases.accept_message import mail_id
from tests.integration.intake.desk import ADAPTER_KEY, FORM_KEY, SUPPORT, Desk, body_of
from tests.unit.intake.mails import plain


def test_a_mail_is_accepted_with_a_receipt(desk: Desk) -> None:
    answer = desk.send_mail(plain(Message_ID=f"<{uuid4()}@example.com>"))
    assert answer.status_code == 202
    assert answer.json["number"] is None
    assert desk.receipt(answer.json["receipt_id"])["state"] == "accepted"


@pytest.mark.parametrize("account", [SUPPORT, "Support@TideDesk.local"])
def test_an_account_is_named_by_its_address(desk: Desk, account: str) -> None:
    assert desk.send_mail(plain(), account=account).status_code == 202


def test_an_account_is_named_by_its_id(desk: Desk) -> None:
    account = desk.scalar("SELECT account_id FROM channel_accounts WHERE channel = 'mail'")
    assert desk.send_mail(plain(), account=str(account)).status_code == 202


def test_the_same_mail_gets_the_same_receipt(desk: Desk) -> None:
    message_id = f"<{uuid4()}@example.com>"
    first = desk.send_mail(plain(Message_ID=message_id))
    # On its second way it may have passed other servers.
    again = desk.send_mail(b"Received: by mx2\r\n" + plain(Message_ID=message_id))
    assert again.json == first.json


def test_a_mail_without_an_id_is_known_by_its_bytes(desk: Desk) -> None:
    raw = b"From: a@example.com\r\nSubject: x\r\n\r\n" + uuid4().hex.encode()
    assert desk.send_mail(raw).json == desk.send_mail(raw).json
    assert desk.send_mail(raw + b"!").json != desk.send_mail(raw).json


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"Message-ID: <a@b>\r\n", "<a@b>"),
        (b"message-id:\r\n <a@b>\r\n", "<a@b>"),
        (b"Subject: x\nMessage-Id:   <a@b> \n", "<a@b>"),
        (b"Message-ID: <" + b"a" * 300 + b"@b>\r\n", None),
        (b"Message-ID: =?utf-8?q?=3Ca=40b=3E?=\r\n", "<a@b>"),
        (b"Message-ID: \xff\r\n", None),
        (b"Message-ID: <a\0@b>\r\n", None),
        (b"X-Message-ID: <a@b>\r\n", None),
        (b"Subject: x\r\n\r\nMessage-ID: <a@b>\r\n", None),
    ],
)
def test_the_id_of_a_mail(head: bytes, expected: str | None) -> None:
    found = mail_id(head + b"\r\nbody")
    assert found == expected or (expected is None and found.startswith("sha256:"))


@pytest.mark.parametrize("key", ["wrong", FORM_KEY, "", ADAPTER_KEY + "x", "钥匙"])
def test_a_wrong_adapter_key_is_401(desk: Desk, key: str) -> None:
    answer = desk.send_mail(plain(), key=key.encode().decode("latin-1"))
    assert (answer.status_code, body_of(answer)["code"]) == (401, "adapter_key.invalid")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_unknown_account_looks_like_a_wrong_key(desk: Desk) -> None:
    assert desk.send_mail(plain(), account="sales@tidedesk.local").status_code == 401


@pytest.mark.parametrize("body", [b"", b" \r\n\r\n"])
def test_an_empty_mail_is_refused(desk: Desk, body: bytes) -> None:
    answer = desk.send_mail(body)
    assert answer.status_code == 422
    assert "body" in body_of(answer)["errors"]


def test_an_oversize_mail_is_refused(desk: Desk) -> None:
    answer = desk.send_mail(plain() + b"x" * MAX_MAIL)
    assert (answer.status_code, body_of(answer)["code"]) == (413, "body.too_large")


@pytest.mark.parametrize("body", [b"\0", b"hello", bytes(range(256)) * 9, b"=?" * 9000, b"\r\nx"])
def test_whatever_else_it_is_it_is_accepted_and_becomes_a_ticket(desk: Desk, body: bytes) -> None:
    received = desk.mail(body)
    assert received["opens"]
    assert received["text"]


def test_an_inactive_account_takes_nothing(desk: Desk) -> None:
    desk.open_mailbox("old@tidedesk.local")
    close = text("UPDATE channel_accounts SET is_active = false WHERE address LIKE 'old@%'")
    with desk.database.engine.begin() as connection:
        connection.execute(close)
    eventually(lambda: desk.send_mail(plain(), account="old@tidedesk.local").status_code == 401)
