"""Keeps other sites from acting with a person's cookie."""

from flask import Request

from libs.common.errors import Forbidden

CLIENT_HEADER = "X-Tidedesk-Client"
_SAFE = {"GET", "HEAD", "OPTIONS"}


def refuse_foreign_site(request: Request) -> None:
    """Raise Forbidden if the browser says that another site sent an unsafe request."""
    if request.method in _SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", request.host_url.rstrip("/"))
    # Without the scheme: behind a proxy that ends TLS it may look like http from here.
    if site not in ("same-origin", "none") or origin.partition("://")[2] != request.host:
        raise Forbidden("csrf.refused", "the request comes from another site")


def refuse_forged(request: Request) -> None:
    """For requests with the cookie: a header that no other site's form can send, besides."""
    refuse_foreign_site(request)
    if request.method not in _SAFE and not request.headers.get(CLIENT_HEADER):
        raise Forbidden("csrf.refused", f"the header {CLIENT_HEADER} is missing")
