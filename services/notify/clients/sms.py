"""Text messages: the port through which they leave, and the company's own HTTP gateway behind it.

Other providers stand behind the same port.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import orjson

from libs.common.config import ConfigError
from libs.common.http import OutboundFailed, OutboundHttp, OutboundRefused, parse_networks
from libs.common.http.addresses import parse_target
from services.notify.domain.sms import SIGNATURE, TIMESTAMP, sign

TIMEOUT = 8.0  # seconds for a whole request

# The operator names this one address, often inside the company; redirects are not followed.
_ANYWHERE = parse_networks("0.0.0.0/0,::/0")
_LATER = {408, 425, 429}  # 4xx that speak of now, not of this message
_MAX_ANSWER = 65_536  # bytes


class Verdict(Enum):
    """What the provider made of a message."""

    SENT = "sent"
    AGAIN = "again"
    REFUSED = "refused"


@dataclass(frozen=True)
class SmsAnswer:
    """`reason` says why it was not sent, without number and text."""

    verdict: Verdict
    reason: str = ""


class SmsSender(Protocol):
    """Hands one text over; returns within seconds and does not raise for the provider's trouble.

    `number` is E.164. `message_id` is the same in every attempt, so that a provider who remembers
    it sends a repeated message once.
    """

    def send(self, number: str, text: str, message_id: str) -> SmsAnswer: ...


@dataclass(frozen=True)
class HttpSms:
    """POSTs `{message_id, to, text}` with a signature (`services.notify.domain.sms`).

    2xx means sent, 4xx refused for ever, everything else another try.
    """

    url: str = field(repr=False)
    key: bytes = field(repr=False)
    http: OutboundHttp = field(default_factory=lambda: OutboundHttp(_ANYWHERE), repr=False)
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        try:
            parse_target(self.url)
        except OutboundRefused as refusal:
            raise ConfigError(f"SMS_URL: {refusal.message}") from None
        if not self.key:
            raise ConfigError("SMS_KEY must be set beside SMS_URL")

    def send(self, number: str, text: str, message_id: str) -> SmsAnswer:
        body = orjson.dumps({"message_id": message_id, "to": number, "text": text})
        try:
            answer = self.http.request(
                "POST",
                self.url,
                headers=self._headers(body),
                body=body,
                timeout=TIMEOUT,
                max_body=_MAX_ANSWER,
                max_redirects=0,
                purpose="sms",
            )
        except (OutboundFailed, OutboundRefused) as trouble:
            return SmsAnswer(Verdict.AGAIN, str(trouble))
        if answer.is_ok:
            return SmsAnswer(Verdict.SENT)
        is_final = 400 <= answer.status < 500 and answer.status not in _LATER
        verdict = Verdict.REFUSED if is_final else Verdict.AGAIN
        return SmsAnswer(verdict, f"the provider answered {answer.status}")

    def _headers(self, body: bytes) -> dict[str, str]:
        now = int(self.clock())
        return {
            "Content-Type": "application/json",
            TIMESTAMP: str(now),
            SIGNATURE: sign(body, now, self.key),
        }
