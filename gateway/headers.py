"""Headers that keep browsers from doing what we did not mean."""

from flask import Flask, Response, request

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        # Element Plus sets style attributes.
        "style-src 'self' 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def install_headers(app: Flask) -> None:
    """On every answer, unless a view has set its own."""
    app.after_request(_protect)


_FIXED = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


def _protect(response: Response) -> Response:
    headers = response.headers
    headers.extend(_FIXED)
    headers.setdefault("Content-Security-Policy", _POLICY)
    # Tickets belong in no cache, neither a proxy's nor that of a shared computer.
    headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
