"""What resources have in common whose objects stand in services and have versions."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.preconditions import etag, if_match_parameter

IF_MATCH = [if_match_parameter(is_required=True)]
EDIT_ERRORS = (404, 412, 428)


def present(thing: dict[str, Any], status: int = 200, location: str | None = None) -> Response:
    """With its version as ETag; `location`: the address of what was made, below /api/v1."""
    headers = {"ETag": etag(thing["version"])}
    if location is not None:
        headers["Location"] = f"/api/v1{location}"
    return answer(thing, status, headers)
