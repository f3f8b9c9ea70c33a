"""WeCom: a group robot and an application, as developer.work.weixin.qq.com/document/path/91770,
90236 (message/send) and 91039 (gettoken) describe them."""

from itertools import count

from tests.support.vendors.server import Asked, Said, VendorServer

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
CORP, SECRET, AGENT = "ww-test", "wecom-secret", 1000002


class WeCom(VendorServer):
    """`people` are whom the application may write to. Tokens are good until told otherwise."""

    def __init__(self, people: tuple[str, ...] = ("ZhangSan",)) -> None:
        super().__init__()
        self.people = {name.lower() for name in people}
        self.robot_messages: list[str] = []
        self.messages: list[dict[str, object]] = []
        self.tokens: list[str] = []
        self.expires_in = 7_200
        self._numbers = count(1)
        self._expired: set[str] = set()
        self._contents: set[tuple[str, str]] = set()

    @property
    def robot_url(self) -> str:
        return f"{self.url}/cgi-bin/webhook/send?key={KEY}"

    def expire(self) -> None:
        """Tokens may die before their time: whoever uses them must bear it."""
        self._expired.update(self.tokens)

    def answer(self, asked: Asked) -> Said:
        ways = {
            ("GET", "/cgi-bin/gettoken"): self._token,
            ("POST", "/cgi-bin/message/send"): self._send,
            ("POST", "/cgi-bin/webhook/send"): self._robot,
        }
        return ways[asked.method, asked.path](asked)

    def _token(self, asked: Asked) -> Said:
        if asked.query.get("corpid") != CORP:
            return said(40013, "invalid corpid")
        if asked.query.get("corpsecret") != SECRET:
            return said(40001, "invalid credential")
        self.tokens.append(f"token-{next(self._numbers)}")
        return said(0, "ok", access_token=self.tokens[-1], expires_in=self.expires_in)

    def _send(self, asked: Asked) -> Said:
        token = asked.query.get("access_token", "")
        if token not in self.tokens:
            return said(40014, "invalid access_token")
        if token in self._expired:
            return said(42001, "access_token expired")
        message = asked.json
        if message["agentid"] != AGENT:
            return said(40056, "invalid agentid")
        if len(message["text"]["content"].encode()) > 2_048:
            return said(45002, "content size out of limit")
        to = message["touser"]
        if to.lower() not in self.people:
            return said(0, "ok", invaliduser=to.lower(), msgid="xxxx")
        key = (to, message["text"]["content"])
        if not (message.get("enable_duplicate_check") and key in self._contents):
            self.messages.append(message)
        self._contents.add(key)
        return said(0, "ok", invaliduser="", msgid=f"msg-{len(self.messages)}")

    def _robot(self, asked: Asked) -> Said:
        if asked.query.get("key") != KEY:
            return said(93000, "invalid webhook url")
        message = asked.json
        content = message["markdown"]["content"]
        if message["msgtype"] != "markdown" or not content:
            return said(44004, "empty content")
        if len(content.encode()) > 4_096:
            return said(40058, "markdown.content exceed max length 4096")
        self.robot_messages.append(content)
        return said(0, "ok")


def said(code: int, message: str, **rest: object) -> Said:
    return Said({"errcode": code, "errmsg": message, **rest})
