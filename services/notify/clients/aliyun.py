"""Text messages through Aliyun (阿里云短信服务, dysmsapi 2017-05-25, SendSms).

Requests carry the V3 signature, ACS3-HMAC-SHA256
(help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature).
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import orjson

from libs.common.http import OutboundHttp
from services.notify.clients.asking import Provider
from services.notify.clients.settings import Aliyun
from services.notify.domain.messages import Answer, Message, Verdict

ALGORITHM = "ACS3-HMAC-SHA256"
_VERSION = "2017-05-25"
_CHINA = "+86"

# Codes by which the account or the service is in trouble, not the message; the seconds say when
# another try may do better. help.aliyun.com/zh/sms/developer-reference/api-error-codes
_LATER = {
    "isv.BUSINESS_LIMIT_CONTROL": 60.0,
    "isv.DAY_LIMIT_CONTROL": 3600.0,
    "isv.MONTH_LIMIT_CONTROL": 3600.0,
    "isv.OUT_OF_SERVICE": 300.0,
    "isv.AMOUNT_NOT_ENOUGH": 300.0,
    "isv.ACCOUNT_ABNORMAL": 300.0,
    "isv.PRODUCT_UN_SUBSCRIPT": 300.0,
    "isp.RAM_PERMISSION_DENY": 300.0,
    "Forbidden.RAM": 300.0,
    "InvalidAccessKeyId.NotFound": 300.0,
    "InvalidAccessKeyId.Inactive": 300.0,
    "SignatureDoesNotMatch": 300.0,
    "InvalidTimeStamp.Expired": 60.0,
    "SignatureNonceUsed": 1.0,
    "isp.SYSTEM_ERROR": 5.0,
    "isp.GATEWAY_ERROR": 5.0,
    "ServiceUnavailable": 5.0,
    "InternalError": 5.0,
}
_THROTTLED = "Throttling"  # Throttling.User, Throttling.Api …


class AliyunSms:
    """Sends a template that is kept at Aliyun; a message without its code is refused."""

    def __init__(
        self,
        account: Aliyun,
        http: OutboundHttp,
        clock: Callable[[], float] = time.time,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._account = account
        self._provider = Provider("sms", http)
        self._clock = clock
        self._nonce = nonce

    def send(self, message: Message) -> Answer:
        if not message.provider_code:
            return Answer(Verdict.REFUSED, "no template code of the provider")
        query = canonical_query(self._parameters(message))
        url = f"{self._account.url}/?{query}"
        found = self._provider.post_json(url, self._headers(query), b"")
        return found if isinstance(found, Answer) else _judge(found)

    def _parameters(self, message: Message) -> dict[str, str]:
        return {
            "PhoneNumbers": _number(message.to),
            "SignName": self._account.sign_name,
            "TemplateCode": message.provider_code or "",
            "TemplateParam": orjson.dumps(dict(message.provider_params)).decode(),
            "OutId": message.delivery_id.hex,
        }

    def _headers(self, query: str) -> dict[str, str]:
        now = datetime.fromtimestamp(int(self._clock()), UTC)
        signed = {
            "host": urlsplit(self._account.url).netloc,
            "x-acs-action": "SendSms",
            "x-acs-version": _VERSION,
            "x-acs-date": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": self._nonce(),
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        authorization = authorize(
            "POST", "/", query, signed, self._account.key_id, self._account.key_secret
        )
        return {**signed, "Authorization": authorization}


def authorize(
    method: str, path: str, query: str, headers: Mapping[str, str], key_id: str, secret: str
) -> str:
    """The Authorization header's value; `headers` are all signed, names in lower case.

    `x-acs-content-sha256` among them is the digest of the body.
    """
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    listed = ";".join(names)
    request = "\n".join((method, path, query, lines, listed, headers["x-acs-content-sha256"]))
    text = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.digest(secret.encode(), text.encode(), hashlib.sha256).hex()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={listed},Signature={signature}"


def canonical_query(parameters: Mapping[str, str]) -> str:
    """Sorted by name, encoded as RFC 3986 has it."""
    pairs = sorted(parameters.items())
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def _number(number: str) -> str:
    """Mainland numbers without the country's code, others with it and without the plus."""
    return number.removeprefix(_CHINA) if number.startswith(_CHINA) else number.removeprefix("+")


def _judge(found: Mapping[str, Any]) -> Answer:
    code = str(found.get("Code") or "")
    if code == "OK":
        return Answer(Verdict.SENT, provider_id=str(found.get("BizId") or "") or None)
    reason = f"the provider answered {code[:100] or 'without a code'}"
    if code.startswith(_THROTTLED):
        return Answer(Verdict.AGAIN, reason, retry_after=1.0)
    if code in _LATER:
        return Answer(Verdict.AGAIN, reason, retry_after=_LATER[code])
    return Answer(Verdict.REFUSED if code else Verdict.UNKNOWN, reason)
