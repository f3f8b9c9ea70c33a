"""The console and the API's page, served from the build."""

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from libs.common.contracts.catalogue import event_types
from tests.support.gateway import offline_app

HTML = {"Accept": "text/html"}


def get(client: FlaskClient, path: str, headers: dict[str, str] | None = None) -> TestResponse:
    """Read to its end, which closes the file."""
    return client.get(path, headers=headers, buffered=True)


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "docs").mkdir()
    (dist / "index.html").write_text("<!doctype html>console")
    (dist / "assets" / "index-abc123.js").write_text("console.log(1)")
    (dist / "docs" / "index.html").write_text("<!doctype html>docs")
    (dist / "docs" / "swagger-ui.css").write_text("body{}")
    (tmp_path / "secret.txt").write_text("secret")
    return offline_app(tmp_path / "blobs", console=dist).test_client()


@pytest.mark.parametrize("path", ["/", "/tickets/G20231001001", "/login", "/apidocs"])
def test_every_page_of_the_console_is_its_index(client: FlaskClient, path: str) -> None:
    response = get(client, path, headers=HTML)
    assert response.get_data(as_text=True) == "<!doctype html>console"
    assert response.headers["Cache-Control"] == "no-cache"


def test_hashed_assets_are_kept_for_a_year(client: FlaskClient) -> None:
    response = get(client, "/assets/index-abc123.js")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.mimetype == "text/javascript"


def test_whoever_takes_gzip_gets_the_copy_that_the_build_has_packed(
    client: FlaskClient, tmp_path: Path
) -> None:
    packed = gzip.compress(b"console.log(1)")
    (tmp_path / "dist" / "assets" / "index-abc123.js.gz").write_bytes(packed)
    response = get(client, "/assets/index-abc123.js", headers={"Accept-Encoding": "br, gzip"})
    assert response.get_data() == packed
    assert response.content_encoding == "gzip"
    assert response.mimetype == "text/javascript"
    assert response.headers["Content-Disposition"] == "inline; filename=index-abc123.js"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for refused in ("identity", "gzip;q=0"):
        plain = get(client, "/assets/index-abc123.js", headers={"Accept-Encoding": refused})
        assert plain.get_data() == b"console.log(1)"
        assert plain.content_encoding is None
        assert "Accept-Encoding" in plain.vary


def test_a_missing_asset_is_no_page(client: FlaskClient) -> None:
    assert get(client, "/assets/index-old.js", headers=HTML).status_code == 404


@pytest.mark.parametrize("path", ["/" + "a" * 300, "/assets/" + "a" * 300, "/docs/" + "a" * 300])
def test_a_name_that_no_file_can_have_is_no_fault_of_ours(client: FlaskClient, path: str) -> None:
    assert get(client, path, headers=HTML).status_code in (200, 404)


def test_a_program_that_asks_for_a_page_that_is_none_gets_404(client: FlaskClient) -> None:
    assert get(client, "/favicon.ico", headers={"Accept": "image/*"}).status_code == 404


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"]
)
def test_nothing_outside_the_build_is_served(client: FlaskClient, path: str) -> None:
    assert "secret" not in get(client, path, headers=HTML).get_data(as_text=True)


def test_the_docs_have_a_folder_of_their_own(client: FlaskClient) -> None:
    assert get(client, "/docs").headers["Location"].endswith("/docs/")
    assert get(client, "/docs/").get_data(as_text=True) == "<!doctype html>docs"
    assert get(client, "/docs/swagger-ui.css").mimetype == "text/css"
    assert get(client, "/docs/missing.js").status_code == 404


def test_a_console_that_was_not_built_says_so(tmp_path: Path) -> None:
    client = offline_app(tmp_path).test_client()
    for path in ("/", "/docs/"):
        response = get(client, path, headers=HTML)
        assert response.status_code == 503
        assert "make console" in response.get_data(as_text=True)


def test_an_unchanged_page_is_not_sent_again(client: FlaskClient) -> None:
    tag = get(client, "/", headers=HTML).headers["ETag"]
    assert get(client, "/", headers={**HTML, "If-None-Match": tag}).status_code == 304


def test_programs_get_the_events_as_asyncapi(client: FlaskClient) -> None:
    response = get(client, "/api/v1/asyncapi.json")
    assert response.mimetype == "application/json"
    assert response.get_json()["asyncapi"] == "3.0.0"


def test_people_get_the_events_as_a_page_in_chinese_first(client: FlaskClient) -> None:
    response = get(client, "/docs/events", headers=HTML)
    page = response.get_data(as_text=True)
    assert response.mimetype == "text/html"
    assert '<html lang="zh">' in page
    for one in event_types():
        assert f'<h3 id="{one.name}">' in page
        assert one.example["id"] in page


@pytest.mark.parametrize("path", ["/api/v1/asyncapi.json", "/docs/events"])
def test_the_events_are_kept_for_minutes_and_then_asked_for_by_their_tag(
    client: FlaskClient, path: str
) -> None:
    response = get(client, path)
    assert response.headers["Cache-Control"] == "public, max-age=300"
    again = get(client, path, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
