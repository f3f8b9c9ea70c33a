"""Aliyun's SMS service: SendSms under signature V3, checked step by step as
help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature describes it."""

import hashlib
import hmac
import json
import re
from datetime import datetime
from urllib.parse import parse_qsl, quote

from tests.support.vendors.server import Asked, Said, VendorServer

_AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})"
)
_OBLIGATORY = {
    "host",
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
}
_DRIFT = 15 * 60  # seconds that a request may be old


class Aliyun(VendorServer):
    """One account."""

    def __init__(self, key_id: str = "LTAI-test", secret: str = "aliyun-secret") -> None:
        super().__init__()
        self.key_id = key_id
        self.secret = secret
        self.sent: list[dict[str, str]] = []
        self._nonces: set[str] = set()

    def answer(self, asked: Asked) -> Said:
        if problem := self._problem(asked):
            return _error(problem)
        parameters = dict(asked.query)
        if not re.fullmatch(r"1\d{10}|[2-9]\d{6,14}", parameters.get("PhoneNumbers", "")):
            return Said(_said("isv.MOBILE_NUMBER_ILLEGAL"))
        if not all(isinstance(v, str) for v in json.loads(parameters["TemplateParam"]).values()):
            return Said(_said("isv.INVALID_JSON_PARAM"))
        self.sent.append(parameters)
        return Said(_said("OK") | {"BizId": f"900619746936498440^{len(self.sent)}"})

    def _problem(self, asked: Asked) -> str | None:
        found = _AUTHORIZATION.fullmatch(asked.headers.get("authorization", ""))
        if not found or asked.method != "POST":
            return "IncompleteSignature"
        key_id, listed, signature = found.groups()
        if key_id != self.key_id:
            return "InvalidAccessKeyId.NotFound"
        signed = listed.split(";")
        present = {"host", "content-type"} | {n for n in asked.headers if n.startswith("x-acs-")}
        if not set(signed) >= _OBLIGATORY | (present & set(asked.headers)) or signed != sorted(
            signed
        ):
            return "IncompleteSignature"
        if asked.headers["x-acs-content-sha256"] != hashlib.sha256(asked.body).hexdigest():
            return "SignatureDoesNotMatch"
        if expected_signature(asked, signed, self.secret) != signature:
            return "SignatureDoesNotMatch"
        stamp = asked.headers["x-acs-date"]
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp):
            return "InvalidTimeStamp.Format"
        if abs(datetime.fromisoformat(stamp).timestamp() - asked.at) > _DRIFT:
            return "InvalidTimeStamp.Expired"
        nonce = asked.headers["x-acs-signature-nonce"]
        if nonce in self._nonces:
            return "SignatureNonceUsed"
        self._nonces.add(nonce)
        if (asked.headers["x-acs-action"], asked.headers["x-acs-version"]) != (
            "SendSms",
            "2017-05-25",
        ):
            return "InvalidAction.NotFound"
        return None


def expected_signature(asked: Asked, signed: list[str], secret: str) -> str:
    """From the request as it arrived: decoded and written anew, so that its spelling is judged."""
    pairs = sorted(parse_qsl(asked.raw_query, keep_blank_values=True))
    query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in pairs)
    canonical = (
        f"{asked.method}\n{asked.path}\n{query}\n"
        + "".join(f"{name}:{asked.headers[name].strip()}\n" for name in signed)
        + f"\n{';'.join(signed)}\n{hashlib.sha256(asked.body).hexdigest()}"
    )
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _said(code: str) -> dict[str, str]:
    return {"Code": code, "Message": code, "RequestId": "873043ac-bcda-44db-9052-2e204c6ed20f"}


def _error(code: str) -> Said:
    return Said(_said(code) | {"HostId": "dysmsapi.aliyuncs.com"}, 400)
