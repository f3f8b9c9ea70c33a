"""Downloads. Nothing that a customer sent may run in the console's name."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response

from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.parts import parts
from gateway.schemas.download import DownloadQuery
from libs.common.blobs import INLINE_TYPES

blueprint = ApiBlueprint("attachments", __name__, description="Files of tickets")

# Chromium refuses to show a PDF in a sandbox; it has no scripts of our origin either way.
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
_PDF_POLICY = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"
_PDF = "application/pdf"
BYTES = {"type": "string", "format": "binary"}


@blueprint.operation("GET", "/attachments/<uuid:attachment_id>", errors=(404,))
@requires("attachment.read")
@blueprint.arguments(DownloadQuery, location="query")
@blueprint.response(200, BYTES, content_type="*/*")
def download_attachment(wanted: dict[str, Any], attachment_id: UUID) -> Response:
    """The bytes of a file; `inline=1` shows images and PDF in the browser."""
    found = query("ticketing", "get_attachment", {"attachment_id": str(attachment_id)})
    return serve_attachment(found, is_inline=wanted["inline"])


def serve_attachment(found: dict[str, Any], *, is_inline: bool) -> Response:
    """The bytes behind the facts that ticketing gave; only harmless kinds are shown inline."""
    media_type = found["media_type"]
    is_inline = is_inline and media_type in {*INLINE_TYPES, _PDF}
    return Response(
        parts().blobs.stream(found["blob_key"]),
        headers={
            "Content-Type": _safe_type(media_type),
            "Content-Length": str(found["size"]),
            "Content-Disposition": disposition(found["name"], is_inline=is_inline),
            "Content-Security-Policy": _policy(media_type, is_inline),
        },
    )


def disposition(name: str, *, is_inline: bool) -> str:
    """RFC 6266 with the name in ASCII for old clients and in UTF-8 (RFC 5987) for the others."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    kind = "inline" if is_inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _policy(media_type: str, is_inline: bool) -> str:
    return _PDF_POLICY if is_inline and media_type == _PDF else _SANDBOX


def _safe_type(media_type: str) -> str:
    """The type, unless it could carry scripts: then bytes are just bytes."""
    is_harmless = media_type in {*INLINE_TYPES, _PDF} or media_type.startswith(("audio/", "video/"))
    return media_type if is_harmless else "application/octet-stream"
