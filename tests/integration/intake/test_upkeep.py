"""Blobs that nothing refers to are swept; operators see what failed and may try it again."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from libs.common.blobs import DirectoryBlobs
from libs.common.clock import utc_now
from libs.common.crypto import KeyRing
from libs.common.cursor import encode_cursor
from libs.common.errors import Conflict, InvalidInput, NotFound
from libs.common.testing.eventually import eventually
from services.intake import seed
from services.intake.queries.receipts import list_receipts
from services.intake.use_cases.refile_receipt import refile_receipt
from services.intake.use_cases.upkeep import sweep_orphans
from tests.integration.intake.desk import Desk, photo_field
from tests.unit.intake.mails import plain


def at(moment: datetime, desk: Desk) -> DirectoryBlobs:
    """The desk's store, on another day."""
    keys = KeyRing.parse(desk.config.field_keys)
    return DirectoryBlobs(Path(desk.config.blob_dir), keys, lambda: moment)


def test_only_what_is_old_and_unknown_is_swept(desk: Desk) -> None:
    now = utc_now()
    received = desk.form(attachments=[photo_field(b"x" * 100_000)])
    known = received["attachments"][0]["blob_key"]
    raw = desk.scalar("SELECT max(blob_key) FROM raw_messages WHERE blob_key IS NOT NULL")
    orphan = desk.blobs.put("intake", b"nobody's", max_size=10).key
    others = desk.blobs.put("ticketing", b"theirs", max_size=10).key
    assert sweep_orphans(desk.database, desk.blobs, now + timedelta(days=1)) == 0
    assert sweep_orphans(desk.database, desk.blobs, now + timedelta(days=4)) == 1
    for key in (known, raw, others):
        assert desk.blobs.size(key)
    with pytest.raises(Exception, match=orphan):
        desk.blobs.size(orphan)


def test_orphans_of_a_whole_month_are_found(desk: Desk) -> None:
    now = utc_now()
    for days in (5, 20):
        at(now - timedelta(days=days), desk).put("intake", b"x", max_size=1)
    assert sweep_orphans(desk.database, desk.blobs, now) == 2


def test_operators_see_what_failed_and_try_it_again(desk: Desk) -> None:
    receipt_id = desk.send_form().json["receipt_id"]
    with desk.database.begin() as uow:
        uow.session.connection().exec_driver_sql(
            "UPDATE receipts SET state = 'failed', attempts = 8, error = 'why' "
            "WHERE receipt_id = %s", (receipt_id,)
        )  # fmt: skip
        uow.commit()
    with desk.database.begin() as uow:
        (shown,) = list_receipts(uow.session, "failed", 10)["items"]
        assert (shown["receipt_id"], shown["error"]) == (receipt_id, "why")
        refile_receipt(uow, utc_now(), UUID(receipt_id))
        uow.commit()
    desk.file()
    assert desk.receipt(receipt_id)["state"] == "filed"


def test_only_what_has_failed_is_tried_again(desk: Desk) -> None:
    receipt_id = UUID(desk.send_form().json["receipt_id"])
    with desk.database.begin() as uow, pytest.raises(Conflict) as refused:
        refile_receipt(uow, utc_now(), receipt_id)
    assert refused.value.code == "receipt.not_failed"
    with desk.database.begin() as uow, pytest.raises(NotFound):
        refile_receipt(uow, utc_now(), uuid4())
    desk.file()


def test_receipts_are_walked_through_page_by_page(desk: Desk) -> None:
    sent = [desk.send_form().json["receipt_id"] for _ in range(5)]
    walked: list[str] = []
    cursor = None
    with desk.database.begin() as uow:
        while not walked or cursor:
            page = list_receipts(uow.session, "accepted", 2, cursor)
            assert len(page["items"]) <= 2
            walked += [one["receipt_id"] for one in page["items"]]
            cursor = page["next_cursor"]
    assert walked == sent[::-1]
    desk.file()


@pytest.mark.parametrize("cursor", ["x", "WzFd", encode_cursor(["a", "b"])])
def test_a_cursor_from_elsewhere_is_refused_by_name(desk: Desk, cursor: str) -> None:
    with desk.database.begin() as uow, pytest.raises(InvalidInput) as refused:
        list_receipts(uow.session, "failed", 10, cursor)
    assert "cursor" in refused.value.details["errors"]


def test_receipts_are_listed_by_states_that_exist(desk: Desk) -> None:
    with desk.database.begin() as uow, pytest.raises(InvalidInput):
        list_receipts(uow.session, "lost", 10)


def test_a_mailbox_may_be_on_a_host_of_the_house(desk: Desk) -> None:
    made = seed.seed(desk.database, {}, "Support <Support@localhost>")
    assert made["mail"] == "/channels/mail/support@localhost"
    send = partial(desk.send_mail, plain(), account="Support@LOCALHOST", key=made["adapter key"])
    # The door looks for new accounts every now and then.
    eventually(lambda: send().status_code == 202)


def test_seeding_again_changes_nothing_but_keys(desk: Desk) -> None:
    before = desk.rows("SELECT * FROM channel_accounts ORDER BY account_id")
    seed.seed(desk.database, {}, desk.config.mail_from)
    assert desk.rows("SELECT * FROM channel_accounts ORDER BY account_id") == before
    seed.seed(desk.database, {"FORM_KEY": "another-key"}, desk.config.mail_from)
    after = desk.rows("SELECT * FROM channel_accounts ORDER BY account_id")
    assert [row["account_id"] for row in after] == [row["account_id"] for row in before]
    assert after != before
