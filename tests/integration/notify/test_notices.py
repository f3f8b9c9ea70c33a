"""Notices of people, and what supervisors see of a ticket's mails; as the gateway asks for them."""

from typing import Any
from uuid import UUID

import pytest

from libs.common.actor import SYSTEM, Actor
from libs.common.errors import Forbidden, NotFound
from services.notify import queries
from services.notify.domain.happenings import Happening
from services.notify.domain.ticket_happenings import happening_of
from services.notify.use_cases.notices import read_all_notices, read_notice
from tests.integration.notify.desk import Desk, Facts, reply_to, ticket_of
from tests.support.actors import actor
from tests.support.smtp_sink import SmtpSink
from tests.unit.notify.facts import ticket_facts

SUPERVISOR = actor("supervisor", "王主管")


@pytest.fixture
def li() -> Actor:
    return actor("agent", "李雷")


def wrote(assignee: Actor, **fields: Any) -> Facts:
    """ticket.message_received in somebody's ticket."""
    return ticket_facts(assignee_id=assignee.subject, text="在吗", is_auto_reply=False, **fields)


def notice_of_message(ticket: Facts) -> Happening | None:
    return happening_of("ticket.message_received", ticket)


def notice_of_assignment(ticket: Facts) -> Happening | None:
    return happening_of("ticket.assigned", ticket)


def shown(desk: Desk, actor: Actor, *, unread: bool = False, limit: int = 20) -> dict[str, Any]:
    with desk.database.begin(read_only=True) as uow:
        return queries.list_notices(uow.session, actor, unread=unread, limit=limit)


def read(desk: Desk, actor: Actor, notice_id: str) -> None:
    desk.handle(lambda uow: read_notice(uow, actor, desk.now, notice_id=UUID(notice_id)))


def test_a_notice_is_told_once_however_often_its_event_comes(desk: Desk, li: Actor) -> None:
    order = notice_of_message(wrote(li))
    desk.tell(order, order)
    desk.tell(order)
    (notice,) = shown(desk, li)["items"]
    assert notice["ticket_number"] == "G20261121001"
    assert notice["occasion"] == "message"
    assert notice["read_at"] is None


def test_notices_come_newest_first_and_unread_ones_are_counted(desk: Desk, li: Actor) -> None:
    for number in ("G20261121001", "G20261121002", "G20261121003"):
        desk.tell(notice_of_message(wrote(li, number=number)))
    listed = shown(desk, li, limit=2)
    assert [one["ticket_number"] for one in listed["items"]] == ["G20261121003", "G20261121002"]
    assert listed["unread_count"] == 3


def test_what_was_read_is_not_unread_and_keeps_its_first_time(desk: Desk, li: Actor) -> None:
    desk.tell(notice_of_message(wrote(li)), notice_of_message(wrote(li, seq=2)))
    first = shown(desk, li)["items"][0]["notice_id"]
    read(desk, li, first)
    read_at = shown(desk, li)["items"][0]["read_at"]
    desk.wait(hours=1)
    read(desk, li, first)
    assert shown(desk, li)["items"][0]["read_at"] == read_at
    unread = shown(desk, li, unread=True)
    assert first not in [one["notice_id"] for one in unread["items"]]
    assert unread["unread_count"] == 1


def test_all_are_read_at_once_and_only_ones_own(desk: Desk, li: Actor) -> None:
    han = actor("agent", "韩梅梅")
    for person in (li, han):
        desk.tell(notice_of_message(wrote(person)), notice_of_message(wrote(person, seq=2)))
    desk.handle(lambda uow: read_all_notices(uow, li, desk.now))
    assert shown(desk, li)["unread_count"] == 0
    assert shown(desk, han)["unread_count"] == 2


def test_other_peoples_notices_are_unknown(desk: Desk, li: Actor) -> None:
    desk.tell(notice_of_message(wrote(SUPERVISOR)))
    theirs = shown(desk, SUPERVISOR)["items"][0]["notice_id"]
    with pytest.raises(NotFound):
        read(desk, li, theirs)
    assert shown(desk, SUPERVISOR)["unread_count"] == 1


def test_who_is_no_person_has_no_notices(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        shown(desk, SYSTEM)


def test_two_occasions_of_one_ticket_are_two_notices(desk: Desk, li: Actor) -> None:
    ticket = ticket_facts(assignee_id=li.subject, note="请今天处理")
    desk.tell(notice_of_assignment(ticket))
    desk.tell(notice_of_message(wrote(li, ticket_id=ticket["ticket_id"], seq=2)))
    assert [one["occasion"] for one in shown(desk, li)["items"]] == ["message", "assigned"]


def test_a_supervisor_sees_the_state_of_mails_without_their_contents(
    desk: Desk, sink: SmtpSink
) -> None:
    ticket = ticket_of(desk.known_customer())
    desk.acknowledge(ticket)
    desk.send()
    sink.behave("refuse")
    desk.pass_on(reply_to(ticket))
    desk.send()
    with desk.database.begin(read_only=True) as uow:
        seen = queries.list_deliveries(uow.session, ticket_id=ticket["ticket_id"])
    assert [(one["occasion"], one["status"]) for one in seen] == [
        ("receipt", "sent"),
        ("replied", "failed"),
    ]
    assert "550" in seen[1]["error"]
    assert not any(secret in repr(seen) for secret in ("han@example.com", "补发", "破损"))
