"""One POST to a provider, and what its trouble means for the message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from libs.common.http import OutboundFailed, OutboundHttp, OutboundRefused, OutboundResponse
from services.notify.domain.messages import Answer, Verdict

TIMEOUT = 8.0  # seconds for a whole request
_MAX_ANSWER = 65_536  # bytes
_NOT_TAKEN = {429, 503}  # statuses by which even a proxy says that nothing was done


@dataclass(frozen=True)
class Provider:
    """Whom to ask. `knows_repeats`: it sends a message once however often it is handed over."""

    purpose: str
    http: OutboundHttp = field(repr=False)
    knows_repeats: bool = False

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> OutboundResponse | Answer:
        """The provider's answer, or what becomes of the message without one."""
        try:
            return self.http.request(
                "POST",
                url,
                headers=headers,
                body=body,
                timeout=TIMEOUT,
                max_body=_MAX_ANSWER,
                max_redirects=0,
                purpose=self.purpose,
            )
        except OutboundRefused as refusal:
            return Answer(Verdict.AGAIN, str(refusal))
        except OutboundFailed as failure:
            return self.after_silence(str(failure), is_unsent=failure.is_unsent)

    def post_json(
        self, url: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any] | Answer:
        """As `post`, for providers whose word is a JSON object whatever the status."""
        answer = self.post(url, headers, body)
        if isinstance(answer, Answer):
            return answer
        try:
            found = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            found = None
        if isinstance(found, dict):
            return found
        reason = f"the provider answered {answer.status} and nothing readable"
        if answer.status in _NOT_TAKEN:
            return Answer(Verdict.AGAIN, reason)
        if 300 <= answer.status < 500:
            return Answer(Verdict.AGAIN, reason, retry_after=60.0)
        return self.after_silence(reason, is_unsent=False)

    def after_silence(self, reason: str, *, is_unsent: bool) -> Answer:
        """What may have been taken is handed over again only where that does no harm."""
        is_safe = is_unsent or self.knows_repeats
        return Answer(Verdict.AGAIN if is_safe else Verdict.UNKNOWN, reason)


JSON = {"Content-Type": "application/json; charset=utf-8"}


def short(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, cut between characters."""
    raw = text.encode()
    if len(raw) <= most:
        return text
    return raw[: most - len("…".encode())].decode(errors="ignore") + "…"
