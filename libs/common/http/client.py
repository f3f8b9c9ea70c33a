"""OutboundHttp: one request, within limits, to an address that is public when it is connected."""

import json
import os
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urljoin

import certifi
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as UrllibTimeoutError

from libs.common.http.addresses import (
    Network,
    Resolver,
    Target,
    allowed_addresses,
    parse_networks,
    parse_target,
    resolve,
)
from libs.common.http.deadline import Deadline, connect
from libs.common.http.errors import OutboundFailed, OutboundRefused
from libs.common.metrics import observe_outbound

MAX_REDIRECTS = 3
MAX_BODY = 1 << 20  # bytes, decoded
_REDIRECTS = {301, 302, 303, 307, 308}
_KEEP_ELSEWHERE = {"accept", "content-type", "user-agent"}


@dataclass(frozen=True)
class OutboundResponse:
    """A complete answer, whatever its status; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str  # after redirects

    @property
    def is_ok(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON; raises OutboundFailed if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise OutboundFailed("outbound.bad_answer", "the answer is not JSON") from None


@dataclass(frozen=True)
class _Call:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


class OutboundHttp:
    """Requests over new connections, without cookies, proxies, stored logins or retries.

    `allow_private` names networks that may be asked although they are not public.
    """

    def __init__(
        self,
        allow_private: Iterable[Network] = (),
        *,
        resolver: Resolver = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = tuple(allow_private)
        self._resolver = resolver
        self._tls = tls or _public_authorities()

    def check_url(self, url: str) -> None:
        """For settings: raises what a request to this URL would raise before it connects."""
        allowed_addresses(parse_target(url), self._resolver, self._allowed)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 10.0,
        max_body: int = MAX_BODY,
        max_redirects: int = MAX_REDIRECTS,
        purpose: str = "other",
    ) -> OutboundResponse:
        """The answer after at most `max_redirects` redirects; `timeout` seconds cover everything
        but the name server. `purpose` is the metric's label.

        Raises OutboundRefused for what may not be asked, OutboundFailed for no complete answer.
        """
        started, outcome = time.perf_counter(), "failed"
        call = _Call(method.upper(), url, dict(headers or {}), body)
        try:
            answer = self._follow(call, Deadline(timeout), max_body, max_redirects)
            outcome = f"{answer.status // 100}xx"
            return answer
        except OutboundRefused:
            outcome = "refused"
            raise
        finally:
            observe_outbound(purpose, outcome, time.perf_counter() - started)

    def _follow(
        self, call: _Call, deadline: Deadline, max_body: int, redirects: int
    ) -> OutboundResponse:
        while True:
            answer = self._ask(call, deadline, max_body)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            if redirects == 0:
                raise OutboundFailed("outbound.redirects", f"{_origin(call.url)}: redirected on")
            redirects -= 1
            call = _redirected(call, answer.status, urljoin(call.url, location))

    def _ask(self, call: _Call, deadline: Deadline, max_body: int) -> OutboundResponse:
        target = parse_target(call.url)
        addresses = allowed_addresses(target, self._resolver, self._allowed)
        connection = HTTPConnection(target.host, target.port)
        with closing(connection):
            with _failures(target.origin, is_unsent=True):
                # Set, so that the connection does not look the name up and connect by itself.
                connection.sock = connect(target, addresses, deadline, self._tls)
            with _failures(target.origin, is_unsent=False):
                return _exchange(connection, target, call, max_body)


def open_http(environ: Mapping[str, str] | None = None) -> OutboundHttp:
    """As the environment says: HTTP_ALLOW_PRIVATE names networks, e.g. `10.0.0.0/8,::1/128`."""
    env = os.environ if environ is None else environ
    return OutboundHttp(parse_networks(env.get("HTTP_ALLOW_PRIVATE", "")))


@contextmanager
def _failures(origin: str, *, is_unsent: bool) -> Iterator[None]:
    """What sockets, TLS and HTTP raise, in the words of this module."""
    details = {"is_unsent": True} if is_unsent else None
    try:
        yield
    except (TimeoutError, UrllibTimeoutError) as error:
        raise OutboundFailed("outbound.timeout", f"{origin}: no answer in time", details) from error
    except (OSError, HTTPError, HTTPException) as error:
        reason = type(error).__name__
        raise OutboundFailed("outbound.failed", f"{origin}: {reason}", details) from error
    except ValueError as error:  # http.client's word on line ends in a header or method
        raise OutboundRefused("outbound.bad_request", str(error)) from None


def _exchange(
    connection: HTTPConnection, target: Target, call: _Call, max_body: int
) -> OutboundResponse:
    sent = {"Accept-Encoding": "identity", "User-Agent": "tidedesk", **call.headers}
    sent = {name: value for name, value in sent.items() if name.lower() != "host"}
    sent |= {"Host": target.host_header, "Connection": "close"}
    connection.request(call.method, target.path, call.body, sent, preload_content=False)
    response = connection.getresponse()
    try:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return OutboundResponse(response.status, headers, _body(response, max_body), call.url)
    finally:
        response.close()


def _body(response: HTTPResponse, max_body: int) -> bytes:
    collected = bytearray()
    while piece := response.read1(65_536):
        collected += piece
        if len(collected) > max_body:
            details: dict[str, object] = {"status": response.status}
            message = f"an answer of more than {max_body} bytes"
            raise OutboundFailed("outbound.too_large", message, details)
    return bytes(collected)


def _redirected(call: _Call, status: int, url: str) -> _Call:
    """The next request, as browsers make it; another origin gets no headers that may be secret."""
    if parse_target(call.url).scheme == "https" and parse_target(url).scheme != "https":
        raise OutboundRefused("outbound.downgrade", "redirected from https to http")
    becomes_get = status == 303 or (status in (301, 302) and call.method == "POST")
    keep = None if _origin(url) == _origin(call.url) else _KEEP_ELSEWHERE
    headers = {
        name: value
        for name, value in call.headers.items()
        if (keep is None or name.lower() in keep)
        and not (becomes_get and name.lower().startswith("content-"))
    }
    if becomes_get and call.method != "HEAD":
        return _Call("GET", url, headers, None)
    return _Call(call.method, url, headers, call.body)


def _origin(url: str) -> str:
    return parse_target(url).origin


def _public_authorities() -> ssl.SSLContext:
    """The system's authorities (SSL_CERT_FILE is obeyed) and, for slim images, certifi's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
