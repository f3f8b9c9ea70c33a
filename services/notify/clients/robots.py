"""Robots in group chats of DingTalk (钉钉自定义机器人) and WeCom (企业微信群机器人).

Sources: open.dingtalk.com/document/robots/custom-robot-access and
developer.work.weixin.qq.com/document/path/91770.
"""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from libs.common.http import OutboundHttp
from services.notify.clients.asking import JSON, Provider, short
from services.notify.clients.pace import Pace
from services.notify.domain.headers import one_line
from services.notify.domain.messages import Answer, Message, Verdict

_DINGTALK_BYTES = 18_000  # of the 20,000 that a request may have
_WECOM_BYTES = 4_096
_MOST_SAID = 200  # characters of the robot's own explanation that are kept
_BUSY = -1

# What DingTalk says about speed costs a robot ten minutes of silence.
_DINGTALK_LATER = {_BUSY: 5.0, 130101: 600.0, 410100: 600.0}
_WECOM_LATER = {_BUSY: 5.0, 45009: 60.0, 45033: 5.0}

_LINK = re.compile(r"https?://[^\s<>()\[\]\"'，。；、！？）】》]+")
# Texts come from anybody: what would hide a link behind other words is written otherwise.
_PLAIN = str.maketrans({"[": "［", "]": "］", "<": "＜", ">": "＞", "`": "'"})


class DingTalkRobot:
    """Sends markdown; with a secret the request is signed (加签)."""

    def __init__(
        self,
        url: str,
        secret: str | None,
        http: OutboundHttp,
        pace: Pace,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._secret = secret
        self._provider = Provider("dingtalk", http)
        self._pace = pace
        self._clock = clock

    def send(self, message: Message) -> Answer:
        if wait := self._pace.take():
            return _too_fast(wait)
        body = orjson.dumps(
            {
                "msgtype": "markdown",
                "markdown": {
                    "title": _title(message),
                    "text": short(markdown_of(message), _DINGTALK_BYTES),
                },
            }
        )
        found = self._provider.post_json(self._signed_url(), JSON, body)
        return found if isinstance(found, Answer) else _judge(found, _DINGTALK_LATER)

    def _signed_url(self) -> str:
        if not self._secret:
            return self._url
        now = int(self._clock() * 1000)
        query = urlencode({"timestamp": now, "sign": sign_dingtalk(now, self._secret)})
        return f"{self._url}{'&' if '?' in self._url else '?'}{query}"


class WeComRobot:
    """Sends markdown; the key in the URL is all the authority there is."""

    def __init__(self, url: str, http: OutboundHttp, pace: Pace) -> None:
        self._url = url
        self._provider = Provider("wecom", http)
        self._pace = pace

    def send(self, message: Message) -> Answer:
        if wait := self._pace.take():
            return _too_fast(wait)
        content = short(markdown_of(message), _WECOM_BYTES)
        body = orjson.dumps({"msgtype": "markdown", "markdown": {"content": content}})
        found = self._provider.post_json(self._url, JSON, body)
        return found if isinstance(found, Answer) else _judge(found, _WECOM_LATER)


def sign_dingtalk(milliseconds: int, secret: str) -> str:
    """Base64 of HMAC-SHA256 over the time and the secret, keyed with the secret."""
    text = f"{milliseconds}\n{secret}".encode()
    return base64.b64encode(hmac.digest(secret.encode(), text, hashlib.sha256)).decode()


def markdown_of(message: Message) -> str:
    """The subject as a heading, the text below; addresses in it become links to themselves."""
    lines = [_plain(line) for line in message.text.strip().splitlines()]
    return f"#### {_title(message)}\n\n" + "\n\n".join(line for line in lines if line.strip())


def _title(message: Message) -> str:
    return " ".join(message.subject.translate(_PLAIN).split()) or "Tidedesk"


def _plain(line: str) -> str:
    pieces, end = [], 0
    for link in _LINK.finditer(line):
        pieces += [line[end : link.start()].translate(_PLAIN), f"[{link[0]}]({link[0]})"]
        end = link.end()
    return "".join([*pieces, line[end:].translate(_PLAIN)])


def _judge(found: Mapping[str, Any], later: Mapping[int, float]) -> Answer:
    code = found.get("errcode")
    if not isinstance(code, int):
        return Answer(Verdict.UNKNOWN, "the robot answered nothing readable")
    if code == 0:
        return Answer(Verdict.SENT)
    said = found.get("errmsg")
    words = one_line(said, _MOST_SAID) if isinstance(said, str) else ""
    reason = f"the robot answered {code}" + (f": {words}" if words else "")
    if code in later:
        return Answer(Verdict.AGAIN, reason, retry_after=later[code])
    return Answer(Verdict.REFUSED, reason)


def _too_fast(wait: float) -> Answer:
    return Answer(Verdict.AGAIN, "20 messages a minute are the most", retry_after=wait)
