"""Uploads: staged, attached, read by those who may, swept when forgotten."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.blobs import Blobs, DirectoryBlobs
from libs.common.blobs.keys import new_key
from libs.common.clock import utc_now
from libs.common.database.upkeep import keep_house
from libs.common.errors import InvalidInput, NotFound
from services.ticketing.domain.timeline import Attachment
from services.ticketing.queries.attachments import get_attachment
from services.ticketing.use_cases.attachments import stage_attachment
from services.ticketing.use_cases.upkeep import sweep_blobs, sweep_orphans
from services.ticketing.use_cases.working import add_note, assign_ticket, reply
from tests.integration.ticketing.desk import Desk, agent, file_facts, message


def stage(desk: Desk, actor: Any, **fields: Any) -> Attachment:
    facts = file_facts(blob_key=new_key("ticketing", utc_now().date(), sealed=False)) | fields
    del facts["attachment_id"]
    staged: Attachment = desk.do(stage_attachment, actor, **facts)
    return staged


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return DirectoryBlobs(str(tmp_path), None)


def stage_blob(desk: Desk, blobs: Blobs) -> Attachment:
    """An upload as the gateway makes it."""
    stored = blobs.put("ticketing", b"content", max_size=100)
    return stage(desk, desk.boss, blob_key=stored.key)


def is_stored(blobs: Blobs, file: Attachment) -> bool:
    try:
        return blobs.size(file.blob_key) > 0
    except NotFound:
        return False


def test_a_reply_shows_its_files_in_the_given_order_and_tells_notify_all_of_them(desk: Desk):
    number = desk.open()["number"]
    files = [stage(desk, desk.boss, name=f"{i}.pdf") for i in range(3)]
    ids = [file.attachment_id for file in reversed(files)]
    entry = desk.change(reply, desk.boss, number=number, text="见附件", attachment_ids=ids)
    assert [file["name"] for file in entry["attachments"]] == ["2.pdf", "1.pdf", "0.pdf"]
    event = desk.events(desk.show(number)["ticket_id"])[-1]
    assert [file["blob_key"] for file in event["data"]["attachments"]] == [
        file.blob_key for file in reversed(files)
    ]


def test_a_file_is_attached_once(desk: Desk):
    number = desk.open()["number"]
    ids = [stage(desk, desk.boss).attachment_id]
    desk.change(add_note, desk.boss, number=number, text="截图", attachment_ids=ids)
    with pytest.raises(InvalidInput) as refusal:
        desk.change(add_note, desk.boss, number=number, text="截图", attachment_ids=ids)
    assert refusal.value.code == "attachment.unknown"
    assert "attachment_ids" in refusal.value.details["errors"]


def test_a_refused_reply_leaves_its_files_to_be_attached_again(desk: Desk):
    number = desk.open()["number"]
    ids = [stage(desk, desk.boss).attachment_id]
    with pytest.raises(InvalidInput):
        desk.change(
            reply, desk.boss, number=number, text="x", attachment_ids=ids, status="nonsense"
        )
    entry = desk.change(reply, desk.boss, number=number, text="x", attachment_ids=ids)
    assert len(entry["attachments"]) == 1


def test_nobody_attaches_what_somebody_else_uploaded(desk: Desk):
    number = desk.open()["number"]
    ids = [stage(desk, agent("李雷")).attachment_id]
    with pytest.raises(InvalidInput):
        desk.change(add_note, desk.boss, number=number, text="截图", attachment_ids=ids)


def test_more_files_than_an_entry_takes_are_refused(desk: Desk):
    number = desk.open()["number"]
    ids = [uuid4() for _ in range(21)]
    with pytest.raises(InvalidInput) as refusal:
        desk.change(add_note, desk.boss, number=number, text="截图", attachment_ids=ids)
    assert refusal.value.code == "field.too_long"


def test_a_new_ticket_may_bring_files(desk: Desk):
    file = stage(desk, desk.boss)
    number = desk.open(attachment_ids=[file.attachment_id])["number"]
    shown = desk.show(number)["timeline"]["items"][1]["attachments"]
    assert [one["attachment_id"] for one in shown] == [str(file.attachment_id)]
    found = desk.ask(get_attachment, desk.boss, file.attachment_id)
    assert found["blob_key"] == file.blob_key


def test_files_are_read_by_whoever_may_see_the_ticket(desk: Desk):
    li, han = agent("李雷"), agent("韩梅梅")
    photo = file_facts()
    came = message(attachments=[photo])
    desk.file(came)
    wanted = photo["attachment_id"]
    assert desk.ask(get_attachment, han, wanted)["size"] == photo["size"]
    number = desk.number_of(came.data["ticket_id"])
    desk.do(assign_ticket, li, number=number, assignee_id=li.subject, assignee_name="李雷")
    assert desk.ask(get_attachment, li, wanted)["name"] == photo["name"]
    for somebody, something in ((han, wanted), (li, uuid4())):
        with pytest.raises(NotFound):
            desk.ask(get_attachment, somebody, something)


def test_a_staged_file_is_seen_by_its_uploader_only(desk: Desk):
    li = agent("李雷")
    file = stage(desk, li)
    assert desk.ask(get_attachment, li, file.attachment_id)["name"] == file.name
    with pytest.raises(NotFound):
        desk.ask(get_attachment, desk.boss, file.attachment_id)


def test_uploads_that_nobody_attached_are_swept_after_48_hours(desk: Desk, blobs: Blobs):
    number = desk.open()["number"]
    forgotten, attached, fresh = (stage_blob(desk, blobs) for _ in range(3))
    ids = [attached.attachment_id]
    desk.change(add_note, desk.boss, number=number, text="截图", attachment_ids=ids)
    with desk.database.engine.begin() as connection:
        for file in (forgotten, attached):
            connection.execute(
                text("UPDATE attachments SET created_at = :then WHERE attachment_id = :id"),
                {"then": utc_now() - timedelta(hours=49), "id": file.attachment_id},
            )
    assert sweep_orphans(desk.database, blobs, utc_now()) is False
    stored = [is_stored(blobs, file) for file in (forgotten, attached, fresh)]
    assert stored == [False, True, True]
    ids = [forgotten.attachment_id]
    with pytest.raises(InvalidInput):
        desk.change(add_note, desk.boss, number=number, text="截图", attachment_ids=ids)


def test_a_sweep_goes_on_while_there_is_more(desk: Desk, blobs: Blobs):
    for _ in range(101):
        stage(desk, desk.boss)
    later = utc_now() + timedelta(hours=49)
    assert sweep_orphans(desk.database, blobs, later) is True
    assert sweep_orphans(desk.database, blobs, later) is False


def test_blobs_that_were_never_staged_are_swept_days_later(desk: Desk, blobs: Blobs):
    staged = stage_blob(desk, blobs)
    blobs.put("ticketing", b"lost between blob and row", max_size=100)
    blobs.put("intake", b"not ours", max_size=100)
    assert sweep_blobs(desk.database, blobs, utc_now() + timedelta(days=1)) == 0
    assert sweep_blobs(desk.database, blobs, utc_now() + timedelta(days=4)) == 1
    assert is_stored(blobs, staged)
    assert list(blobs.list_day("intake", utc_now().date()))


@pytest.mark.parametrize("key", ["", "x", "intake/2026/11/01/" + "a" * 26, "ticketing/../x", None])
def test_only_blobs_of_our_own_are_staged(desk: Desk, key):
    with pytest.raises(InvalidInput) as refusal:
        stage(desk, desk.boss, blob_key=key)
    assert "blob_key" in refusal.value.details["errors"]


def test_the_house_can_be_kept_again_and_again(desk: Desk):
    keep_house(desk.database)
    keep_house(desk.database)
    count = desk.scalar(
        "SELECT count(*) FROM pg_inherits WHERE inhparent = 'timeline_entries'::regclass"
    )
    assert count >= 4
