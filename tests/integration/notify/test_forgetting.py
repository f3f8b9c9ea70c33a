"""What notify forgets: notices read long ago, deliveries of years ago, and nothing else."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from libs.common.database.partitions import ensure_partitions
from services.notify import queries
from services.notify.domain.ticket_happenings import happening_of
from services.notify.use_cases.forget import forget_deliveries, forget_notices
from services.notify.use_cases.notices import read_notice
from tests.integration.notify.desk import Desk, ticket_of
from tests.support.actors import actor
from tests.unit.notify.facts import ticket_facts

LI = actor("agent")


def tell(desk: Desk, seq: int) -> UUID:
    ticket = ticket_facts(assignee_id=LI.subject, text="在吗", is_auto_reply=False, seq=seq)
    desk.tell(happening_of("ticket.message_received", ticket))
    return UUID(listed(desk)[0]["notice_id"])


def listed(desk: Desk) -> list[dict[str, Any]]:
    with desk.database.begin(read_only=True) as uow:
        found = queries.list_notices(uow.session, LI, unread=False, limit=100)
    return list(found["items"])


def read(desk: Desk, notice_id: UUID) -> None:
    desk.handle(lambda uow: read_notice(uow, LI, desk.now, notice_id=notice_id))


def months(desk: Desk) -> list[str]:
    query = (
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'deliveries'::regclass"
    )
    with desk.database.engine.connect() as connection:
        return sorted(connection.execute(text(query)).scalars())


def test_a_notice_is_kept_for_ninety_days_after_it_was_read(desk: Desk) -> None:
    read(desk, tell(desk, seq=1))
    desk.wait(days=90)
    forget_notices(desk.database, desk.now)
    assert len(listed(desk)) == 1
    desk.wait(seconds=1)
    forget_notices(desk.database, desk.now)
    assert listed(desk) == []


def test_an_unread_notice_is_never_forgotten(desk: Desk) -> None:
    tell(desk, seq=1)
    desk.wait(days=1000)
    forget_notices(desk.database, desk.now)
    assert len(listed(desk)) == 1


def test_notices_go_in_small_steps_until_none_is_left(desk: Desk) -> None:
    for seq in range(5):
        read(desk, tell(desk, seq))
    desk.wait(days=91)
    left = []
    while forget_notices(desk.database, desk.now, step=2):
        left.append(len(listed(desk)))
    assert left == [3, 1]
    assert listed(desk) == []


def test_months_of_deliveries_go_when_they_are_old_enough(desk: Desk) -> None:
    long_ago = desk.now - timedelta(days=3 * 365)
    with desk.database.engine.begin() as connection:
        ensure_partitions(connection, "deliveries", start=long_ago)
    now, desk.now = desk.now, long_ago
    desk.acknowledge(ticket_of(desk.known_customer()))
    desk.now = now
    desk.acknowledge(ticket_of(desk.known_customer()))
    assert f"deliveries_{long_ago:y%Ym%m}" in months(desk)
    forget_deliveries(desk.database, desk.now, 36)
    assert f"deliveries_{long_ago:y%Ym%m}" in months(desk)
    forget_deliveries(desk.database, desk.now, 24)
    assert f"deliveries_{long_ago:y%Ym%m}" not in months(desk)
    assert "deliveries_default" in months(desk)
    assert desk.delivery().created_at == desk.now
