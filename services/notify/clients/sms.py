"""Text messages through the company's own HTTP gateway (docs/sms.md)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson

from libs.common.config import ConfigError
from libs.common.http import OutboundHttp, OutboundRefused, parse_networks
from libs.common.http.addresses import parse_target
from services.notify.clients.asking import Provider
from services.notify.domain.messages import Answer, Message, Verdict
from services.notify.domain.sms import SIGNATURE, TIMESTAMP, sign

# The operator names this one address, often inside the company; redirects are not followed.
_ANYWHERE = parse_networks("0.0.0.0/0,::/0")
_LATER = {408, 425, 429}  # 4xx that speak of now, not of this message


@dataclass(frozen=True)
class HttpSms:
    """POSTs `{message_id, to, text}` with a signature (`services.notify.domain.sms`).

    2xx means sent, 4xx refused for ever, everything else another try: the gateway knows a
    repetition by its `message_id`.
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

    def send(self, message: Message) -> Answer:
        body = orjson.dumps(
            {"message_id": message.delivery_id.hex, "to": message.to, "text": message.text}
        )
        provider = Provider("sms", self.http, knows_repeats=True)
        answer = provider.post(self.url, self._headers(body), body)
        if isinstance(answer, Answer):
            return answer
        if answer.is_ok:
            return Answer(Verdict.SENT)
        is_final = 400 <= answer.status < 500 and answer.status not in _LATER
        verdict = Verdict.REFUSED if is_final else Verdict.AGAIN
        return Answer(verdict, f"the provider answered {answer.status}")

    def _headers(self, body: bytes) -> dict[str, str]:
        now = int(self.clock())
        return {
            "Content-Type": "application/json",
            TIMESTAMP: str(now),
            SIGNATURE: sign(body, now, self.key),
        }
