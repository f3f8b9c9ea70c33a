"""What has been published is kept for a while, sealed, and can be sent again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from libs.common.crypto.key_ring import KeyRing
from libs.common.database import outbox
from libs.common.database.outbox import OutboxRow
from libs.common.database.sent import Resent, forget_sent, keep_sent, resend
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7
from tests.integration.common.looking import tell

RING = KeyRing({"k1": b"1" * 32})
OTHER = KeyRing({"k2": b"2" * 32})
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty(empty: Database) -> None:
    tell(empty, "TRUNCATE outbox_sent")


def rows(*words: str) -> list[OutboxRow]:
    return [
        OutboxRow(place, str(uuid7()), "ticket.created", word) for place, word in enumerate(words)
    ]


def keep(database: Database, ring: KeyRing | None, *batches: list[OutboxRow]) -> None:
    for batch in batches:
        with database.engine.begin() as connection:
            keep_sent(connection, batch, ring)


def send_again(database: Database, since: datetime, ring: KeyRing | None) -> Resent:
    with database.engine.begin() as connection:
        return resend(connection, since, ring)


def waiting(database: Database) -> list[tuple[str, str]]:
    with database.engine.connect() as connection:
        return [(row.event_id, row.body) for row in outbox.next_rows(connection, 1000)]


@pytest.mark.parametrize("ring", [None, RING], ids=["plain", "sealed"])
def test_what_was_sent_goes_again_in_its_order_with_its_ids(
    empty: Database, ring: KeyRing | None
) -> None:
    first, second = rows("一", "二"), rows("三")
    keep(empty, ring, first, second)
    assert send_again(empty, LONG_AGO, ring) == Resent(events=3)
    assert waiting(empty) == [(row.event_id, row.body) for row in (*first, *second)]


def test_the_urgent_lane_is_kept(empty: Database) -> None:
    calm, urgent = rows("later"), [OutboxRow(1, str(uuid7()), "ticket.created", "now", True)]
    keep(empty, RING, calm, urgent)
    send_again(empty, LONG_AGO, RING)
    assert [body for _, body in waiting(empty)] == ["now", "later"]


def test_nobody_reads_it_without_the_key(empty: Database) -> None:
    keep(empty, RING, rows("13800138000"))
    with empty.engine.connect() as connection:
        (stored,) = connection.execute(text("SELECT sealed_body FROM outbox_sent")).one()
    assert b"13800138000" not in bytes(stored)
    assert send_again(empty, LONG_AGO, OTHER) == Resent(unreadable=1)
    assert waiting(empty) == []


def test_only_what_was_sent_since_then_goes_again(empty: Database) -> None:
    keep(empty, RING, rows("old"))
    tell(empty, "UPDATE outbox_sent SET sent_at = now() - interval '1 hour'")
    keep(empty, RING, rows("new"))
    assert send_again(empty, datetime.now(UTC) - timedelta(minutes=5), RING).events == 1
    assert [body for _, body in waiting(empty)] == ["new"]


def test_what_is_old_is_forgotten(empty: Database) -> None:
    keep(empty, RING, rows("old"), rows("older"))
    tell(empty, "UPDATE outbox_sent SET sent_at = now() - interval '1 hour'")
    keep(empty, RING, rows("new"))
    with empty.engine.begin() as connection:
        assert forget_sent(connection, datetime.now(UTC) - timedelta(minutes=30), 1) == 1
        assert forget_sent(connection, datetime.now(UTC) - timedelta(minutes=30)) == 1
    assert send_again(empty, LONG_AGO, RING).events == 1
