"""Serves the console (a single-page application) and the API's page from the front-end's build."""

import os.path
from functools import cache
from mimetypes import guess_type
from pathlib import Path, PurePath

from flask import Blueprint, Response, current_app, redirect, request, send_from_directory
from werkzeug.exceptions import NotFound
from werkzeug.utils import safe_join

from gateway.auth.access import public
from gateway.events_page import events_page
from gateway.openapi_document import document_bytes
from gateway.parts import parts
from libs.common.contracts.asyncapi import FILE as ASYNCAPI

blueprint = Blueprint("pages", __name__)

_YEAR = "public, max-age=31536000, immutable"
_ALWAYS_ASK = "no-cache"
_MINUTES = "public, max-age=300"
_NOT_BUILT = """<!doctype html>
<html lang="zh"><meta charset="utf-8"><title>Tidedesk</title>
<h1>控制台尚未构建 · The console has not been built</h1>
<p>接口已可使用:<code>/api/v1</code>。构建控制台请运行 <code>make console</code>,然后刷新本页。</p>
<p>The API at <code>/api/v1</code> works. Run <code>make console</code>, then reload this page.</p>
</html>
"""


@blueprint.get("/docs")
@public
def docs_folder() -> Response:
    """The page's relative addresses need the slash."""
    return redirect("/docs/", 308)  # type: ignore[return-value]


@blueprint.get("/docs/", defaults={"path": "index.html"})
@blueprint.get("/docs/<path:path>")
@public
def docs(path: str) -> Response:
    """The browsable API."""
    folder = parts().console / "docs"
    return _file(folder, path) if folder.is_dir() else _not_built()


@blueprint.get("/api/v1/openapi.json")
@public
def openapi_document() -> Response:
    """The OpenAPI document of the running release."""
    response = Response(document_bytes(current_app), content_type="application/json")
    response.headers["Cache-Control"] = _ALWAYS_ASK
    return response


@blueprint.get("/api/v1/asyncapi.json")
@public
def asyncapi_document() -> Response:
    """The AsyncAPI document of the running release's events."""
    return _kept(_asyncapi_bytes(), "application/json")


@blueprint.get("/docs/events")
@public
def events() -> Response:
    """The same for people."""
    return _kept(_events_bytes(), "text/html; charset=utf-8")


@blueprint.get("/", defaults={"path": ""})
@blueprint.get("/<page:path>")
@public
def console(path: str) -> Response:
    """A file of the console; every other address is one of its own pages."""
    folder = parts().console
    if _is_file(folder, path):
        return _file(folder, path)
    # Nobody takes a page for the script or picture that is missing.
    if path.startswith("assets/") or not request.accept_mimetypes.accept_html:
        raise NotFound
    return _file(folder, "index.html") if _is_file(folder, "index.html") else _not_built()


@cache
def _asyncapi_bytes() -> bytes:
    return ASYNCAPI.read_bytes()


@cache
def _events_bytes() -> bytes:
    return events_page().encode()


def _kept(body: bytes, content_type: str) -> Response:
    """What only a release changes: readers ask again after five minutes, by its tag."""
    response = Response(body, content_type=content_type)
    response.headers["Cache-Control"] = _MINUTES
    response.add_etag()
    response.make_conditional(request)
    return response


def _is_file(folder: Path, path: str) -> bool:
    found = safe_join(str(folder), path) if path else None
    # Not Path.is_file(), which raises for names that are too long.
    return found is not None and os.path.isfile(found)


def _file(folder: Path, path: str) -> Response:
    """The file, or the compressed copy that the build has laid beside it."""
    packed = f"{path}.gz"
    if not _is_file(folder, packed):
        response = send_from_directory(folder, path)
    elif request.accept_encodings["gzip"]:
        own = {"mimetype": guess_type(path)[0], "download_name": PurePath(path).name}
        response = send_from_directory(folder, packed, **own)
        response.content_encoding = "gzip"
        response.vary.add("Accept-Encoding")
    else:
        response = send_from_directory(folder, path)
        response.vary.add("Accept-Encoding")
    is_hashed = path.startswith("assets/")
    response.headers["Cache-Control"] = _YEAR if is_hashed else _ALWAYS_ASK
    return response


def _not_built() -> Response:
    return Response(_NOT_BUILT, 503, content_type="text/html; charset=utf-8")
