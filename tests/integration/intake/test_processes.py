"""Intake's real processes: killed at their worst moments, nothing is lost and nothing twice."""

import json
import smtplib
import socket
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from sqlalchemy import text

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from services.intake import seed
from services.intake.service.channels import MAX_FORM
from tests.integration.intake.desk import ADAPTER_KEY, FORM_KEY, SUPPORT
from tests.unit.intake.mails import plain

pytestmark = pytest.mark.services("intake")

_LIMIT = 30


class Outside:
    """The running processes as customers meet them, and the database behind them."""

    def __init__(self, installation: dict[str, str], processes: Processes) -> None:
        self.processes = processes
        self.door = f"http://127.0.0.1:{installation['DOOR_PORT']}"
        self.smtp_port = int(installation["SMTP_IN_PORT"])
        self.config = Config.read(installation)
        self.database = Database.connect("intake", self.config)
        keys = {"FORM_KEY": FORM_KEY, "MAIL_ADAPTER_KEY": ADAPTER_KEY}
        seed.seed(self.database, keys, self.config.mail_from)

    def form(self, submission_id: str, **fields: Any) -> requests.Response:
        body = {"name": "王五", "email": f"{submission_id}@example.com", "description": "坏了"}
        return requests.post(
            f"{self.door}/channels/forms/{FORM_KEY}",
            json=body | fields | {"submission_id": submission_id},
            headers={"Prefer": "respond-async"},
            timeout=_LIMIT,
        )

    def insist(self, submission_id: str) -> str:
        """Send until it is accepted."""
        answer = eventually(
            lambda: self.form(submission_id), timeout=60, trouble=(requests.RequestException,)
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["receipt_id"])

    def receipts(self, external_id: str) -> list[tuple[UUID, str]]:
        query = text("SELECT receipt_id, state FROM receipts WHERE external_id = :id")
        with self.database.engine.connect() as connection:
            return [(row[0], row[1]) for row in connection.execute(query, {"id": external_id})]

    def messages(self, external_id: str) -> int:
        query = text(
            "SELECT count(*) FROM messages JOIN receipts USING (receipt_id) WHERE external_id = :id"
        )
        with self.database.engine.connect() as connection:
            return int(connection.execute(query, {"id": external_id}).scalar_one())

    def is_filed(self, external_id: str) -> bool:
        return [state for _, state in self.receipts(external_id)] == ["filed"]


@pytest.fixture(scope="module")
def outside(installation: dict[str, str], processes: Processes) -> Iterator[Outside]:
    made = Outside(installation, processes)
    processes.start(("intake.rpc", "intake.events", "intake.jobs"), "intake.door", "intake.smtp")
    yield made
    made.database.close()


def test_a_form_is_accepted_and_filed(outside: Outside) -> None:
    name = uuid4().hex
    outside.insist(name)
    eventually(lambda: outside.is_filed(name))


@pytest.mark.parametrize("point", ["after_accept_before_commit", "after_accept_commit"])
def test_a_door_that_dies_is_asked_again_and_nothing_is_twice(outside: Outside, point: str) -> None:
    name = uuid4().hex
    outside.processes.arm(point, "intake.door")
    with pytest.raises(requests.RequestException):
        outside.form(name)
    assert len(outside.receipts(name)) == (1 if point == "after_accept_commit" else 0)
    receipt_id = outside.insist(name)
    assert [str(one) for one, _ in outside.receipts(name)] == [receipt_id]
    eventually(lambda: outside.is_filed(name))
    assert outside.messages(name) == 1


@pytest.mark.parametrize("point", ["after_file_before_commit", "after_file_commit"])
def test_a_job_that_dies_files_once(outside: Outside, point: str) -> None:
    name = uuid4().hex
    outside.processes.arm(point, "intake.jobs")
    outside.insist(name)
    eventually(lambda: not outside.processes.is_armed(point, "intake.jobs"))
    eventually(lambda: outside.is_filed(name), timeout=60)
    assert outside.messages(name) == 1


def test_a_listener_that_dies_gets_the_mail_again(outside: Outside) -> None:
    name = f"<{uuid4()}@example.com>"
    outside.processes.arm("after_accept_commit", "intake.smtp")

    def deliver() -> bool:
        with smtplib.SMTP("127.0.0.1", outside.smtp_port, timeout=_LIMIT) as smtp:
            smtp.sendmail("ann@example.com", [SUPPORT], plain(Message_ID=name))
        return True

    with pytest.raises(smtplib.SMTPServerDisconnected):
        deliver()
    eventually(deliver, timeout=60, trouble=(OSError, smtplib.SMTPException))
    eventually(lambda: outside.is_filed(name))
    assert outside.messages(name) == 1


def chunked(outside: Outside, path: str, total: int, headers: str = "") -> tuple[int, bytes]:
    """Send a body without its length; status and body of the answer."""
    address = ("127.0.0.1", int(outside.door.rpartition(":")[2]))
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        f"Content-Type: application/json\r\n{headers}\r\n"
    )
    piece = b" " * 65_536
    with socket.create_connection(address, timeout=_LIMIT) as connection:
        connection.sendall(head.encode())
        try:
            for _ in range(total // len(piece) + 1):
                connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
            connection.sendall(b"0\r\n\r\n")
        except OSError:
            pass  # the door has heard enough
        received = connection.recv(65_536)
    return int(received[9:12]), received.partition(b"\r\n\r\n")[2]


def test_a_body_without_a_length_may_not_be_endless(outside: Outside) -> None:
    status, body = chunked(outside, f"/channels/forms/{FORM_KEY}", MAX_FORM + 65_536)
    assert status == 413
    assert json.loads(body)["code"] == "body.too_large"


def test_a_body_without_a_length_is_read(outside: Outside) -> None:
    status, body = chunked(outside, f"/channels/forms/{FORM_KEY}", 100_000)
    assert (status, json.loads(body)["code"]) == (400, "body.malformed")


def test_a_body_that_is_too_large_is_answered_before_it_is_read(outside: Outside) -> None:
    answer = requests.post(
        f"{outside.door}/channels/forms/{FORM_KEY}",
        data=b" " * (MAX_FORM + 1),
        headers={"Content-Type": "application/json"},
        timeout=_LIMIT,
    )
    assert answer.status_code == 413


def test_a_mail_piped_in_is_filed(outside: Outside) -> None:
    name = f"<{uuid4()}@example.com>"
    answer = requests.post(
        f"{outside.door}/channels/mail/{SUPPORT}",
        data=plain(Message_ID=name),
        headers={"Authorization": f"Bearer {ADAPTER_KEY}"},
        timeout=_LIMIT,
    )
    assert answer.status_code == 202
    eventually(lambda: outside.is_filed(name))


def test_a_large_mail_is_filed_by_the_green_process(outside: Outside) -> None:
    name = uuid4().hex
    outside.form(name, description="很长。" * 4_000, fields={"x": "y" * 1_000})
    attachment = {"name": "a.bin", "media_type": "application/octet-stream"}
    large = uuid4().hex
    outside.form(large, attachments=[attachment | {"content": "AAAA" * 200_000}])
    eventually(lambda: outside.is_filed(name) and outside.is_filed(large))
