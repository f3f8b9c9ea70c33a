"""Messages of an application in WeCom to one person (企业微信应用消息).

Source: developer.work.weixin.qq.com/document/path/90236 (message/send), 91039 (gettoken),
90313 (codes).
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from libs.common.http import OutboundFailed, OutboundHttp, OutboundRefused
from services.notify.clients.asking import JSON, TIMEOUT, Provider, short
from services.notify.clients.settings import WeCom
from services.notify.domain.messages import Answer, Message, Verdict

_MOST_BYTES = 2_048
_MARGIN = 120.0  # seconds that a token is renewed before it runs out
_REPEATS = 300  # seconds in which WeCom drops the same text to the same person
_EXPIRED = {40014, 42001}

# The account's trouble or the moment's, not the message's.
_LATER = {
    -1: 5.0,
    45009: 60.0,
    45033: 5.0,
    40001: 300.0,
    40013: 300.0,
    40056: 300.0,
    48002: 300.0,
    60011: 300.0,
    60020: 300.0,
    301002: 300.0,
}


class _NoToken(Exception):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class WeComApplication:
    """`to` is the person's userid. A repetition within five minutes is dropped by WeCom."""

    def __init__(
        self, account: WeCom, http: OutboundHttp, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._account = account
        self._provider = Provider("wecom", http, knows_repeats=True)
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def send(self, message: Message) -> Answer:
        body = self._body(message)
        try:
            token = self._current()
            found = self._hand_over(token, body)
            if isinstance(found, dict) and found.get("errcode") in _EXPIRED:
                found = self._hand_over(self._renewed(token), body)
        except _NoToken as trouble:
            return trouble.answer
        return found if isinstance(found, Answer) else _judge(found, message.to)

    def _hand_over(self, token: str, body: bytes) -> dict[str, Any] | Answer:
        query = urlencode({"access_token": token})
        url = f"{self._account.url}/cgi-bin/message/send?{query}"
        return self._provider.post_json(url, JSON, body)

    def _body(self, message: Message) -> bytes:
        # In texts WeCom obeys <a>: what anybody wrote must not.
        text = f"{message.subject}\n{message.text.strip()}".translate({60: "＜", 62: "＞"})
        return orjson.dumps(
            {
                "touser": message.to.replace("|", ""),
                "msgtype": "text",
                "agentid": self._account.agent_id,
                "text": {"content": short(text, _MOST_BYTES)},
                "enable_duplicate_check": 1,
                "duplicate_check_interval": _REPEATS,
            }
        )

    def _current(self) -> str:
        with self._lock:
            if self._clock() >= self._good_until:
                self._fetch()
            return self._token

    def _renewed(self, refused: str) -> str:
        """A newer token than the one that was refused; one thread fetches it for all."""
        with self._lock:
            if self._token == refused:
                self._fetch()
            return self._token

    def _fetch(self) -> None:
        query = urlencode({"corpid": self._account.corp_id, "corpsecret": self._account.secret})
        url = f"{self._account.url}/cgi-bin/gettoken?{query}"
        try:
            answer = self._http.request(
                "GET", url, timeout=TIMEOUT, max_body=65_536, max_redirects=0, purpose="wecom"
            )
            found = answer.json()
        except (OutboundFailed, OutboundRefused) as trouble:
            raise _NoToken(Answer(Verdict.AGAIN, f"no token: {trouble}")) from None
        token = found.get("access_token") if isinstance(found, dict) else None
        if not isinstance(token, str) or not token:
            code = found.get("errcode") if isinstance(found, dict) else None
            reason = f"no token: WeCom answered {code}"
            raise _NoToken(Answer(Verdict.AGAIN, reason, retry_after=60.0))
        self._token = token
        self._good_until = self._clock() + max(_seconds(found.get("expires_in")) - _MARGIN, 1.0)


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 7_200.0


def _listed(found: Mapping[str, Any], name: str) -> list[str]:
    """WeCom gives userids back in lower case."""
    return str(found.get(name) or "").lower().split("|")


def _judge(found: Mapping[str, Any], to: str) -> Answer:
    code = found.get("errcode")
    if not isinstance(code, int):
        return Answer(Verdict.AGAIN, "WeCom answered nothing readable", retry_after=60.0)
    reason = f"WeCom answered {code}"
    if code in _EXPIRED:
        return Answer(Verdict.AGAIN, reason, retry_after=5.0)
    if code in _LATER:
        return Answer(Verdict.AGAIN, reason, retry_after=_LATER[code])
    if code != 0:
        return Answer(Verdict.REFUSED, reason)
    if any(to.lower() in _listed(found, name) for name in ("invaliduser", "unlicenseduser")):
        return Answer(Verdict.REFUSED, "WeCom knows no such person for this application")
    return Answer(Verdict.SENT, provider_id=str(found.get("msgid") or "") or None)
