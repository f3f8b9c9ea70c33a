"""Versions over HTTP: the ETag that is answered, the If-Match that is asked for."""

import re
from typing import Any

from flask import request

from libs.common.errors import PreconditionRequired, field_error

# Weak ones too: proxies that compress answers weaken the tag that they pass on.
_TAG = re.compile(r'(?:W/)?"(\d{1,9})"')

LOCATION_HEADER = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}
ETAG_HEADER = {"ETag": {"description": "The version.", "schema": {"type": "string"}}}


def if_match_parameter(*, is_required: bool) -> dict[str, Any]:
    """How the header is documented."""
    return {
        "in": "header",
        "name": "If-Match",
        "description": "The ETag that was read; `*` for any.",
        "schema": {"type": "string"},
        "required": is_required,
    }


def etag(version: int) -> str:
    """The tag of a version."""
    return f'"{version}"'


def expected_version(*, is_required: bool = False) -> int | None:
    """The version of If-Match; None for `*` or, unless it is required, no header.

    Raises PreconditionRequired, or InvalidInput for what cannot be a tag of ours.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header and is_required:
        raise PreconditionRequired("version.required", "send the ETag you read as If-Match")
    if header in ("", "*"):
        return None
    match = _TAG.fullmatch(header)
    if not match:
        raise field_error("If-Match", 'expected an entity tag such as "3"')
    return int(match.group(1))
