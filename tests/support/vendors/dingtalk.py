"""A DingTalk robot with 加签.

The check is that of open.dingtalk.com/document/robots/customize-robot-security-settings, the
codes are those of open.dingtalk.com/document/orgapp/custom-bot-send-message-type.
"""

import base64
import hashlib
import hmac

from tests.support.vendors.server import Asked, Said, VendorServer

TOKEN = "566cc69da782ec42"
_DRIFT = 3_600  # seconds


class DingTalk(VendorServer):
    """One robot; `robot_url` is what its group shows."""

    def __init__(self, secret: str | None = "SEC-test") -> None:
        super().__init__()
        self.secret = secret
        self.messages: list[dict[str, str]] = []

    @property
    def robot_url(self) -> str:
        return f"{self.url}/robot/send?access_token={TOKEN}"

    def answer(self, asked: Asked) -> Said:
        if asked.path != "/robot/send" or asked.query.get("access_token") != TOKEN:
            return said(300001, "token is not exist")
        if not asked.headers.get("content-type", "").startswith("application/json"):
            return said(43004, "invalid content-type")
        if self.secret and not self._is_signed(asked):
            return said(310000, "sign not match")
        message = asked.json
        if message.get("msgtype") != "markdown" or not message["markdown"].get("title"):
            return said(40035, "missing parameter")
        self.messages.append(message["markdown"])
        return said(0, "ok")

    def _is_signed(self, asked: Asked) -> bool:
        stamp = asked.query.get("timestamp", "")
        if not stamp.isdigit() or abs(int(stamp) / 1000 - asked.at) > _DRIFT:
            return False
        text = f"{stamp}\n{self.secret}".encode()
        digest = hmac.new((self.secret or "").encode(), text, digestmod=hashlib.sha256).digest()
        return asked.query.get("sign") == base64.b64encode(digest).decode()


def said(code: int, message: str) -> Said:
    return Said({"errcode": code, "errmsg": message})
