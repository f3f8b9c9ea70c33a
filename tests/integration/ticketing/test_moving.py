"""Passing on, following, urging, supervising and closing tickets, with the database."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, Forbidden, InvalidInput, NotFound, TooMany
from libs.common.timers import Timer, run_due_timers
from services.ticketing.use_cases import supervising
from tests.integration.ticketing.desk import (
    Ask,
    Desk,
    agent,
    created,
    message,
    requester,
    supervisor,
    types,
)
from tests.integration.ticketing.hearing import colleague, team, told
from tests.support.actors import actor
from tests.support.directory import department

Json = dict[str, Any]


def worked_on(ask: Ask, who: Any, **more: Any) -> Json:
    """A ticket that this agent has and has confirmed."""
    ticket = created(ask, **more)
    named = {"assignee_id": str(who.subject), "assignee_name": who.name}
    ask("assign_ticket", number=ticket["number"], **named)
    confirmed: Json = ask("accept_ticket", actor=who, number=ticket["number"])
    return confirmed


def test_a_ticket_is_passed_to_a_colleague_and_returned(ask: Ask, desk: Desk) -> None:
    li, han = agent("李雷"), colleague(desk, "韩梅梅")
    han_id = str(han.data["person_id"])
    ticket = worked_on(ask, li)
    number = ticket["number"]
    passed = ask("transfer_ticket", actor=li, number=number, person_id=han_id, note="请跟进")
    assert passed["assignee"] == {"person_id": han_id, "name": "韩梅梅"}
    assert passed["previous_assignee"]["name"] == "李雷"
    back = ask("return_ticket", number=number, reason="信息不全", to="previous")
    assert back["assignee"]["person_id"] == str(li.subject)
    assert told(desk, ticket)[-1]["mode"] == "returned"
    pooled = ask("return_ticket", number=number, reason="不属于本组", to="pool")
    assert (pooled["assignee"], pooled["group"]) == (None, None)


def test_a_department_gets_tickets_too(ask: Ask, desk: Desk) -> None:
    event = department(name="销售部")
    desk.learn(event)
    wanted = str(event.data["department_id"])
    ticket = created(ask)
    passed = ask("transfer_ticket", number=ticket["number"], department_id=wanted)
    assert (passed["department_id"], passed["group"]) == (wanted, None)
    assert desk.events(ticket["ticket_id"])[-1]["data"]["to_department_id"] == wanted


@pytest.mark.parametrize("target", ["person_id", "department_id", "group_id"])
def test_nobody_unknown_is_given_a_ticket(ask: Ask, target: str) -> None:
    number = created(ask)["number"]
    with pytest.raises(InvalidInput) as refusal:
        ask("transfer_ticket", number=number, **{target: str(uuid4())})
    assert target in refusal.value.details["errors"]


@pytest.mark.parametrize("targets", [(), ("person_id", "group_id")])
def test_a_ticket_goes_to_exactly_one(ask: Ask, targets: tuple[str, ...]) -> None:
    number = created(ask)["number"]
    with pytest.raises(InvalidInput):
        ask("transfer_ticket", number=number, **{name: str(uuid4()) for name in targets})


def test_whoever_is_copied_reads_and_only_reads(ask: Ask, desk: Desk) -> None:
    """By themselves, by their group, by their department; and no longer once removed."""
    group_id, department_id = team(desk, "质检组"), uuid4()
    desk.learn(department(department_id, name="法务部"))
    reader = actor("agent", "韩梅梅", colleague(desk, "韩梅梅").data["person_id"])
    by_group = agent("组员", watches=[str(group_id)])
    by_department = agent("法务", watches=[str(department_id)])
    ticket = worked_on(ask, agent())
    number = ticket["number"]
    added = [
        {"kind": "person", "id": str(reader.subject)},
        {"kind": "group", "id": str(group_id)},
        {"kind": "department", "id": str(department_id)},
    ]
    shown = ask("change_copies", number=number, added=added)
    assert [one["name"] for one in shown["cc"]] == ["韩梅梅", "质检组", "法务部"]
    [fact] = [one for one in desk.events(ticket["ticket_id"]) if one["type"] == "ticket.cc_changed"]
    assert fact["data"]["recipients"] == [str(reader.subject)]
    for who in (reader, by_group, by_department):
        seen = ask("get_ticket", actor=who, number=number)
        assert seen["allowed"] == {"moves": [], "actions": []}
        listed = ask("list_tickets", actor=who, filters={"view": "cc"})["items"]
        assert [one["number"] for one in listed] == [number]
        assert ask("count_tickets", actor=who, views=["cc"])["cc"]["value"] == 1
        with pytest.raises(Forbidden):
            ask("add_note", actor=who, number=number, text="我来说一句")
    ask("change_copies", number=number, removed=[str(reader.subject)])
    with pytest.raises(NotFound):
        ask("get_ticket", actor=reader, number=number)


@pytest.mark.parametrize("kind", ["group", "robot"])
def test_only_whom_the_organisation_knows_is_copied(ask: Ask, kind: str) -> None:
    number = created(ask)["number"]
    with pytest.raises(InvalidInput):
        ask("change_copies", number=number, added=[{"kind": kind, "id": str(uuid4())}])


def _close(ask: Ask, ticket: Json, **more: Any) -> Json:
    closed: Json = ask("change_status", number=ticket["number"], status="closed", **more)
    return closed


def test_a_duplicate_leads_to_the_other_ticket(ask: Ask) -> None:
    first, second = created(ask), worked_on(ask, agent())
    with pytest.raises(InvalidInput) as refusal:
        _close(ask, second, close_kind="duplicate", duplicate_of="G20200101999")
    assert "duplicate_of" in refusal.value.details["errors"]
    closed = _close(ask, second, close_kind="duplicate", duplicate_of=first["number"])
    assert closed["close_kind"] == "duplicate"
    assert closed["duplicate_of"] == {"number": first["number"]}
    listed = ask("list_tickets", filters={"close_kind": "duplicate"})["items"]
    assert [one["number"] for one in listed] == [second["number"]]


def test_a_kind_goes_with_closing_alone(ask: Ask) -> None:
    ticket = worked_on(ask, agent())
    with pytest.raises(InvalidInput):
        ask("change_status", number=ticket["number"], status="follow_up", close_kind="invalid")


def test_a_customer_confirms_withdraws_and_urges_in_the_portal(ask: Ask) -> None:
    customer = requester()
    given = {"customer_name": customer.name, "subject": "打印机坏了", "text": "不出纸"}
    number = ask("create_request", actor=customer, **given)["number"]
    urged = ask("urge_request", actor=customer, number=number, note="急用")
    assert urged["last_urged_at"] is not None
    with pytest.raises(TooMany):
        ask("urge_request", actor=customer, number=number)
    ask("solve_ticket", number=number, text="已换硒鼓")
    shown = ask("get_request", actor=customer, number=number)
    assert (shown["may_confirm"], shown["may_urge"], shown["may_withdraw"]) == (True, False, False)
    ask("confirm_request", actor=customer, number=number, is_solved=True, words="可以打印了")
    confirmation = ask("get_ticket", number=number)["confirmation"]
    assert (confirmation["how"], confirmation["words"]) == ("portal", "可以打印了")
    assert confirmation["is_confirmed"]
    assert ask("get_request", actor=customer, number=number)["is_confirmed"] is True
    second = ask("create_request", actor=customer, **given)["number"]
    gone = ask("withdraw_request", actor=customer, number=second, reason="修好了")
    assert (gone["is_withdrawn"], gone["may_write"]) == (True, False)
    with pytest.raises(NotFound):
        ask("withdraw_request", actor=requester("别人"), number=second)


def test_urged_tickets_are_listed_first(ask: Ask) -> None:
    quiet, urged = created(ask), created(ask)
    ask("urge_ticket", number=urged["number"], note="来电催问")
    ask("urge_ticket", number=urged["number"])
    [first] = ask("list_tickets", filters={}, sort="-urge_count", limit=1)["items"]
    assert (first["number"], first["urge_count"]) == (urged["number"], 2)
    listed = ask("list_tickets", filters={"is_urged": True}, limit=100)["items"]
    numbers = [one["number"] for one in listed]
    assert urged["number"] in numbers
    assert quiet["number"] not in numbers


def test_an_urging_message_told_twice_counts_once_and_opens_nothing(desk: Desk) -> None:
    first = message()
    desk.file(first)
    ticket_id = first.data["ticket_id"]
    more = message(ticket_id, opens=False, text="怎么还没处理?请尽快")
    desk.file(more, more)
    desk.file(more)
    assert desk.show(desk.number_of(ticket_id))["urge_count"] == 1
    urging = [one for one in desk.events(ticket_id) if one["type"] == "ticket.urged"]
    assert [one["data"]["source"] for one in urging] == ["message"]
    mine = "SELECT count(*) FROM tickets WHERE customer_id = :id"
    assert desk.scalar(mine, id=str(first.data["customer_id"])) == 1


def test_a_supervised_ticket_reminds_and_waits_for_the_sign_off(ask: Ask, desk: Desk) -> None:
    leader = supervisor("赵总")
    ticket = worked_on(ask, agent())
    number = ticket["number"]
    given = {"due_at": (utc_now() + timedelta(days=1)).isoformat(), "every_hours": 2}
    shown = ask("supervise_ticket", actor=leader, number=number, note="今天给方案", **given)
    assert shown["supervision"]["leader"]["name"] == "赵总"
    listed = ask("list_tickets", filters={"view": "supervised"})["items"]
    assert [one["number"] for one in listed] == [number]
    _run_reminders(desk, number)
    _run_reminders(desk, number)
    assert types(desk.events(ticket["ticket_id"])).count("ticket.supervision_urged") == 2
    assert ask("get_ticket", number=number)["supervision"]["reminders"] == 2
    with pytest.raises(Conflict):
        _close(ask, ticket, reason="处理完毕")
    with pytest.raises(Forbidden):
        ask("sign_off", number=number, words="可以")
    ask("sign_off", actor=leader, number=number, words="方案可行")
    assert desk.scalar("SELECT count(*) FROM timers WHERE key = :key", key=number) == 0
    assert _close(ask, ticket, reason="处理完毕")["status"] == "closed"


def _run_reminders(desk: Desk, number: str) -> None:
    """The timer's hour has come."""
    with desk.database.begin() as uow:
        early = text("UPDATE timers SET try_at = now() - interval '1 s' WHERE key = :key")
        uow.session.execute(early, {"key": number})
        uow.commit()

    def remind(uow: UnitOfWork, timer: Timer) -> None:
        supervising.remind(uow, timer, utc_now())

    assert run_due_timers(desk.database, {supervising.REMINDER: remind}) == 1


def test_a_command_that_is_repeated_counts_once(ask: Ask) -> None:
    number = worked_on(ask, agent())["number"]
    before = len(ask("get_ticket", number=number)["timeline"]["items"])
    for _ in range(2):
        ask("urge_ticket", number=number, command_id=f"urge-{number}")
    after = ask("get_ticket", number=number)
    assert (len(after["timeline"]["items"]), after["urge_count"]) == (before + 1, 1)
