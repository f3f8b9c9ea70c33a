"""Accepted messages become events, each once, whatever is wrong with one of them."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.errors import InvalidInput
from services.intake.storage.receipts import MAX_ATTEMPTS
from services.intake.use_cases.change_accounts import edit_account
from services.intake.use_cases.process_raw import process_raw
from tests.integration.intake.desk import SUPPORT, Desk, photo_field, tomorrow
from tests.unit.intake.mails import PHOTO, complaint_with_photo, plain


def execute(database: Database, statement: str, **parameters: object) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(statement), parameters)


def test_a_form_with_all_fields_becomes_an_event(desk: Desk) -> None:
    received = desk.form(
        name="李四",
        email="li@example.com",
        phone="13900139000",
        kind="repair",
        urgency="urgent",
        subject="投影仪无法开机",
        description="没有反应",
        order_number="SN-77",
        fields={"所在位置": "305"},
        attachments=[photo_field(PHOTO)],
    )
    assert received["opens"]
    assert received["channel"] == "web_form"
    assert (received["kind"], received["urgency_hint"]) == ("repair", "urgent")
    assert (received["subject"], received["text"]) == ("投影仪无法开机", "没有反应")
    assert received["form_fields"] == {"所在位置": "305", "order_number": "SN-77"}
    assert received["customer_name"] == "李四"
    assert not received["is_auto_reply"]
    (file,) = received["attachments"]
    assert (file["name"], file["media_type"], file["size"]) == ("照片.png", "image/png", len(PHOTO))
    assert desk.blobs.read(file["blob_key"]) == PHOTO


def test_a_form_may_name_a_template_and_is_taken_whatever_it_says(desk: Desk) -> None:
    fields = {"parts": ["屏幕", "按键"], "台数": 2, "保修": True, "备注": None}
    received = desk.form(template="no_such_template", fields=fields)
    assert received["template_key"] == "no_such_template"
    assert received["form_fields"] == {"parts": "屏幕、按键", "台数": "2", "保修": "是", "备注": ""}


def test_names_of_a_form_become_the_templates_keys(desk: Desk, names: dict[str, Any]) -> None:
    received = desk.form(fields={"报修物品": "空调", "台数": 2})
    assert received["template_key"] == names["template_key"]
    assert received["form_fields"] == {"item": "空调", "台数": "2"}
    assert received["category"] is None
    told = desk.form(fields={"问题类型": "售后/维修", "台数": 2})
    assert (told["category"], told["form_fields"]) == ("售后/维修", {"台数": "2"})
    assert desk.form(category="订单 › 物流")["category"] == "订单 › 物流"
    assert desk.form(template="inquiry")["template_key"] == "inquiry"


@pytest.fixture
def names(desk: Desk) -> Iterator[dict[str, Any]]:
    """What the form of the tests calls things, until the test is over."""
    form = {
        "template_key": "repair",
        "fields": {"报修物品": "item"},
        "category_field": "问题类型",
    }
    account_id = desk.scalar("SELECT account_id FROM channel_accounts WHERE channel = 'web_form'")

    def keep(wanted: dict[str, Any] | None) -> None:
        with desk.database.begin() as uow:
            edit_account(uow, account_id=account_id, version=None, changes={"form": wanted})
            uow.commit()

    keep(form)
    yield form
    keep(None)


def test_only_a_form_has_names_of_its_own(desk: Desk) -> None:
    account_id = desk.scalar("SELECT account_id FROM channel_accounts WHERE channel = 'mail'")
    changes = {"form": {"template_key": "repair"}}
    with desk.database.begin() as uow, pytest.raises(InvalidInput) as refusal:
        edit_account(uow, account_id=account_id, version=None, changes=changes)
    assert list(refusal.value.details["errors"]) == ["form"]


def test_a_mail_with_files_becomes_an_event(desk: Desk) -> None:
    received = desk.mail(complaint_with_photo())
    files = {file["name"]: file for file in received["attachments"]}
    assert set(files) == {"照片.png", "订单 2023.pdf"}
    assert desk.blobs.read(files["照片.png"]["blob_key"]) == PHOTO
    # The HTML shows our copy of the picture, by its attachment id.
    assert f'<img src="cid:{files["照片.png"]["attachment_id"]}">' in received["html"]
    assert received["channel"] == "mail"
    assert received["sent_at"] is None


def test_a_program_that_calls_itself_a_picture_is_kept_under_a_dull_name(desk: Desk) -> None:
    program = b"\x7fELF" + bytes(100)
    (file,) = desk.form(attachments=[photo_field(program)])["attachments"]
    assert (file["name"], file["media_type"]) == ("照片.png.bin", "application/octet-stream")


def test_a_receipt_tells_what_became_of_it(desk: Desk) -> None:
    receipt_id = desk.send_form().json["receipt_id"]
    desk.file()
    receipt = desk.receipt(receipt_id)
    received = desk.received(receipt_id)
    assert receipt["state"] == "filed"
    assert receipt["ticket_id"] == received["ticket_id"]
    assert receipt["conversation_id"] == received["conversation_id"]


def test_a_message_is_filed_once(desk: Desk) -> None:
    receipt_id = desk.send_form().json["receipt_id"]
    desk.file()
    desk.file(tomorrow())
    query = "SELECT count(*) FROM messages WHERE receipt_id = :id"
    assert desk.scalar(query, id=receipt_id) == 1


def test_replicas_share_the_messages_out(desk: Desk) -> None:
    receipts = [desk.send_form().json["receipt_id"] for _ in range(120)]
    threads = [threading.Thread(target=desk.file) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    query = "SELECT count(*), count(DISTINCT receipt_id) FROM messages WHERE receipt_id = ANY(:ids)"
    counts = desk.rows(query, ids=[UUID(one) for one in receipts])[0]
    assert tuple(counts.values()) == (120, 120)


def test_one_bad_message_holds_up_no_other(desk: Desk) -> None:
    good = [desk.send_form().json["receipt_id"] for _ in range(5)]
    bad = desk.send_form().json["receipt_id"]
    good += [desk.send_form().json["receipt_id"] for _ in range(5)]
    execute(desk.database, "UPDATE raw_messages SET body = '\\x00' WHERE receipt_id = :id", id=bad)
    desk.file()
    assert [desk.receipt(one)["state"] for one in good] == ["filed"] * 10
    receipt = desk.receipt(bad)
    assert (receipt["state"], receipt["attempts"]) == ("accepted", 1)
    assert "Undecryptable" in receipt["error"]


@pytest.fixture
def poison(desk: Desk) -> Iterator[str]:
    """A subject that the database refuses, by a rule of this test's own."""
    word = f"毒药{uuid4().hex}"
    execute(
        desk.database,
        f"ALTER TABLE conversations ADD CONSTRAINT poison CHECK (subject <> '{word}')",
    )
    yield word
    execute(desk.database, "ALTER TABLE conversations DROP CONSTRAINT poison")


