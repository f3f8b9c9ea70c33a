"""The local mailbox as a process: takes, shows, keeps, answers."""

import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from libs.common.supervisor.ports import free_port
from libs.common.testing.eventually import eventually
from services.notify.domain.headers import Mailbox
from services.notify.domain.mail import Attachment, write_mail
from services.notify.mailbox.store import MailStore
from tests.support.smtp_sink import SmtpSink
from tests.unit.notify.test_mail import LETTER

ROOT = Path(__file__).parents[3]


class RunningMailbox:
    """The process, its page and its SMTP port."""

    def __init__(self, directory: Path, answers_port: int) -> None:
        self.smtp_port, self.page_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.page_port}"
        self._env = {
            **os.environ,
            "MAILBOX_SMTP_PORT": str(self.smtp_port),
            "MAILBOX_PORT": str(self.page_port),
            "MAILBOX_DIR": str(directory),
            "SMTP_IN_PORT": str(answers_port),
        }
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "services.notify.mailbox"],
            env=self._env,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        eventually(self._answers, trouble=(requests.ConnectionError, OSError))

    def _answers(self) -> bool:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, local_hostname="test") as smtp:
            smtp.noop()
        return self.get("/").ok

    def stop(self) -> int:
        self._process.terminate()
        return self._process.wait(10)

    def deliver(self, to: str = "han@example.com", raw: bytes | None = None) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, local_hostname="test") as smtp:
            smtp.sendmail("support@tidedesk.local", [to], mail_to(to) if raw is None else raw)

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(self.url + path, timeout=10, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return requests.post(self.url + path, timeout=10, **options)

    def mails(self, **query: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get("/api/messages", params=query).json()["items"]
        return items


def mail_to(address: str) -> bytes:
    file = Attachment("k", "照片.jpg", "image/jpeg", 3)
    letter = {**LETTER.__dict__, "recipient": Mailbox("韩梅梅", address), "attachments": (file,)}
    return b"".join(write_mail(type(LETTER)(**letter), lambda key: (piece for piece in [b"jpg"])))


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmtpSink]:
    with SmtpSink(tmp_path_factory.mktemp("listener")) as sink:
        yield sink


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, listener: SmtpSink
) -> Iterator[RunningMailbox]:
    mailbox = RunningMailbox(tmp_path_factory.mktemp("mailbox"), listener.port)
    yield mailbox
    assert mailbox.stop() == 0


@pytest.fixture
def mailbox(running: RunningMailbox, listener: SmtpSink) -> RunningMailbox:
    listener.forget()
    requests.delete(f"{running.url}/api/messages", timeout=10)
    return running


def test_mails_are_listed_newest_first_and_found_by_recipient(mailbox: RunningMailbox) -> None:
    for address in ("han@example.com", "li@example.com", "zhan@example.com"):
        mailbox.deliver(address)
    assert [mail["to"] for mail in mailbox.mails()] == [
        ["zhan@example.com"],
        ["li@example.com"],
        ["han@example.com"],
    ]
    assert [mail["to"] for mail in mailbox.mails(to="HAN@example.com")] == [["han@example.com"]]
    assert len(mailbox.mails(to="han")) == 2
    assert len(mailbox.mails(limit=1)) == 1


def test_a_mail_is_kept_as_it_came(mailbox: RunningMailbox) -> None:
    mailbox.deliver()
    (mail,) = mailbox.mails()
    assert mailbox.get(f"/api/messages/{mail['id']}/raw").content == mail_to("han@example.com")
    assert mail["subject"] == LETTER.subject
    assert mail["message_id"] == LETTER.message_id
    assert mail["from"] == "support@tidedesk.local"


def test_a_mail_is_taken_apart(mailbox: RunningMailbox) -> None:
    mailbox.deliver()
    mail_id = mailbox.mails()[0]["id"]
    mail = mailbox.get(f"/api/messages/{mail_id}").json()
    assert "已为您补发" in mail["text"]
    assert ["To", "韩梅梅 <han@example.com>"] in mail["headers"]
    (file,) = mail["attachments"]
    assert file["name"] == "照片.jpg"
    assert mailbox.get(f"/api/messages/{mail_id}/attachments/0").content == b"jpg"
    assert mailbox.get(f"/api/messages/{mail_id}/attachments/1").status_code == 404


