"""Over TLS every cookie bears the prefix `__Host-`, whoever sets it.

Browsers then take it only from this very host and only over TLS, so that neither a neighbour below
the same domain nor a page in the clear can plant one (RFC 6265bis, 4.1.3.2). The rest of the
gateway knows cookies by their plain names.
"""

from flask import Flask, Request, Response, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.utils import cached_property

_PREFIX = "__Host-"
# What the prefix demands in these very words.
_DEMANDED = ("Path=/", "Secure")
_REPLACED = {"path", "secure", "domain"}


class HostCookies(Request):
    """Reads cookies as `install_cookies` has written them; over TLS no others."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """By their plain names."""
        found = super().cookies
        if not self.is_secure:
            return found
        bound = ((name, value) for name, value in found.items(multi=True))
        return ImmutableMultiDict(
            (name.removeprefix(_PREFIX), value) for name, value in bound if name.startswith(_PREFIX)
        )


def install_cookies(app: Flask) -> None:
    """On every answer to a request over TLS."""
    app.after_request(_bind_to_host)


def _bind_to_host(response: Response) -> Response:
    if request.is_secure:
        written = response.headers.getlist("Set-Cookie")
        response.headers.setlist("Set-Cookie", [host_cookie(one) for one in written])
    return response


def host_cookie(written: str) -> str:
    """A Set-Cookie field with the prefix; one that deletes needs it all the same."""
    named, *attributes = written.split("; ")
    kept = [one for one in attributes if one.partition("=")[0].lower() not in _REPLACED]
    return "; ".join((f"{_PREFIX}{named}", *kept, *_DEMANDED))
