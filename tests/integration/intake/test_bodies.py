"""Bodies that are too long, have no length, or break off, at the real server."""

import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
import requests

from services.intake.service.channels import MAX_FORM
from tests.integration.intake.desk import ADAPTER_KEY, FORM_KEY, SUPPORT
from tests.integration.intake.outside import LIMIT, Outside
from tests.unit.intake.mails import plain

pytestmark = pytest.mark.services("intake")


CHUNKED = "Transfer-Encoding: chunked"


def post(outside: Outside, path: str, headers: list[str], pieces: Iterable[bytes]) -> bytes:
    """Send these bytes as a body, then nothing more; everything that is answered."""
    address = ("127.0.0.1", int(outside.door.rpartition(":")[2]))
    head = [f"POST {path} HTTP/1.1", "Host: x", "Connection: close", *headers]
    with socket.create_connection(address, timeout=LIMIT) as connection:
        with suppress(OSError):  # the door may have heard enough
            connection.sendall("\r\n".join([*head, "", ""]).encode())
            for piece in pieces:
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def chunks(total: int) -> Iterator[bytes]:
    piece = b" " * 65_536
    for _ in range(total // len(piece)):
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def post_form(outside: Outside, total: int) -> tuple[int, dict[str, Any]]:
    """Send blanks as a form, without their length."""
    headers = [CHUNKED, "Content-Type: application/json"]
    answer = post(outside, f"/channels/forms/{FORM_KEY}", headers, chunks(total))
    return int(answer[9:12]), json.loads(answer.partition(b"\r\n\r\n")[2])


def test_a_body_without_a_length_may_not_be_endless(outside: Outside) -> None:
    status, problem = post_form(outside, MAX_FORM + 65_536)
    assert (status, problem["code"]) == (413, "body.too_large")


def test_a_body_without_a_length_is_read(outside: Outside) -> None:
    status, problem = post_form(outside, 131_072)
    assert (status, problem["code"]) == (400, "body.malformed")


@pytest.mark.parametrize("way", ["with its length", "in chunks"])
def test_a_mail_that_breaks_off_is_not_taken(outside: Outside, way: str) -> None:
    name = f"<{uuid4()}@example.com>"
    mail = plain(Message_ID=name)
    headers = [f"Authorization: Bearer {ADAPTER_KEY}"]
    if way == "in chunks":
        headers, sent = [*headers, CHUNKED], b"%x\r\n%b\r\n" % (len(mail), mail)
    else:
        headers, sent = [*headers, f"Content-Length: {len(mail) + 1}"], mail
    answer = post(outside, f"/channels/mail/{SUPPORT}", headers, [sent])
    assert not answer.startswith(b"HTTP/1.1 2")
    assert outside.receipts(name) == []
    # Otherwise the whole mail, coming again, would pass for a duplicate.
    whole = requests.post(
        f"{outside.door}/channels/mail/{SUPPORT}",
        data=mail,
        headers={"Authorization": f"Bearer {ADAPTER_KEY}"},
        timeout=LIMIT,
    )
    assert whole.status_code == 202


def test_a_body_that_is_too_large_is_answered_before_it_is_read(outside: Outside) -> None:
    answer = requests.post(
        f"{outside.door}/channels/forms/{FORM_KEY}",
        data=b" " * (MAX_FORM + 1),
        headers={"Content-Type": "application/json"},
        timeout=LIMIT,
    )
    assert answer.status_code == 413
