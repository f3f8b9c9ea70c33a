"""What is still told of tickets that are gone, and what becomes of those that come back."""

from typing import Any
from uuid import UUID

import pytest

from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event
from libs.common.errors import Conflict, NotFound
from services.ticketing.use_cases.failed_notices import show_failed_notice
from tests.integration.ticketing import hearing, ruling
from tests.integration.ticketing.desk import Ask, Desk, created, message, supervisor
from tests.integration.ticketing.hearing import row, told
from tests.integration.ticketing.test_ends import entries_left
from tests.integration.ticketing.test_failed_notices import failed

Json = dict[str, Any]


@pytest.fixture
def purged(ask: Ask, desk: Desk) -> Json:
    ticket = created(ask, subject="隐私")
    ask("delete_ticket", number=ticket["number"], reason="客户要求")
    ask("purge_ticket", number=ticket["number"], confirmation=ticket["number"])
    return ticket


def mailed(ticket: Json, desk: Desk, **more: Any) -> Event:
    known = {"opens": False, "customer_id": row(desk, ticket).customer_id}
    return message(UUID(ticket["ticket_id"]), **known | more)


def test_a_purged_ticket_keeps_nothing_that_is_told_of_it(desk: Desk, purged: Json) -> None:
    """A survey's answer, an automatic reply, a notice that failed, a broken promise."""
    hearing.hear(desk, hearing.answered(purged, 1, comment="我姓陈"), hearing.step(purged))
    desk.file(mailed(purged, desk, is_auto_reply=True, text="我在休假"))
    with desk.database.begin() as uow:
        show_failed_notice(uow, failed(purged["ticket_id"]))
        uow.commit()
    assert entries_left(desk, purged["ticket_id"]) == 0
    assert row(desk, purged).score is None


def test_what_is_written_to_a_purged_ticket_goes_on_in_another(desk: Desk, purged: Json) -> None:
    event = mailed(purged, desk, text="还有一个问题")
    desk.file(event)
    desk.file(event)
    follow_up = row(desk, purged).followed_up_by
    assert follow_up is not None
    shown = desk.show(desk.number_of(follow_up))["timeline"]["items"]
    assert [one["text"] for one in shown if one["kind"] == "message"] == ["还有一个问题"]
    assert entries_left(desk, purged["ticket_id"]) == 0


def test_triggers_leave_alone_what_is_in_the_bin(ask: Ask, desk: Desk) -> None:
    tag = ruling.fresh_tag()
    actions = ({"type": "set_status", "status": "closed"}, {"type": "add_note", "text": "规则"})
    ruling.trigger(ask, *actions, condition=ruling.tagged(tag))
    ticket = created(ask)
    ruling.edit(ask, ticket, tags=[tag])
    edited = ruling.events_of(desk, ticket)[-1]
    ask("delete_ticket", number=ticket["number"], reason="测试")
    before = row(desk, ticket)
    try:
        ruling.hear(desk, edited)
    finally:
        ruling.clear(desk)
    assert row(desk, ticket) == before


def parent_of(ask: Ask) -> tuple[Json, Json]:
    """A solved ticket and its child, which is closed but will not stay so."""
    parent, child = created(ask), created(ask)
    ask("attach_child", number=parent["number"], child=child["number"])
    for one in (child, parent):
        ask("solve_ticket", number=one["number"], text="已处理")
    return parent, child


def test_a_solved_parent_comes_out_of_the_bin_to_wait_for_its_child(ask: Ask, desk: Desk) -> None:
    parent, child = parent_of(ask)
    ask("delete_ticket", number=parent["number"], reason="误删")
    ask("reopen_ticket", number=child["number"], reason="没好")
    restored = ask("restore_ticket", number=parent["number"])
    assert (restored["status"], row(desk, parent).open_children) == ("unassigned", 1)
    assert [one["type"] for one in told(desk, parent)][-2:] == [
        "ticket.restored",
        "ticket.reopened",
    ]
    with pytest.raises(Conflict) as refusal:
        ask("solve_ticket", number=parent["number"], text="已处理")
    assert refusal.value.code == "ticket.children_open"


def test_a_solved_parent_is_unmerged_to_wait_for_its_child(ask: Ask, desk: Desk) -> None:
    parent, child = parent_of(ask)
    target = created(ask)["number"]
    ask("merge_tickets", number=target, numbers=[parent["number"]], is_confirmed=True)
    ask("reopen_ticket", number=child["number"], reason="没好")
    unmerged = ask("unmerge_ticket", number=parent["number"])
    assert (unmerged["status"], row(desk, parent).solution) == ("unassigned", None)
    assert told(desk, parent)[-1]["cause"] == "child"


def test_what_is_supervised_does_not_end_in_another_ticket(ask: Ask) -> None:
    leader, source, target = supervisor("赵总"), created(ask)["number"], created(ask)["number"]
    due_at = utc_now().replace(year=utc_now().year + 1).isoformat()
    ask("supervise_ticket", actor=leader, number=source, due_at=due_at, every_hours=4)
    merging = {"number": target, "numbers": [source], "is_confirmed": True}
    with pytest.raises(Conflict) as refusal:
        ask("merge_tickets", **merging)
    assert refusal.value.code == "ticket.supervised"
    ask("sign_off", actor=leader, number=source, words="可以合并")
    assert ask("merge_tickets", **merging)["number"] == target


def test_a_link_is_taken_away_by_one_of_its_own_tickets_alone(ask: Ask) -> None:
    """Not by a third, even where one of its two is in the bin."""
    first, second, third = (created(ask)["number"] for _ in range(3))
    [link] = ask("link_tickets", number=first, other=second, relation="blocks")["links"]["items"]
    for gone in (None, first, second):
        if gone:
            ask("delete_ticket", number=gone, reason="测试")
        with pytest.raises(NotFound) as refusal:
            ask("unlink_tickets", number=third, link_id=link["link_id"])
        assert refusal.value.code == "link.not_found"
        if gone:
            ask("restore_ticket", number=gone)
    left = ask("unlink_tickets", number=second, link_id=link["link_id"])
    assert left["links"]["items"] == []
