"""OpenID providers for the tests: a real one as a process, and one that lies."""

import base64
import fcntl
import hashlib
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import orjson
import requests
from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.test import TestResponse

from libs.common.http import OutboundResponse
from libs.common.supervisor.console import node_directory
from libs.common.supervisor.ports import free_port
from libs.common.testing.eventually import eventually
from tests.support.gateway import Browser

_HOME = Path(__file__).with_name("oidc")
CLIENT_ID = "tidedesk"
CLIENT_SECRET = "a secret that both sides know of"
CALLBACK = "http://localhost/api/v1/sso/callback"

ACCOUNTS = {
    "sub-cs001": {"preferred_username": "CS001", "name": "客服一号"},
    "sub-other": {"preferred_username": "CS001"},
    "sub-mail": {
        "preferred_username": "somebody.unknown",
        "email": "sso-mail@example.com",
        "email_verified": True,
    },
    "sub-mail-2": {
        "preferred_username": "somebody.else",
        "email": "sso-unverified@example.com",
        "email_verified": False,
    },
    "sub-stranger": {"preferred_username": "stranger", "name": "新来的", "locale": "en-GB"},
    "sub-factor": {"preferred_username": "sso-factor"},
    "sub-left": {"preferred_username": "sso-left"},
}


@contextmanager
def local_provider(
    *, secret: str | None = CLIENT_SECRET, callback: str = CALLBACK
) -> Iterator[str]:
    """The issuer of a running provider."""
    port = free_port()
    client: dict[str, Any] = {"client_id": CLIENT_ID, "redirect_uris": [callback]}
    client |= {"client_secret": secret} if secret else {"token_endpoint_auth_method": "none"}
    setup = {"port": port, "clients": [client], "accounts": ACCOUNTS}
    _install()
    process = subprocess.Popen(
        [node_directory() / "node", "provider.mjs"],
        cwd=_HOME,
        env={**os.environ, "SETUP": json.dumps(setup)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://127.0.0.1:{port}"
    try:
        eventually(
            lambda: requests.get(f"{issuer}/.well-known/openid-configuration", timeout=5).ok,
            60,
            trouble=(requests.RequestException,),
        )
        yield issuer
    finally:
        # Not a signal: it would end a wrapper that stands before node, and not node.
        assert process.stdin is not None
        process.stdin.close()
        process.wait(10)


def _install() -> None:
    """The locked packages, once for all runs; two runs at a time do not meet."""
    lock = (_HOME / "package-lock.json").read_bytes()
    digest, stamp = hashlib.sha256(lock).hexdigest(), _HOME / "node_modules" / ".tidedesk-stamp"
    with open(_HOME / "package.json") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == digest:
            return
        places = f"{node_directory()}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        command = ["npm", "ci", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=_HOME, env={**os.environ, "PATH": places}, check=True)
        stamp.write_text(digest)


def log_in_over_there(location: str, subject: str, callback: str = CALLBACK) -> str:
    """Fill the provider's forms in as a browser would; the address that it sends us back to."""
    session = requests.Session()
    answer = session.get(location, allow_redirects=False, timeout=10)
    for _ in range(20):
        if "location" in answer.headers:
            address = urljoin(answer.url, answer.headers["location"])
            if address.startswith(callback):
                return address
            answer = session.get(address, allow_redirects=False, timeout=10)
        else:
            answer = _submit(session, answer, subject)
    raise AssertionError(f"the provider asks for ever: {answer.text[:500]}")


def _submit(session: requests.Session, page: requests.Response, subject: str) -> requests.Response:
    assert page.ok, page.text
    form = re.search(r"<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", page.text, re.DOTALL)
    assert form, page.text
    fields = dict(re.findall(r"name=\"(\w+)\"(?: value=\"([^\"]*)\")?", form[2]))
    fields |= {"login": subject, "password": "any"} if "login" in fields else {}
    address = urljoin(page.url, unescape(form[1]))
    return session.post(address, data=fields, allow_redirects=False, timeout=10)


class LyingProvider:
    """Signs whatever a test wants to be said; stands where OutboundHttp stands."""

    issuer = "https://lying.example"

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "first", "use": "sig", "alg": "ES256"})
        self.published = [self.key]
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.id_token: str | None = None
        self.asked: list[str] = []
        self.forms: list[dict[str, list[str]]] = []
        self.userinfo: dict[str, Any] = {}

    def about(self, nonce: str, /, **claims: Any) -> None:
        """What the next ID token says; None leaves a claim out."""
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "sub": "sub-cs001",
            "aud": CLIENT_ID,
            "exp": now + 300,
            "iat": now,
            "nonce": nonce,
            "preferred_username": "CS001",
        }
        merged = {**said, **claims}
        self.claims = {name: value for name, value in merged.items() if value is not None}

    def request(self, method: str, url: str, **options: Any) -> OutboundResponse:
        """As OutboundHttp."""
        path = urlsplit(url).path
        self.asked.append(path)
        if options.get("body"):
            self.forms.append(parse_qs(options["body"].decode()))
        return OutboundResponse(200, {}, orjson.dumps(self._answer(path)), url)

    def _answer(self, path: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            places = ("authorization", "token", "userinfo")
            found = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in places}
            return {
                "issuer": self.issuer,
                "jwks_uri": f"{self.issuer}/keys",
                **found,
                **self.metadata,
            }
        if path == "/keys":
            return {"keys": [key.as_dict(private=False) for key in self.published]}
        if path == "/userinfo":
            return self.userinfo
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self._token()}

    def _token(self) -> str:
        if self.id_token is not None:
            return self.id_token
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, self.claims, self.key)


def unsigned(claims: dict[str, Any]) -> str:
    """A token with `alg: none` (RFC 7519, section 6)."""
    parts = (orjson.dumps({"alg": "none"}), orjson.dumps(claims))
    return ".".join((*(_encode(part) for part in parts), ""))


def _encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def path_of(address: str) -> str:
    """Without the host: what our test client asks for."""
    parts = urlsplit(address)
    return f"{parts.path.removeprefix('/api/v1')}?{parts.query}"


def begin_sso(browser: Browser, wanted: str = "/tickets?view=mine") -> str:
    """Where the browser is sent."""
    started = browser.get("/sso/start", query_string={"next": wanted})
    assert started.status_code == 302
    return started.headers["Location"]


def problem_in(response: TestResponse) -> str:
    """What the login page is told."""
    assert response.status_code == 302, response.get_data(as_text=True)
    parts = urlsplit(response.headers["Location"])
    assert (parts.netloc, parts.path) == ("", "/login")
    return parse_qs(parts.query)["problem"][0]
