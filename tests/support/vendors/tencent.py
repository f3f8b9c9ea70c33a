"""Tencent Cloud's SMS service: SendSms under signature v3, checked as
cloud.tencent.com/document/api/382/52072 describes it."""

import hashlib
import hmac
import re
from datetime import UTC, datetime

from tests.support.vendors.server import Asked, Said, VendorServer

_AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d\d-\d\d)/(\w+)/tc3_request, "
    r"SignedHeaders=([a-z;-]+), Signature=([0-9a-f]{64})"
)
_DRIFT = 300  # seconds


class Tencent(VendorServer):
    """One account."""

    def __init__(self, secret_id: str = "AKID-test", secret_key: str = "tencent-secret") -> None:
        super().__init__()
        self.secret_id = secret_id
        self.secret_key = secret_key
        self.sent: list[dict[str, object]] = []

    def answer(self, asked: Asked) -> Said:
        if problem := self._problem(asked):
            return Said({"Response": {"Error": {"Code": problem, "Message": problem}}})
        wanted = asked.json
        (number,) = wanted["PhoneNumberSet"]
        if not re.fullmatch(r"\+\d{8,15}", number):
            return self.state("InvalidParameterValue.IncorrectPhoneNumber", number)
        self.sent.append(wanted)
        return self.state("Ok", number)

    @staticmethod
    def state(code: str, number: str = "+8613800138000") -> Said:
        """What SendSms answers about its one number."""
        state = {
            "SerialNo": "5000:1045710669157053657849499619" if code == "Ok" else "",
            "PhoneNumber": number,
            "Fee": int(code == "Ok"),
            "SessionContext": "",
            "Code": code,
            "Message": code,
            "IsoCode": "CN",
        }
        return Said({"Response": {"SendStatusSet": [state], "RequestId": "a0aabda6"}})

    def _problem(self, asked: Asked) -> str | None:
        found = _AUTHORIZATION.fullmatch(asked.headers.get("authorization", ""))
        if not found:
            return "AuthFailure.InvalidAuthorization"
        secret_id, day, service, listed, signature = found.groups()
        stamp = int(asked.headers["x-tc-timestamp"])
        if secret_id != self.secret_id:
            return "AuthFailure.SecretIdNotFound"
        if service != "sms" or day != datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d"):
            return "AuthFailure.InvalidAuthorization"
        if not {"content-type", "host"} <= set(listed.split(";")):
            return "AuthFailure.InvalidAuthorization"
        if expected_signature(asked, listed, stamp, service, self.secret_key) != signature:
            return "AuthFailure.SignatureFailure"
        if abs(stamp - asked.at) > _DRIFT:
            return "AuthFailure.SignatureExpire"
        if (asked.headers["x-tc-action"], asked.headers["x-tc-version"]) != (
            "SendSms",
            "2021-01-11",
        ):
            return "InvalidAction"
        return None if asked.headers.get("x-tc-region") else "MissingParameter"


def expected_signature(asked: Asked, listed: str, stamp: int, service: str, secret: str) -> str:
    """From the request as it arrived."""
    lines = "".join(f"{n}:{asked.headers[n].strip().lower()}\n" for n in listed.split(";"))
    canonical = "\n".join(
        [
            asked.method,
            asked.path,
            asked.raw_query,
            lines,
            listed,
            hashlib.sha256(asked.body).hexdigest(),
        ]
    )
    day = datetime.fromtimestamp(stamp, UTC).strftime("%Y-%m-%d")
    text = (
        f"TC3-HMAC-SHA256\n{stamp}\n{day}/{service}/tc3_request\n"
        f"{hashlib.sha256(canonical.encode()).hexdigest()}"
    )
    date_key = _hmac(("TC3" + secret).encode(), day)
    signing_key = _hmac(_hmac(date_key, service), "tc3_request")
    return hmac.new(signing_key, text.encode(), hashlib.sha256).hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
