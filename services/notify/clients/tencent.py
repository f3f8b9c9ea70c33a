"""Text messages through Tencent Cloud (腾讯云短信, API 2021-01-11, SendSms).

Requests carry signature v3, TC3-HMAC-SHA256 (cloud.tencent.com/document/api/382/52072).
"""

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

from libs.common.http import OutboundHttp
from services.notify.clients.asking import JSON, Provider
from services.notify.clients.settings import Tencent
from services.notify.domain.messages import Answer, Message, Verdict

ALGORITHM = "TC3-HMAC-SHA256"
_SERVICE = "sms"

# Beginnings of codes by which the account or the service is in trouble, or the number for now;
# the first that fits holds. cloud.tencent.com/document/product/382/59177
_LATER = (
    ("LimitExceeded.PhoneNumberThirtySecondLimit", 30.0),
    ("LimitExceeded.PhoneNumberOneHourLimit", 3600.0),
    ("LimitExceeded.PhoneNumberDailyLimit", 3600.0),
    ("LimitExceeded.AppDailyLimit", 3600.0),
    ("LimitExceeded.AppMainlandChinaDailyLimit", 3600.0),
    ("LimitExceeded", 60.0),
    ("RequestLimitExceeded", 1.0),
    ("InternalError", 5.0),
    ("ServiceUnavailable", 5.0),
    ("AuthFailure.SignatureExpire", 60.0),
    ("AuthFailure", 300.0),
    ("UnauthorizedOperation", 300.0),
    ("FailedOperation.InsufficientBalanceInSmsPackage", 300.0),
)


class TencentSms:
    """Sends a template that is kept at Tencent; a message without its code is refused."""

    def __init__(
        self, account: Tencent, http: OutboundHttp, clock: Callable[[], float] = time.time
    ) -> None:
        self._account = account
        self._provider = Provider("sms", http)
        self._clock = clock

    def send(self, message: Message) -> Answer:
        if not message.provider_code:
            return Answer(Verdict.REFUSED, "no template code of the provider")
        body = orjson.dumps(
            {
                "PhoneNumberSet": [message.to],
                "SmsSdkAppId": self._account.app_id,
                "SignName": self._account.sign_name,
                "TemplateId": message.provider_code,
                "TemplateParamSet": [value for _, value in message.provider_params],
                "SessionContext": message.delivery_id.hex,
            }
        )
        found = self._provider.post_json(f"{self._account.url}/", self._headers(body), body)
        return found if isinstance(found, Answer) else _judge(found)

    def _headers(self, body: bytes) -> dict[str, str]:
        now = int(self._clock())
        headers = {
            **{name.lower(): value for name, value in JSON.items()},
            "host": urlsplit(self._account.url).netloc,
            "x-tc-action": "SendSms",
        }
        signature = authorize(
            headers, body, now, self._account.secret_id, self._account.secret_key, _SERVICE
        )
        return {
            **headers,
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": self._account.region,
            "X-TC-Timestamp": str(now),
            "Authorization": signature,
        }


def authorize(
    headers: Mapping[str, str], body: bytes, now: int, secret_id: str, secret: str, service: str
) -> str:
    """The Authorization header's value of a POST to `/`; `headers` (lower case) are all signed."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in names)
    listed = ";".join(names)
    digest = hashlib.sha256(body).hexdigest()
    request = "\n".join(("POST", "/", "", lines, listed, digest))
    day = datetime.fromtimestamp(now, UTC).date().isoformat()
    scope = f"{day}/{service}/tc3_request"
    text = "\n".join((ALGORITHM, str(now), scope, hashlib.sha256(request.encode()).hexdigest()))
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), hashlib.sha256)
    signature = hmac.digest(key, text.encode(), hashlib.sha256).hex()
    credential = f"Credential={secret_id}/{scope}"
    return f"{ALGORITHM} {credential}, SignedHeaders={listed}, Signature={signature}"


def _judge(found: Mapping[str, Any]) -> Answer:
    response = found.get("Response")
    if not isinstance(response, dict):
        return Answer(Verdict.UNKNOWN, "the provider answered nothing readable")
    if isinstance(error := response.get("Error"), dict):
        return _unsent(str(error.get("Code") or ""))
    states = response.get("SendStatusSet")
    state = states[0] if isinstance(states, list) and states else None
    if not isinstance(state, dict):
        return Answer(Verdict.UNKNOWN, "the provider answered nothing readable")
    code = str(state.get("Code") or "")
    if code == "Ok":
        return Answer(Verdict.SENT, provider_id=str(state.get("SerialNo") or "") or None)
    return _unsent(code)


def _unsent(code: str) -> Answer:
    reason = f"the provider answered {code[:100] or 'without a code'}"
    if not code:
        return Answer(Verdict.UNKNOWN, reason)
    for beginning, seconds in _LATER:
        if code.startswith(beginning):
            return Answer(Verdict.AGAIN, reason, retry_after=seconds)
    return Answer(Verdict.REFUSED, reason)
