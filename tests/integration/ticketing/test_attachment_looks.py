"""Files are scanned and painted small once each, and nobody opens what is not safe."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.common.blobs import Blobs, DirectoryBlobs
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.errors import Forbidden, Unavailable
from libs.common.scanning import Scanner, open_scanner
from services.ticketing.clients.thumbnails import paint_thumbnail
from services.ticketing.domain.timeline import Attachment
from services.ticketing.queries.attachments import get_attachment
from services.ticketing.use_cases.look_at_attachments import paint_next, scan_next
from services.ticketing.use_cases.upkeep import sweep_blobs, sweep_orphans
from services.ticketing.use_cases.working import add_note
from tests.integration.ticketing.desk import Desk
from tests.integration.ticketing.test_attachments import is_stored, stage
from tests.support.clamd import EICAR, clamd
from tests.unit.ticketing.test_thumbnails import picture


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Blobs:
    return DirectoryBlobs(str(tmp_path_factory.mktemp("blobs")), None)


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scanner]:
    """A scanner that this installation has."""
    with clamd() as address:
        monkeypatch.setenv("CLAMAV_URL", address)
        found = open_scanner()
        assert found is not None
        yield found


@pytest.fixture(autouse=True)
def nothing_left(database: Database) -> Iterator[None]:
    yield
    with database.engine.begin() as connection:
        connection.execute(
            text("UPDATE attachments SET scan_state = 'clean', thumbnail_state = 'none'")
        )


def file_of(desk: Desk, blobs: Blobs, content: bytes, media_type: str = "image/png") -> Attachment:
    stored = blobs.put("ticketing", content, max_size=10_000_000)
    return stage(desk, desk.boss, blob_key=stored.key, size=stored.size, media_type=media_type)


def noted(desk: Desk, file: Attachment) -> str:
    number: str = desk.open()["number"]
    ids = [file.attachment_id]
    desk.change(add_note, desk.boss, number=number, text="照片", attachment_ids=ids)
    return number


def shown(desk: Desk, number: str) -> dict[str, Any]:
    [file] = desk.show(number)["timeline"]["items"][-1]["attachments"]
    return dict(file)


def opened(desk: Desk, attachment_id: UUID) -> dict[str, Any]:
    found: dict[str, Any] = desk.ask(get_attachment, desk.boss, attachment_id)
    return found


def test_until_it_has_been_scanned_nobody_opens_a_file(
    desk: Desk, database: Database, blobs: Blobs, scanner: Scanner
) -> None:
    file = file_of(desk, blobs, b"harmless")
    number = noted(desk, file)
    assert shown(desk, number)["safety"] == "waiting"
    with pytest.raises(Forbidden) as refusal:
        opened(desk, file.attachment_id)
    assert refusal.value.code == "attachment.unscanned"
    assert scan_next(database, blobs, scanner)
    assert not scan_next(database, blobs, scanner)
    assert shown(desk, number)["safety"] == "clean"
    assert opened(desk, file.attachment_id)["blob_key"] == file.blob_key


def test_a_harmful_file_is_nobodys_to_open_whether_there_is_a_scanner_or_not(
    desk: Desk,
    database: Database,
    blobs: Blobs,
    scanner: Scanner,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = file_of(desk, blobs, b"before " + EICAR)
    number = noted(desk, file)
    assert scan_next(database, blobs, scanner)
    monkeypatch.delenv("CLAMAV_URL")
    assert shown(desk, number)["safety"] == "harmful"
    with pytest.raises(Forbidden) as refusal:
        opened(desk, file.attachment_id)
    assert refusal.value.code == "attachment.harmful"


def test_what_the_scanner_cannot_look_at_stays_shut(
    desk: Desk, database: Database, blobs: Blobs, scanner: Scanner
) -> None:
    file = file_of(desk, blobs, b"x" * 1_100_000)
    gone = file_of(desk, blobs, b"lost")
    blobs.delete(gone.blob_key)
    while scan_next(database, blobs, scanner):
        pass
    for one in (file, gone):
        with pytest.raises(Forbidden) as refusal:
            opened(desk, one.attachment_id)
        assert refusal.value.code == "attachment.unscannable"


def test_while_the_scanner_is_away_files_wait(
    desk: Desk, database: Database, blobs: Blobs, scanner: Scanner
) -> None:
    file_of(desk, blobs, b"harmless")
    with clamd() as address:
        away = Scanner(address)
    with pytest.raises(Unavailable):
        scan_next(database, blobs, away)
    assert scan_next(database, blobs, scanner)


def test_without_a_scanner_files_are_open(desk: Desk, blobs: Blobs) -> None:
    file = file_of(desk, blobs, b"harmless")
    assert shown(desk, noted(desk, file))["safety"] is None
    assert opened(desk, file.attachment_id)["size"] == 8


def test_a_picture_gets_its_thumbnail_once_however_many_paint(
    desk: Desk, database: Database, blobs: Blobs
) -> None:
    files = [file_of(desk, blobs, picture((640, 480))) for _ in range(4)]
    number = noted(desk, files[0])

    def paint() -> None:
        while paint_next(database, blobs, paint_thumbnail, utc_now(), only_clean=False):
            pass

    painters = [threading.Thread(target=paint) for _ in range(3)]
    for painter in painters:
        painter.start()
    for painter in painters:
        painter.join()
    assert shown(desk, number)["has_thumbnail"] is True
    keys = {opened(desk, file.attachment_id)["thumbnail"]["blob_key"] for file in files}
    assert len(keys) == 4
    assert all(blobs.read(key).startswith(b"RIFF") for key in keys)


def test_what_is_no_picture_after_all_is_tried_once(
    desk: Desk, database: Database, blobs: Blobs
) -> None:
    file = file_of(desk, blobs, b"not a picture")
    file_of(desk, blobs, b"%PDF-1.7", "application/pdf")
    assert paint_next(database, blobs, paint_thumbnail, utc_now(), only_clean=False)
    assert not paint_next(database, blobs, paint_thumbnail, utc_now(), only_clean=False)
    assert opened(desk, file.attachment_id)["thumbnail"] is None


def test_with_a_scanner_only_what_is_clean_is_painted(
    desk: Desk, database: Database, blobs: Blobs, scanner: Scanner
) -> None:
    file_of(desk, blobs, picture((64, 64)))
    assert not paint_next(database, blobs, paint_thumbnail, utc_now(), only_clean=True)
    assert scan_next(database, blobs, scanner)
    assert paint_next(database, blobs, paint_thumbnail, utc_now(), only_clean=True)


def test_thumbnails_are_swept_with_their_files_and_not_before(
    desk: Desk, database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    file = file_of(desk, blobs, picture((64, 64)))
    assert paint_next(database, blobs, paint_thumbnail, utc_now(), only_clean=False)
    key = opened(desk, file.attachment_id)["thumbnail"]["blob_key"]
    sweep_blobs(database, blobs, utc_now())
    assert blobs.size(key) > 0
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE attachments SET created_at = now() - interval '3 days' "
                "WHERE attachment_id = :id"
            ),
            {"id": file.attachment_id},
        )
    sweep_orphans(database, blobs, utc_now())
    assert not is_stored(blobs, file)
    with pytest.raises(Exception, match="missing"):
        blobs.size(key)
