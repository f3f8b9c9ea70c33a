"""Uploads into the blob store and downloads out of it."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gateway.parts import EXTENSION
from libs.common.blobs import Blobs
from libs.common.clock import utc_now
from libs.common.errors import NotFound
from libs.common.scanning import Scanner
from tests.support import shapes
from tests.support.clamd import EICAR, clamd
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

MAX_FILE = 50 * 1024 * 1024  # bytes, by default

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\0" * 100
PATH = f"/attachments/{shapes.ATTACHMENT_ID}"


@pytest.fixture
def blobs(app: Flask) -> Blobs:
    found: Blobs = app.extensions[EXTENSION].blobs
    return found


def upload(browser: Browser, content: bytes, name: str = "照片.png", **more: str) -> TestResponse:
    """By hand: the test client would leave its temporary file open."""
    parts = [_part(field, value.encode()) for field, value in more.items()]
    parts.append(_part("file", content, f'; filename="{name}"'))
    body = b"".join(parts) + b"--border--\r\n"
    return browser.post("/uploads", data=body, content_type="multipart/form-data; boundary=border")


def _part(field: str, content: bytes, more: str = "") -> bytes:
    head = f'--border\r\nContent-Disposition: form-data; name="{field}"{more}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def store(blobs: Blobs, services: FakeServices, content: bytes, name: str, media_type: str) -> None:
    stored = blobs.put("ticketing", content, max_size=MAX_FILE)
    known = {
        "attachment_id": shapes.ATTACHMENT_ID,
        "name": name,
        "media_type": media_type,
        "size": stored.size,
        "sha256": stored.sha256,
        "blob_key": stored.key,
    }
    services.answer("ticketing.get_attachment", known)


def test_an_upload_is_stored_and_staged(
    agent: Browser, services: FakeServices, blobs: Blobs
) -> None:
    shown = {
        "attachment_id": shapes.ATTACHMENT_ID,
        "name": "照片.png",
        "media_type": "image/png",
        "size": len(PNG),
    }
    services.answer("ticketing.stage_attachment", shown)
    response = upload(agent, PNG)
    assert response.status_code == 201
    assert response.get_json() == shown
    args = services.calls("ticketing.stage_attachment")[0].args
    assert blobs.read(args.pop("blob_key")) == PNG
    assert args == {
        "name": "照片.png",
        "media_type": "image/png",
        "size": len(PNG),
        "sha256": hashlib.sha256(PNG).hexdigest(),
        "scan_state": None,
    }


def test_the_bytes_tell_the_type_not_the_client(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.stage_attachment", {})
    upload(agent, b"<html><script>alert(1)</script>", "photo.png")
    assert services.calls("ticketing.stage_attachment")[0].args["media_type"] == "text/html"


def test_a_program_in_disguise_is_refused(agent: Browser, services: FakeServices) -> None:
    program = b"MZ\x90\0\x03" + b"\0" * 300
    problem = problem_of(upload(agent, program, "photo.jpg"), 415)
    assert problem["code"] == "attachment.disguised"
    assert services.asked == []


def test_a_file_of_just_the_limit_is_taken(agent: Browser, services: FakeServices) -> None:
    services.answer("ticketing.stage_attachment", {})
    assert upload(agent, b"\1" * MAX_FILE).status_code == 201


@pytest.mark.parametrize("excess", [1, 200_000])
def test_a_file_over_the_limit_is_refused_and_not_kept(
    agent: Browser, services: FakeServices, installation: dict[str, str], excess: int
) -> None:
    before = _files(installation)
    problem_of(upload(agent, b"\1" * (MAX_FILE + excess)), 413)
    assert services.asked == []
    assert _files(installation) == before


def test_an_upload_without_a_file_is_refused(agent: Browser) -> None:
    response = agent.post("/uploads", data={"other": "x"}, content_type="multipart/form-data")
    assert list(problem_of(response, 422)["errors"]) == ["file"]


def test_an_upload_with_more_than_a_file_is_refused(agent: Browser) -> None:
    assert list(problem_of(upload(agent, PNG, colour="red"), 422)["errors"]) == ["colour"]


def test_an_upload_in_another_form_is_refused(agent: Browser) -> None:
    problem_of(agent.post("/uploads", data=PNG, content_type="image/png"), 415)


def test_a_broken_upload_is_refused(agent: Browser) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nunfinished'
    response = agent.post("/uploads", data=body, content_type="multipart/form-data; boundary=x")
    assert 400 <= response.status_code < 500


def test_a_download_is_saved_not_shown(
    agent: Browser, services: FakeServices, blobs: Blobs
) -> None:
    store(blobs, services, PNG, "照片.png", "image/png")
    response = agent.get(PATH)
    assert response.get_data() == PNG
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''%E7%85%A7%E7%89%87.png" in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_picture_is_shown_on_demand(agent: Browser, services: FakeServices, blobs: Blobs) -> None:
    store(blobs, services, PNG, "照片.png", "image/png")
    response = agent.get(f"{PATH}?inline=1")
    assert response.headers["Content-Disposition"].startswith("inline;")
    assert response.mimetype == "image/png"


@pytest.mark.parametrize("query", ["", "?inline=1"])
def test_a_file_stays_in_no_cache(
    agent: Browser, services: FakeServices, blobs: Blobs, query: str
) -> None:
    store(blobs, services, PNG, "照片.png", "image/png")
    assert agent.get(f"{PATH}{query}").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/xhtml+xml"])
def test_what_may_hold_scripts_is_never_shown(
    agent: Browser, services: FakeServices, blobs: Blobs, media_type: str
) -> None:
    store(blobs, services, b"<svg onload=alert(1)>", "x", media_type)
    response = agent.get(f"{PATH}?inline=1")
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.mimetype == "application/octet-stream"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_a_file_that_the_caller_may_not_see_is_not_found(
    agent: Browser, services: FakeServices
) -> None:
    def refuse(_args: object, _actor: object) -> None:
        raise NotFound("attachment.not_found", "there is no such attachment")

    services.answer("ticketing.get_attachment", refuse)
    assert problem_of(agent.get(PATH), 404)["code"] == "attachment.not_found"


def test_a_file_whose_bytes_are_gone_is_not_found(
    agent: Browser, services: FakeServices, blobs: Blobs
) -> None:
    store(blobs, services, PNG, "照片.png", "image/png")
    blobs.delete(services._methods["ticketing.get_attachment"]({}, None)["blob_key"])  # type: ignore[arg-type]
    assert problem_of(agent.get(PATH), 404)["code"] == "blob.missing"


def _files(installation: dict[str, str]) -> set[Path]:
    return {path for path in Path(installation["BLOB_DIR"]).rglob("*") if path.is_file()}


CONTENT = bytes(range(256)) * 300
STAGED = {
    "attachment_id": shapes.ATTACHMENT_ID,
    "name": "照片.png",
    "media_type": "text/plain",
    "size": 8,
}
TAG = hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=70000-70009", 70_000, 70_010),
        ("bytes=76790-", 76_790, 76_800),
        ("bytes=-10", 76_790, 76_800),
        ("bytes=76790-99999999", 76_790, 76_800),
    ],
)
def test_a_range_of_a_file_is_answered_alone(
    agent: Browser, services: FakeServices, blobs: Blobs, asked: str, start: int, stop: int
) -> None:
    store(blobs, services, CONTENT, "录音.mp3", "audio/mpeg")
    answer = agent.get(PATH, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (206, CONTENT[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/76800"
    assert answer.headers["Content-Length"] == str(stop - start)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Range": "bytes=0-1,5-6"},
        {"Range": "lines=1-2"},
        {"Range": "bytes=nonsense"},
        {"Range": "bytes=5-1"},
        {"Range": "bytes=0-1", "If-Range": '"another"'},
        {"Range": "bytes=0-1", "If-Range": "Wed, 21 Oct 2026 07:28:00 GMT"},
    ],
)
def test_without_one_range_of_this_file_all_of_it_comes(
    agent: Browser, services: FakeServices, blobs: Blobs, headers: dict[str, str]
) -> None:
    store(blobs, services, CONTENT, "录音.mp3", "audio/mpeg")
    answer = agent.get(PATH, headers=headers)
    assert (answer.status_code, answer.data) == (200, CONTENT)
    assert (answer.headers["Accept-Ranges"], answer.headers["ETag"]) == ("bytes", f'"{TAG}"')


def test_a_broken_download_goes_on_where_it_ended(
    agent: Browser, services: FakeServices, blobs: Blobs
) -> None:
    store(blobs, services, CONTENT, "录音.mp3", "audio/mpeg")
    headers = {"Range": "bytes=76000-", "If-Range": f'"{TAG}"'}
    assert agent.get(PATH, headers=headers).data == CONTENT[76_000:]


def test_bytes_that_the_file_has_not_are_refused(
    agent: Browser, services: FakeServices, blobs: Blobs
) -> None:
    store(blobs, services, CONTENT, "录音.mp3", "audio/mpeg")
    problem_of(agent.get(PATH, headers={"Range": "bytes=76800-"}), 416)


def test_a_thumbnail_is_a_picture_of_its_own_that_is_missing_at_first(
    agent: Browser, services: FakeServices, blobs: Blobs
) -> None:
    store(blobs, services, PNG, "照片.png", "image/png")
    problem_of(agent.get(f"{PATH}/thumbnail"), 404)
    small = blobs.put("ticketing", b"RIFF small", max_size=100)
    known = {"thumbnail": {"blob_key": small.key, "size": small.size}}
    services.answer("ticketing.get_attachment", known)
    answer = agent.get(f"{PATH}/thumbnail")
    assert (answer.data, answer.content_type) == (b"RIFF small", "image/webp")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_harmful_upload_is_refused_and_nothing_of_it_stays(
    agent: Browser, services: FakeServices, blobs: Blobs, app: Flask
) -> None:
    services.answer("ticketing.stage_attachment", STAGED)
    before = set(blobs.list_day("ticketing", utc_now().date()))
    with clamd() as address:
        _give_scanner(app, address)
        refused = problem_of(upload(agent, b"before " + EICAR, "invoice.doc"), 422)
        assert upload(agent, b"harmless").status_code == 201
    assert refused["code"] == "attachment.harmful"
    assert "file" in refused["errors"]
    [staged] = services.calls("ticketing.stage_attachment")
    assert staged.args["scan_state"] == "clean"
    after = set(blobs.list_day("ticketing", utc_now().date()))
    assert after - before == {staged.args["blob_key"]}


def test_while_the_scanner_is_away_uploads_wait_for_it_staged(
    agent: Browser, services: FakeServices, app: Flask
) -> None:
    services.answer("ticketing.stage_attachment", STAGED)
    with clamd() as address:
        pass
    _give_scanner(app, address)
    assert upload(agent, b"harmless").status_code == 201
    assert services.calls("ticketing.stage_attachment")[0].args["scan_state"] is None


def _give_scanner(app: Flask, address: str) -> None:
    app.extensions[EXTENSION] = replace(app.extensions[EXTENSION], scanner=Scanner(address))