def test_what_the_database_refuses_is_found_by_halving(desk: Desk, poison: str) -> None:
    subjects = [f"好的 {n}" for n in range(6)]
    subjects.insert(3, poison)
    receipts = [desk.send_form(subject=one).json["receipt_id"] for one in subjects]
    desk.file()
    states = [desk.receipt(one)["state"] for one in receipts]
    assert states == ["filed"] * 3 + ["accepted"] + ["filed"] * 3
    filed = [e.data["subject"] for e in desk.events("message.received")]
    assert [one for one in filed if one in subjects] == [f"好的 {n}" for n in range(6)]
    assert "poison" in desk.receipt(receipts[3])["error"]


def test_a_failing_message_is_tried_later_and_later_then_parked(desk: Desk, poison: str) -> None:
    receipt_id = desk.send_form(subject=poison).json["receipt_id"]
    now, delays = utc_now(), []
    for _ in range(MAX_ATTEMPTS):
        desk.file(now)
        receipt = desk.receipt(receipt_id)
        delays.append((receipt["next_at"] - now).total_seconds())
        now = receipt["next_at"]
    assert delays == sorted(delays)
    assert delays[0] == 10
    assert (receipt["state"], receipt["attempts"]) == ("failed", MAX_ATTEMPTS)
    shown = desk.client.get(f"/channels/receipts/{receipt_id}").json
    assert shown["state"] == "failed"
    desk.file(now + timedelta(days=9))
    assert desk.receipt(receipt_id)["attempts"] == MAX_ATTEMPTS


