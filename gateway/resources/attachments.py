"""Downloads. Nothing that a customer sent may run in the console's name."""

from typing import Any
from uuid import UUID

from flask import Response, request
from werkzeug.datastructures import IfRange
from werkzeug.http import parse_if_range_header, parse_range_header

from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.disposition import disposition
from gateway.parts import parts
from gateway.schemas.download import DownloadQuery
from libs.common.blobs import INLINE_TYPES
from libs.common.errors import DeskError, NotFound

blueprint = ApiBlueprint("attachments", __name__, description="Files of tickets")

# Chromium refuses to show a PDF in a sandbox; it has no scripts of our origin either way.
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
_PDF_POLICY = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"
_PDF = "application/pdf"
BYTES = {"type": "string", "format": "binary"}
RANGE_HEADERS = {
    "in": "header",
    "name": "Range",
    "required": False,
    "schema": {"type": "string"},
    "description": "One range of bytes, e.g. `bytes=0-1023`: answered with 206.",
}


class UnsatisfiableRange(DeskError):
    """The file has no such bytes."""

    status = 416


@blueprint.operation(
    "GET", "/attachments/<uuid:attachment_id>", errors=(404, 416), parameters=[RANGE_HEADERS]
)
@requires("attachment.read")
@blueprint.arguments(DownloadQuery, location="query")
@blueprint.response(200, BYTES, content_type="*/*")
@blueprint.alt_response(206, schema=BYTES, content_type="*/*", description="A range of it")
def download_attachment(wanted: dict[str, Any], attachment_id: UUID) -> Response:
    """The bytes of a file; `inline=1` shows images and PDF in the browser."""
    return serve_attachment(_find(attachment_id), is_inline=wanted["inline"])


@blueprint.operation("GET", "/attachments/<uuid:attachment_id>/thumbnail", errors=(404,))
@requires("attachment.read")
@blueprint.response(200, BYTES, content_type="image/webp")
def download_thumbnail(attachment_id: UUID) -> Response:
    """A small picture of an image, of at most 320 × 320; there is none in its first seconds."""
    return serve_thumbnail(_find(attachment_id))


def _find(attachment_id: UUID) -> dict[str, Any]:
    found: dict[str, Any] = query(
        "ticketing", "get_attachment", {"attachment_id": str(attachment_id)}
    )
    return found


def serve_attachment(found: dict[str, Any], *, is_inline: bool) -> Response:
    """The bytes behind the facts that ticketing gave, or a range of them (RFC 9110, 14).

    Only harmless kinds are shown inline.
    """
    media_type, size, tag = found["media_type"], found["size"], found["sha256"]
    is_inline = is_inline and media_type in {*INLINE_TYPES, _PDF}
    headers = {
        "Content-Type": _safe_type(media_type),
        "Content-Disposition": disposition(found["name"], is_inline=is_inline),
        "Content-Security-Policy": _policy(media_type, is_inline),
        "Accept-Ranges": "bytes",
        "ETag": f'"{tag}"',
    }
    asked = _asked_range(size, tag)
    if asked is None:
        headers["Content-Length"] = str(size)
        return Response(parts().blobs.stream(found["blob_key"]), headers=headers)
    start, stop = asked
    headers["Content-Length"] = str(stop - start)
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return Response(parts().blobs.stream(found["blob_key"], start, stop - start), 206, headers)


def serve_thumbnail(found: dict[str, Any]) -> Response:
    """The small picture; raises NotFound where there is none (yet)."""
    thumbnail = found.get("thumbnail")
    if not thumbnail:
        raise NotFound("thumbnail.not_found", "there is no small picture of this file")
    headers = {
        "Content-Type": "image/webp",
        "Content-Length": str(thumbnail["size"]),
        "Content-Security-Policy": _SANDBOX,
    }
    return Response(parts().blobs.stream(thumbnail["blob_key"]), headers=headers)


def _asked_range(size: int, tag: str) -> tuple[int, int] | None:
    """Start and end of the one range that is asked for; None for all of it.

    Several ranges, and what is no range, are answered with the whole (RFC 9110, 14.2).
    """
    asked = parse_range_header(request.headers.get("Range"))
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    if not _is_current(parse_if_range_header(request.headers.get("If-Range")), tag):
        return None
    found = asked.range_for_length(size)
    if found is None:
        raise UnsatisfiableRange("range.unsatisfiable", f"the file has {size} bytes")
    return found


def _is_current(condition: IfRange, tag: str) -> bool:
    """Whether what the client has a part of is what is here."""
    return condition.date is None and condition.etag in (None, tag)


def _policy(media_type: str, is_inline: bool) -> str:
    return _PDF_POLICY if is_inline and media_type == _PDF else _SANDBOX


def _safe_type(media_type: str) -> str:
    """The type, unless it could carry scripts: then bytes are just bytes."""
    is_harmless = media_type in {*INLINE_TYPES, _PDF} or media_type.startswith(("audio/", "video/"))
    return media_type if is_harmless else "application/octet-stream"