def test_the_pages_show_mails_without_letting_them_act(mailbox: RunningMailbox) -> None:
    head = b"Subject: <script>x()</script>\r\nTo: a@b.c\r\nContent-Type: text/html\r\n\r\n"
    mailbox.deliver("a@b.c", head + b"<script>y()</script>")
    mail_id = mailbox.mails()[0]["id"]
    for page in ("/", f"/messages/{mail_id}"):
        shown = mailbox.get(page)
        assert "&lt;script&gt;" in shown.text
        assert "<script>" not in shown.text
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    html = mailbox.get(f"/messages/{mail_id}/html")
    assert html.headers["Content-Security-Policy"].startswith("sandbox;")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe not a mail",
        b"Content-Type: text/plain; charset=no-such\r\n\r\n\xe4\xbd\xa0",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: image/png\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\nnothing",
        b"Subject: =?utf-8?b?broken\r\nTo: @@@\r\nDate: never\r\nMessage-ID: <\r\n\r\n",
    ],
)
def test_a_damaged_mail_is_shown_as_far_as_it_goes(mailbox: RunningMailbox, raw: bytes) -> None:
    mailbox.deliver(raw=raw)
    mail_id = mailbox.mails()[0]["id"]
    for path in ("/", f"/messages/{mail_id}", f"/api/messages/{mail_id}"):
        assert mailbox.get(path).status_code == 200


def test_an_answer_is_a_customers_reply_to_our_listener(
    mailbox: RunningMailbox, listener: SmtpSink
) -> None:
    mailbox.deliver()
    mail_id = mailbox.mails()[0]["id"]
    answer = mailbox.post(f"/api/messages/{mail_id}/reply", json={"text": "谢谢，收到了！"})
    assert answer.status_code == 202
    (sent,) = listener.mails()
    assert (sent.sender, sent.recipient) == ("han@example.com", "support@tidedesk.local")
    assert str(sent.message["From"]) == "韩梅梅 <han@example.com>"
    assert sent.message["Subject"] == f"Re: {LETTER.subject}"
    assert sent.message["In-Reply-To"] == LETTER.message_id
    assert sent.message["References"] == LETTER.message_id
    lines = sent.text().splitlines()
    assert lines[0] == "谢谢，收到了！"
    assert "> 已为您补发😀。" in lines


def test_the_form_answers_too_and_says_so(mailbox: RunningMailbox, listener: SmtpSink) -> None:
    mailbox.deliver()
    mail_id = mailbox.mails()[0]["id"]
    page = mailbox.post(f"/messages/{mail_id}/reply", data={"text": "好的"})
    assert "已送达客服系统" in page.text
    assert listener.mails()[0].text().startswith("好的")


def test_an_answer_that_the_listener_refuses_is_told(
    mailbox: RunningMailbox, listener: SmtpSink
) -> None:
    mailbox.deliver()
    listener.behave("refuse")
    mail_id = mailbox.mails()[0]["id"]
    answer = mailbox.post(f"/api/messages/{mail_id}/reply", json={"text": "在吗"})
    assert answer.status_code == 502
    assert "no such user" in answer.json()["detail"]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"text": " "}', b'{"text": 1}', b"{"])
def test_an_answer_without_text_is_refused(mailbox: RunningMailbox, body: bytes) -> None:
    mailbox.deliver()
    mail_id = mailbox.mails()[0]["id"]
    answer = mailbox.post(f"/api/messages/{mail_id}/reply", data=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["text"])


def test_other_sites_cannot_use_the_mailbox(mailbox: RunningMailbox) -> None:
    mailbox.deliver()
    mail_id = mailbox.mails()[0]["id"]
    foreign = {"Origin": "https://evil.example"}
    refused = mailbox.post(f"/api/messages/{mail_id}/reply", json={"text": "x"}, headers=foreign)
    assert refused.status_code == 403
    assert mailbox.get("/api/messages", headers={"Host": "evil.example:80"}).status_code == 421


@pytest.mark.parametrize("path", ["/nothing", f"/messages/{'0' * 32}", "/api/messages/../../etc"])
def test_what_is_not_there_is_not_found(mailbox: RunningMailbox, path: str) -> None:
    assert mailbox.get(path).status_code == 404


def test_mails_survive_a_restart(mailbox: RunningMailbox) -> None:
    mailbox.deliver()
    before = mailbox.mails()
    assert mailbox.stop() == 0
    mailbox.start()
    assert mailbox.mails() == before


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    store = MailStore(tmp_path, kept=3)
    added = [store.add("a@b.c", ["d@e.f"], b"Subject: x\r\n\r\n") for _ in range(5)]
    assert store.newest() == added[:1:-1]
    assert len(list(tmp_path.iterdir())) == 6
    assert MailStore(tmp_path, kept=3).newest() == store.newest()
