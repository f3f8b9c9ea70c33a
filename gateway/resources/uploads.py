"""Uploads: a file goes to the blob store and waits there for the reply or note that names it."""

import logging
import re
from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command
from gateway.one_file import FILE_BODY, one_file
from gateway.parts import parts
from gateway.schemas.entry import Attachment
from libs.common.blobs import SNIFF_BYTES, sniff_media_type
from libs.common.errors import Unavailable, field_error
from libs.common.scanning import CLEAN, HARMFUL

_log = logging.getLogger(__name__)

blueprint = ApiBlueprint("uploads", __name__, description="Files to attach")

_MAX_NAME = 200  # characters
UPLOAD_BODY = FILE_BODY


@blueprint.operation("POST", "/uploads", errors=(400, 413, 415, 422))
@blueprint.doc(requestBody=UPLOAD_BODY)
@requires("attachment.upload")
@blueprint.response(201, Attachment)
def upload_file() -> Response:
    """Upload a file (50 MB at most by default); its id goes into `attachment_ids` within 48 hours.

    An Idempotency-Key has no meaning here: what is uploaded twice and attached once is swept.
    """
    return answer(command("ticketing", "stage_attachment", store_upload()), 201)


def store_upload() -> dict[str, Any]:
    """Put the request's file into the blob store; returns what ticketing needs to know of it."""
    most = parts().most_upload
    file = one_file(most)
    name = clean_name(file.filename or "")
    head = file.stream.read(SNIFF_BYTES)
    file.stream.seek(0)
    media_type = sniff_media_type(head, name)
    stored = parts().blobs.put("ticketing", file.stream, max_size=most)
    return {
        "blob_key": stored.key,
        "name": name,
        "media_type": media_type,
        "size": stored.size,
        "sha256": stored.sha256,
        "scan_state": _scanned(stored.key),
    }


def _scanned(key: str) -> str | None:
    """`clean`, or None without a scanner or an answer of it: then it is asked again later.

    Raises InvalidInput for a harmful file, of which nothing remains.
    """
    scanner, blobs = parts().scanner, parts().blobs
    if scanner is None:
        return None
    try:
        verdict = scanner.scan(blobs.stream(key))
    except Unavailable:
        _log.warning("the virus scanner does not answer: an upload waits for it")
        return None
    if verdict.state == HARMFUL:
        blobs.delete(key)
        raise field_error("file", f"the file holds {verdict.threat}", "attachment.harmful")
    return CLEAN if verdict.state == CLEAN else None


def clean_name(name: str) -> str:
    """The last part of a path, without what file systems and headers cannot bear."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if c.isprintable() and not "\ud800" <= c <= "\udfff").strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > _MAX_NAME and dot and len(ending) < 20:
        return f"{stem[: _MAX_NAME - len(ending) - 1]}.{ending}"
    return kept[:_MAX_NAME] or "file"
