"""What the console's pages may load and do: nothing of strangers, nothing written inline."""

from flask import Flask

from libs.common.web.headers import protect_answers

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        # Element Plus sets style attributes.
        "style-src 'self' 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def install_headers(app: Flask) -> None:
    """On every answer, unless a view has set its own."""
    protect_answers(app, _POLICY)
