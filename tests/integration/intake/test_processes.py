"""Killed at their worst moments, intake's processes lose nothing and do nothing twice."""

import smtplib
from uuid import uuid4

import pytest
import requests

from libs.common.testing.eventually import eventually
from tests.integration.intake.desk import ADAPTER_KEY, SUPPORT
from tests.integration.intake.outside import LIMIT, Outside
from tests.unit.intake.mails import plain

pytestmark = pytest.mark.services("intake")


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
        with smtplib.SMTP("127.0.0.1", outside.smtp_port, timeout=LIMIT) as smtp:
            smtp.sendmail("ann@example.com", [SUPPORT], plain(Message_ID=name))
        return True

    with pytest.raises(smtplib.SMTPServerDisconnected):
        deliver()
    eventually(deliver, timeout=60, trouble=(OSError, smtplib.SMTPException))
    eventually(lambda: outside.is_filed(name))
    assert outside.messages(name) == 1


def test_a_mail_piped_in_is_filed(outside: Outside) -> None:
    name = f"<{uuid4()}@example.com>"
    answer = requests.post(
        f"{outside.door}/channels/mail/{SUPPORT}",
        data=plain(Message_ID=name),
        headers={"Authorization": f"Bearer {ADAPTER_KEY}"},
        timeout=LIMIT,
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
