"""Settings of tickets, what time does to them, and the bin, with the database."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.blobs import open_blobs
from libs.common.clock import utc_now
from libs.common.config import Config
from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound, Stale
from services.ticketing.use_cases import aging
from tests.integration.ticketing.desk import Ask, Desk, agent, created, message, requester, types
from tests.support.actors import actor

Json = dict[str, Any]
ADMIN = actor("administrator")


def age(desk: Desk, number: str, column: str, ago: str) -> None:
    """Make it long ago."""
    with desk.database.begin() as uow:
        moved = f"UPDATE tickets SET {column} = now() - interval '{ago}' WHERE number = :number"
        uow.session.execute(text(moved), {"number": number})
        uow.commit()


def solved(ask: Ask) -> str:
    number: str = created(ask)["number"]
    ask("solve_ticket", number=number, text="已处理")
    return number


def entries_left(desk: Desk, ticket_id: Any) -> int:
    query = "SELECT count(*) FROM timeline_entries WHERE ticket_id = :id"
    return int(desk.scalar(query, id=str(ticket_id)))


def test_settings_are_changed_by_version_and_logged(ask: Ask, settings: Any) -> None:
    shown = settings(close_days=7, needs_transfer_note=True)
    assert shown["audit"]["after"] == {"close_days": 7, "needs_transfer_note": True}
    with pytest.raises(Stale):
        ask("edit_ticket_settings", actor=ADMIN, changes={"bin_days": 3}, version=0)
    with pytest.raises(InvalidInput) as refusal:
        settings(bin_days=0, urge_hours="x")
    assert set(refusal.value.details["errors"]) == {"bin_days", "urge_hours"}
    with pytest.raises(InvalidInput) as refusal:
        ask("transfer_ticket", number=created(ask)["number"], person_id=str(ADMIN.subject))
    assert "note" in refusal.value.details["errors"]
    demands = ask("get_ticket_demands", actor=agent())
    assert demands == {"needs_confirmation": False, "needs_transfer_note": True}


def test_a_normal_closing_waits_for_the_customer_where_it_is_wanted(
    ask: Ask, settings: Any
) -> None:
    settings(needs_confirmation=True)
    number = solved(ask)
    with pytest.raises(Conflict):
        ask("change_status", number=number, status="closed")
    ask("judge_ticket", number=number, is_satisfied=True, words="好了", channel="phone")
    assert ask("change_status", number=number, status="closed")["close_kind"] == "normal"


def test_time_closes_and_archives_where_the_settings_say_so(
    ask: Ask, desk: Desk, settings: Any
) -> None:
    old, young, unhappy = solved(ask), solved(ask), solved(ask)
    for number in (old, unhappy):
        age(desk, number, "solved_at", "8 days")
    with desk.database.begin() as uow:
        mark = text("UPDATE tickets SET is_dissatisfied = true WHERE number = :number")
        uow.session.execute(mark, {"number": unhappy})
        uow.commit()
    aging.close_solved(desk.database, utc_now())
    assert ask("get_ticket", number=old)["status"] == "solved"
    settings(close_days=7, archive_days=30)
    aging.close_solved(desk.database, utc_now())
    aging.close_solved(desk.database, utc_now())
    statuses = [ask("get_ticket", number=one)["status"] for one in (old, young, unhappy)]
    assert statuses == ["closed", "solved", "solved"]
    age(desk, old, "closed_at", "31 days")
    aging.archive_closed(desk.database, utc_now())
    shown = ask("get_ticket", number=old)
    assert shown["status"] == "archived"
    last = shown["timeline"]["items"][-1]
    assert (last["author"]["kind"], last["event"]["to_status"]) == ("system", "archived")


def test_an_answer_soon_enough_reopens_a_closed_ticket(desk: Desk, ask: Ask, settings: Any) -> None:
    settings(reopen_days=3)
    first = message()
    desk.file(first)
    ticket_id = first.data["ticket_id"]
    number = desk.number_of(ticket_id)
    ask("change_status", number=number, status="closed", reason="完成")
    desk.file(message(ticket_id, opens=False, text="还有问题"))
    assert ask("get_ticket", number=number)["status"] == "unassigned"
    ask("change_status", number=number, status="closed", reason="完成")
    age(desk, number, "closed_at", "4 days")
    desk.file(message(ticket_id, opens=False, text="又有问题"))
    assert ask("get_ticket", number=number)["status"] == "closed"
    assert "ticket.followed_up" in types(desk.events(ticket_id))


def test_what_is_in_the_bin_is_nowhere_else(ask: Ask, desk: Desk) -> None:
    customer = requester()
    given = {"customer_name": customer.name, "subject": "删除我", "text": "测试"}
    number = ask("create_request", actor=customer, **given)["number"]
    before = ask("count_tickets")["all"]["value"]
    deleted = ask("delete_ticket", number=number, reason="测试数据")
    assert deleted["deleted_at"] is not None
    assert ask("count_tickets")["all"]["value"] == before - 1
    for filters in ({}, {"q": number}, {"q": "删除我"}, {"view": "open"}):
        listed = ask("list_tickets", filters=filters, limit=100)["items"]
        assert number not in [one["number"] for one in listed]
    assert ask("list_requests", actor=customer)["items"] == []
    for call in ("get_request", "urge_request"):
        with pytest.raises(NotFound):
            ask(call, actor=customer, number=number)
    for call in ("add_note", "solve_ticket"):
        with pytest.raises(NotFound):
            ask(call, number=number, text="处理")
    with pytest.raises(NotFound):
        ask("get_ticket", actor=agent(), number=number)
    binned = ask("list_tickets", filters={"view": "bin"})["items"]
    assert [one["number"] for one in binned] == [number]
    with pytest.raises(Forbidden):
        ask("list_tickets", actor=agent(), filters={"view": "bin"})
    assert "bin" not in ask("count_tickets", actor=agent())
    ask("restore_ticket", number=number)
    assert ask("get_request", actor=customer, number=number)["may_write"]
    assert ask("list_tickets", filters={"view": "bin"})["items"] == []


def test_a_message_for_a_deleted_ticket_begins_another(desk: Desk, ask: Ask) -> None:
    first = message()
    desk.file(first)
    ticket_id = first.data["ticket_id"]
    ask("delete_ticket", number=desk.number_of(ticket_id), reason="误开")
    again = message(ticket_id, opens=False, text="我还在等")
    desk.file(again)
    desk.file(again)
    followed = [one for one in desk.events(ticket_id) if one["type"] == "ticket.followed_up"]
    assert len(followed) == 1
    new = desk.show(desk.number_of(followed[0]["data"]["new_ticket_id"]))
    # Nobody is led to what is in the bin.
    assert (new["status"], new["follows_up"]) == ("unassigned", None)


def test_a_purge_leaves_the_number_and_nothing_else(desk: Desk, ask: Ask) -> None:
    first = message(text="机密内容")
    desk.file(first)
    ticket_id = first.data["ticket_id"]
    number = desk.number_of(ticket_id)
    with pytest.raises(NotFound):
        ask("purge_ticket", number=number, confirmation=number)
    ask("delete_ticket", number=number, reason="客户要求")
    with pytest.raises(InvalidInput) as refusal:
        ask("purge_ticket", number=number, confirmation="G20200101001")
    assert "confirmation" in refusal.value.details["errors"]
    assert ask("purge_ticket", number=number, confirmation=number)["number"] == number
    assert entries_left(desk, ticket_id) == 0
    for call in ("get_ticket", "restore_ticket"):
        with pytest.raises(NotFound):
            ask(call, number=number)
    # Told once more, its message opens nothing; and the number stays taken.
    desk.file(first)
    assert desk.scalar("SELECT count(*) FROM tickets WHERE number = :number", number=number) == 1
    assert types(desk.events(ticket_id))[-1] == "ticket.purged"


def test_the_bin_empties_itself(desk: Desk, ask: Ask, tmp_path: Path) -> None:
    blobs = open_blobs(Config.read({"BLOB_DIR": str(tmp_path)}))
    old, young = created(ask), created(ask)
    for ticket in (old, young):
        ask("delete_ticket", number=ticket["number"], reason="测试")
    age(desk, old["number"], "deleted_at", "31 days")
    aging.empty_bin(desk.database, blobs, utc_now())
    aging.empty_bin(desk.database, blobs, utc_now())
    assert entries_left(desk, old["ticket_id"]) == 0
    assert entries_left(desk, young["ticket_id"]) > 0
    assert types(desk.events(old["ticket_id"])).count("ticket.purged") == 1