def test_trouble_of_the_database_counts_no_attempt(desk: Desk) -> None:
    receipt_id = desk.send_form().json["receipt_id"]
    with desk.database.engine.begin() as other:
        other.execute(text("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(Exception, match="lock timeout"):
            desk.file()
    assert desk.receipt(receipt_id)["attempts"] == 0
    desk.file()
    assert desk.receipt(receipt_id)["state"] == "filed"


def test_a_full_disk_counts_no_attempt(desk: Desk) -> None:
    receipt_id = desk.send_form(attachments=[photo_field()]).json["receipt_id"]
    incoming = desk.blobs._root / ".incoming"  # type: ignore[attr-defined]
    incoming.rename(incoming.with_name("gone"))
    incoming.touch()
    with pytest.raises(Exception, match=r"blobs\.unwritable"):
        desk.file()
    incoming.unlink()
    incoming.with_name("gone").rename(incoming)
    assert desk.receipt(receipt_id)["attempts"] == 0
    desk.file()
    assert desk.receipt(receipt_id)["state"] == "filed"


def test_mail_of_our_own_is_ignored_with_the_reason(desk: Desk) -> None:
    own = desk.send_mail(plain(sender=SUPPORT, Message_ID=f"<{uuid4()}@x>")).json["receipt_id"]
    marked = desk.send_mail(plain(X_Tidedesk_Loop="1", Message_ID=f"<{uuid4()}@x>"))
    desk.file()
    assert desk.receipt(own)["state"] == "ignored"
    assert "address" in desk.receipt(own)["error"]
    assert desk.receipt(marked.json["receipt_id"])["state"] == "ignored"
    shown = desk.client.get(marked.json["status_url"]).json
    assert (shown["state"], shown["number"]) == ("ignored", None)


def test_an_absence_note_to_nobody_opens_a_ticket_that_says_so(desk: Desk) -> None:
    received = desk.mail(plain(Auto_Submitted="auto-replied", Message_ID=f"<{uuid4()}@x>"))
    assert received["opens"]
    assert received["is_auto_reply"]


def test_a_large_mail_is_read_in_a_thread_and_filed(desk: Desk) -> None:
    mail = plain("很长的信。" * 60_000, Message_ID=f"<{uuid4()}@x>")
    received = desk.mail(mail)
    (whole,) = received["attachments"]
    assert whole["name"] == "全文.txt"
    assert len(received["text"].encode()) < 50_000


def test_a_batch_is_limited_by_its_size(desk: Desk) -> None:
    big = [photo_field(bytes(9 * 1024 * 1024))]
    receipts = [desk.send_form(attachments=big).json["receipt_id"] for _ in range(3)]
    assert process_raw(desk.database, desk.room, utc_now())
    states = sorted(desk.receipt(one)["state"] for one in receipts)
    assert states == ["accepted", "accepted", "filed"]
    desk.file()
    assert {desk.receipt(one)["state"] for one in receipts} == {"filed"}


def test_an_idle_job_says_that_nothing_waits(desk: Desk) -> None:
    desk.file()
    assert not process_raw(desk.database, desk.room, utc_now())


def test_the_longest_message_fits_on_the_bus(desk: Desk) -> None:
    files = "".join(
        f'--b\nContent-Type: image/png; name="{"长" * 200}{n}.png"\nContent-ID: <{n}>\n\nx{n}\n'
        for n in range(50)
    )
    html = "<p>" + '引号"和\\ ' * 20_000 + "".join(f'<img src="cid:{n}">' for n in range(50))
    body = f"--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n{files}--b--\n"
    head = f"From: a@example.com\nSubject: {'题' * 999}\nContent-Type: multipart/mixed; boundary=b"
    received = desk.mail(f"{head}\n\n{body}".encode())
    assert len(received["attachments"]) == 51  # with the whole text
    size = desk.scalar("SELECT max(octet_length(body)) FROM outbox")
    assert size < 256 * 1024
