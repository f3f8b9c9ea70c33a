"""The local mailbox as an SMS provider: takes what is signed, shows it, keeps it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
import requests

from services.notify.clients.sms import HttpSms
from services.notify.domain.messages import Answer, Message, Verdict
from services.notify.domain.sms import SIGNATURE, TIMESTAMP, sign
from services.notify.mailbox.texts import TextStore
from tests.integration.notify.test_mailbox import RunningMailbox

KEY = bytes(range(32))
NUMBER = "+8613800138000"
MESSAGE = UUID("0193b1a0-0000-7000-8000-000000000001")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMailbox]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SMS_KEY", KEY.hex())
        mailbox = RunningMailbox(tmp_path_factory.mktemp("mailbox"), answers_port=9)
    yield mailbox
    assert mailbox.stop() == 0


@pytest.fixture
def mailbox(running: RunningMailbox) -> RunningMailbox:
    requests.delete(f"{running.url}/api/sms", timeout=10)
    return running


def send(mailbox: RunningMailbox, text: str = "验证码 864209", to: str = NUMBER) -> Answer:
    return HttpSms(f"{mailbox.url}/sms", KEY).send(Message(MESSAGE, to, "", text))


def post(mailbox: RunningMailbox, body: bytes, **headers: str) -> requests.Response:
    now = int(time.time())
    signed = {TIMESTAMP: str(now), SIGNATURE: sign(body, now, KEY)}
    return mailbox.post("/sms", data=body, headers=signed | headers)


def texts(mailbox: RunningMailbox, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = mailbox.get("/api/sms", params=query).json()["items"]
    return items


def test_a_signed_text_is_taken_and_listed_newest_first(mailbox: RunningMailbox) -> None:
    for text in ("一", "二"):
        assert send(mailbox, text) == Answer(Verdict.SENT)
    send(mailbox, "三", to="+14155550100")
    assert [one["text"] for one in texts(mailbox)] == ["三", "二", "一"]
    assert [one["text"] for one in texts(mailbox, to=NUMBER, limit=1)] == ["二"]
    (newest, *_) = texts(mailbox)
    assert newest["message_id"] == MESSAGE.hex
    assert mailbox.get(f"/api/sms/{newest['id']}").json() == newest


def test_a_text_with_a_wrong_signature_is_refused(mailbox: RunningMailbox) -> None:
    wrong = HttpSms(f"{mailbox.url}/sms", bytes(32)).send(Message(MESSAGE, NUMBER, "", "x"))
    assert wrong == Answer(Verdict.REFUSED, "the provider answered 401")
    body = orjson.dumps({"message_id": "m", "to": NUMBER, "text": "x"})
    long_ago = int(time.time()) - 3600
    recorded = {TIMESTAMP: str(long_ago), SIGNATURE: sign(body, long_ago, KEY)}
    for headers in ({SIGNATURE: "sha256=00"}, {TIMESTAMP: "now"}, recorded):
        assert post(mailbox, body, **headers).status_code == 401
    assert mailbox.post("/sms", data=body).status_code == 401
    assert texts(mailbox) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"to": "+8613800138000", "text": "x"}',
        b'{"message_id": "m", "to": "13800138000", "text": "x"}',
        b'{"message_id": "m", "to": "+8613800138000", "text": ""}',
        b'{"message_id": 1, "to": "+8613800138000", "text": "x"}',
    ],
)
def test_a_text_that_lacks_something_is_refused(mailbox: RunningMailbox, body: bytes) -> None:
    assert post(mailbox, body).status_code == 422
    assert texts(mailbox) == []


def test_the_pages_show_texts_without_letting_them_act(mailbox: RunningMailbox) -> None:
    send(mailbox, "<script>x()</script>")
    (text,) = texts(mailbox)
    for path in ("/sms", f"/sms/{text['id']}"):
        shown = mailbox.get(path)
        assert "&lt;script&gt;" in shown.text
        assert "<script>" not in shown.text
    assert 'href="/sms"' in mailbox.get("/").text
    assert NUMBER not in mailbox.get("/").text


def test_texts_survive_a_restart_and_are_cleared_by_hand(mailbox: RunningMailbox) -> None:
    send(mailbox)
    before = texts(mailbox)
    assert mailbox.stop() == 0
    mailbox.start()
    assert texts(mailbox) == before
    assert "还没有短信" in mailbox.post("/sms/clear").text
    assert texts(mailbox) == []


@pytest.mark.parametrize("path", [f"/sms/{'0' * 32}", f"/api/sms/{'0' * 32}", "/sms/nothing"])
def test_a_text_that_is_not_there_is_not_found(mailbox: RunningMailbox, path: str) -> None:
    assert mailbox.get(path).status_code == 404


@pytest.mark.parametrize("limit", ["0", "all", "1001"])
def test_a_limit_that_makes_no_sense_is_refused(mailbox: RunningMailbox, limit: str) -> None:
    assert mailbox.get("/api/sms", params={"limit": limit}).status_code == 422


def test_only_the_newest_texts_are_kept(tmp_path: Path) -> None:
    store = TextStore(tmp_path, kept=3)
    added = [store.add("m", NUMBER, str(number)) for number in range(5)]
    assert store.newest() == added[:1:-1]
    assert len(list(tmp_path.iterdir())) == 3
    assert TextStore(tmp_path, kept=3).newest() == store.newest()
