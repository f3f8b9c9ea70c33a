"""Working together with the database: collaborations, effort and drafts."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.errors import (
    Conflict,
    DeskError,
    Forbidden,
    InvalidInput,
    NotFound,
    TooLarge,
)
from services.ticketing.queries.request_pages import get_request
from services.ticketing.use_cases.collaboration_timers import run_collaboration_timers
from tests.integration.ticketing.desk import Ask, Desk, agent, staged, types
from tests.integration.ticketing.hearing import team
from tests.integration.ticketing.helping import taken, worker
from tests.support.actors import actor
from tests.support.directory import department

SOMEBODY = Actor(None, "网关", "gateway", permissions=frozenset({"material.open", "material.send"}))
Json = dict[str, Any]


@pytest.fixture
def li(desk: Desk) -> Actor:
    """An agent whom the copy of the organisation has."""
    return worker(desk, "李雷")


@pytest.fixture
def technicians(desk: Desk) -> UUID:
    """A department with one below it."""
    above = department(name="技术部", parent_id=None)
    desk.learn(above)
    unit: UUID = above.data["department_id"]
    return unit


@pytest.fixture
def han(desk: Desk, technicians: UUID) -> Actor:
    """Works in a department below the technicians', whose scope the gateway signs."""
    below = department(name="硬件组", parent_id=technicians)
    desk.learn(below)
    unit = below.data["department_id"]
    return worker(desk, "韩梅梅", department_id=unit, watches=[str(unit), str(technicians)])


@pytest.fixture
def ticket(ask: Ask, li: Actor) -> Json:
    """Li works on it."""
    return taken(ask, li)


def _asked(ask: Ask, li: Actor, ticket: Json, target: UUID, **more: Any) -> Json:
    part = {"target_kind": "department", "target_id": str(target), "duty": "查日志"} | more
    answer = ask("start_collaboration", li, number=ticket["number"], parts=[part], note="见截图")
    [one] = answer["items"]
    found: Json = one
    return found


def test_a_department_is_asked_sees_answers_and_is_judged(
    desk: Desk, ask: Ask, li: Actor, han: Actor, technicians: UUID, ticket: Json
):
    number = ticket["number"]
    with pytest.raises(NotFound):
        ask("get_ticket", han, number=number)
    file = staged(ask, actor=li)
    part = {"target_kind": "department", "target_id": str(technicians), "duty": "查日志"}
    [one] = ask(
        "start_collaboration",
        li,
        number=number,
        parts=[part],
        attachment_ids=[file["attachment_id"]],
    )["items"]
    which = {"collaboration_id": one["collaboration_id"]}
    assert ask("get_ticket", han, number=number)["open_collaborations"] == 1
    assert ask("get_attachment", han, attachment_id=file["attachment_id"])["name"] == "说明.pdf"
    [listed] = ask("list_collaborations", han)["items"]
    assert (listed["ticket"]["number"], listed["may_answer"]) == (number, True)
    assert ask("count_collaborations", han) == {"waiting": 1, "overdue": 0, "answered": 0}
    ask("take_collaboration", han, **which)
    proof = staged(ask, actor=han)
    answered = ask(
        "answer_collaboration",
        han,
        **which,
        text="日志里有超时",
        attachment_ids=[proof["attachment_id"]],
    )
    assert (answered["state"], answered["taker"]["name"]) == ("answered", "韩梅梅")
    assert ask("count_collaborations", li) == {"waiting": 0, "overdue": 0, "answered": 1}
    ask("accept_collaboration", li, number=number, **which)
    rated = ask("rate_collaboration", li, number=number, **which, score=5, words="很及时")
    assert (rated["state"], rated["score"], rated["judgement"]) == ("accepted", 5, "很及时")
    assert types(desk.events(ticket["ticket_id"]))[-5:] == [
        f"ticket.collaboration_{verb}"
        for verb in ("started", "taken", "answered", "accepted", "rated")
    ]
    seqs = [event["data"]["seq"] for event in desk.events(ticket["ticket_id"])]
    assert seqs == list(range(1, len(seqs) + 1))
    assert ask("solve_ticket", li, number=number, text="已处理")["status"] == "solved"


def test_events_name_who_is_to_be_told_and_never_the_words(
    desk: Desk, ask: Ask, li: Actor, han: Actor, technicians: UUID, ticket: Json
):
    one = _asked(ask, li, ticket, technicians)
    ask("decline_collaboration", han, collaboration_id=one["collaboration_id"], reason="没有权限")
    started, declined = desk.events(ticket["ticket_id"])[-2:]
    assert started["data"]["recipients"] == [str(han.subject)]
    assert started["data"]["scope"]["collaborators"] == [str(technicians)]
    assert declined["data"]["recipients"] == [str(li.subject)]
    assert declined["data"]["scope"]["collaborators"] == []
    for event in (started, declined):
        assert "查日志" not in str(event)
        assert "没有权限" not in str(event)
    with pytest.raises(NotFound):
        ask("get_ticket", han, number=ticket["number"])


def test_a_group_and_a_person_are_asked_at_once(desk: Desk, ask: Ask, li: Actor, ticket: Json):
    group = team(desk, "仓库组")
    member = worker(desk, "仓库员", group_ids=[group], watches=[str(group)])
    other = worker(desk, "财务")
    parts = [
        {"target_kind": "group", "target_id": str(group), "duty": "核对库存"},
        {"target_kind": "person", "target_id": str(other.subject), "duty": "核对付款"},
    ]
    ask("start_collaboration", li, number=ticket["number"], parts=parts)
    for who in (member, other):
        assert ask("count_collaborations", who)["waiting"] == 1
        [one] = ask("list_collaborations", who)["items"]
        ask("answer_collaboration", who, collaboration_id=one["collaboration_id"], text="好了")
    shown = ask("list_ticket_collaborations", li, number=ticket["number"])["items"]
    assert [one["state"] for one in shown] == ["answered", "answered"]
    assert len(ask("list_collaborations", li, side="by_me", states=["answered"])["items"]) == 2


def test_who_was_not_asked_may_not_answer_and_who_only_helps_may_not_work(
    desk: Desk, ask: Ask, li: Actor, han: Actor, technicians: UUID, ticket: Json
):
    one = _asked(ask, li, ticket, technicians)
    stranger = worker(desk, "路人")
    for method, more in (("take_collaboration", {}), ("answer_collaboration", {"text": "好了"})):
        with pytest.raises(Forbidden):
            ask(method, stranger, collaboration_id=one["collaboration_id"], **more)
    with pytest.raises(NotFound):
        ask("get_collaboration", stranger, collaboration_id=one["collaboration_id"])
    with pytest.raises(Forbidden):
        ask("reply", han, number=ticket["number"], text="您好")
    with pytest.raises(DeskError):
        ask(
            "cancel_collaboration",
            han,
            number=ticket["number"],
            collaboration_id=one["collaboration_id"],
        )


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"target_id": str(uuid4())}, "parts.0.target_id"),
        ({"target_id": "x"}, "parts.0.target_id"),
        ({"target_kind": "planet"}, "parts.0.target_kind"),
        ({"duty": " "}, "parts.0.duty"),
        ({"due_at": "2020-01-01T00:00:00+00:00"}, "parts.0.due_at"),
        ({"due_at": "2020-01-01T00:00:00"}, "parts.0.due_at"),
    ],
)
def test_what_cannot_be_asked_is_named(
    ask: Ask, li: Actor, technicians: UUID, ticket: Json, part: Json, field: str
):
    known = {"target_kind": "department", "target_id": str(technicians), "duty": "查日志"}
    with pytest.raises(InvalidInput) as refused:
        ask("start_collaboration", li, number=ticket["number"], parts=[known | part])
    assert field in refused.value.details["errors"]


def test_the_same_is_not_asked_twice_at_once(ask: Ask, li: Actor, technicians: UUID, ticket: Json):
    part = {"target_kind": "department", "target_id": str(technicians), "duty": "查日志"}
    with pytest.raises(InvalidInput):
        ask("start_collaboration", li, number=ticket["number"], parts=[part, part])


def test_an_open_part_keeps_the_ticket_open_until_it_is_cancelled(
    ask: Ask, li: Actor, technicians: UUID, ticket: Json
):
    one, number = _asked(ask, li, ticket, technicians), ticket["number"]
    with pytest.raises(Conflict) as refused:
        ask("solve_ticket", li, number=number, text="已处理")
    assert refused.value.code == "ticket.collaboration_open"
    ask("cancel_collaboration", li, number=number, collaboration_id=one["collaboration_id"])
    ask("solve_ticket", li, number=number, text="已处理")


def test_late_parts_are_told_once(
    desk: Desk, ask: Ask, li: Actor, han: Actor, technicians: UUID, ticket: Json
):
    due_at = (utc_now() + timedelta(hours=1)).isoformat()
    one = _asked(ask, li, ticket, technicians, due_at=due_at)
    assert run_collaboration_timers(desk.database) == 0
    _let_time_pass(desk, one["collaboration_id"])
    for _ in range(2):
        run_collaboration_timers(desk.database)
    late = [e for e in desk.events(ticket["ticket_id"]) if e["type"].endswith("_overdue")]
    assert [set(e["data"]["recipients"]) for e in late] == [{str(han.subject), str(li.subject)}]
    assert ask("count_collaborations", han)["overdue"] == 1


def test_a_part_that_is_answered_in_time_is_never_late(
    desk: Desk, ask: Ask, li: Actor, han: Actor, technicians: UUID, ticket: Json
):
    due_at = (utc_now() + timedelta(hours=1)).isoformat()
    one = _asked(ask, li, ticket, technicians, due_at=due_at)
    ask("answer_collaboration", han, collaboration_id=one["collaboration_id"], text="好了")
    assert (
        desk.scalar("SELECT count(*) FROM timers WHERE key = :id", id=one["collaboration_id"]) == 0
    )


def _let_time_pass(desk: Desk, collaboration_id: str) -> None:
    with desk.database.engine.begin() as connection:
        for statement in (
            "UPDATE collaborations SET due_at = now() - interval '1 s' "
            "WHERE collaboration_id = CAST(:id AS uuid)",
            "UPDATE timers SET try_at = now() WHERE key = :id",
        ):
            connection.execute(text(statement), {"id": collaboration_id})


def test_pages_of_what_was_asked_follow_one_another(
    ask: Ask, li: Actor, han: Actor, technicians: UUID
):
    asked = [_asked(ask, li, taken(ask, li), technicians) for _ in range(3)]
    found, cursor = [], None
    while True:
        page = ask("list_collaborations", han, limit=2, cursor=cursor)
        found += [one["collaboration_id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert found == [one["collaboration_id"] for one in reversed(asked)]
    with pytest.raises(InvalidInput):
        ask("list_collaborations", han, side="everybodys")
    with pytest.raises(InvalidInput):
        ask("list_collaborations", han, states=["lost"])


def test_everybody_logs_their_own_effort(
    ask: Ask, desk: Desk, li: Actor, han: Actor, technicians: UUID, ticket: Json
):
    number = ticket["number"]
    _asked(ask, li, ticket, technicians)
    mine = ask("log_effort", li, number=number, minutes=30, note="电话指导")
    ask("log_effort", han, number=number, minutes=45)
    changed = ask("edit_effort", li, number=number, effort_id=mine["effort_id"], minutes=50)
    assert (changed["minutes"], changed["note"]) == (50, None)
    listed = ask("list_efforts", li, number=number)
    assert listed["total_minutes"] == 95
    assert [(one["person"]["name"], one["minutes"]) for one in listed["people"]] == [
        ("李雷", 50),
        ("韩梅梅", 45),
    ]
    with pytest.raises(Forbidden):
        ask("remove_effort", han, number=number, effort_id=mine["effort_id"])
    ask("remove_effort", li, number=number, effort_id=mine["effort_id"])
    assert desk.show(number)["effort_minutes"] == 45
    with pytest.raises(NotFound):
        ask("remove_effort", li, number=number, effort_id=mine["effort_id"])
    page = ask("list_efforts", li, number=number, limit=1)
    assert page["next_cursor"] is None


def test_a_draft_is_its_writers_and_ends_when_it_is_sent(ask: Ask, li: Actor, ticket: Json):
    at = {"number": ticket["number"], "kind": "reply"}
    assert ask("get_draft", li, **at) == {"text": "", "mentions": [], "updated_at": None}
    ask("save_draft", li, **at, text="您好，")
    ask("save_draft", li, **at, text="您好，请稍等")
    assert ask("get_draft", li, **at)["text"] == "您好，请稍等"
    assert ask("get_draft", **at)["text"] == ""
    assert ask("get_draft", li, number=ticket["number"], kind="note")["text"] == ""
    ask("reply", li, number=ticket["number"], text="您好，请稍等")
    assert ask("get_draft", li, **at)["updated_at"] is None
    ask("save_draft", li, **at, text="再写")
    ask("drop_draft", li, **at)
    assert ask("get_draft", li, **at)["text"] == ""


def test_drafts_are_neither_endless_nor_about_what_one_may_not_see(
    ask: Ask, li: Actor, ticket: Json
):
    at = {"number": ticket["number"], "kind": "note"}
    with pytest.raises(TooLarge):
        ask("save_draft", li, **at, text="长" * 30_000)
    with pytest.raises(NotFound):
        ask("save_draft", agent("路人"), **at, text="x")
    with pytest.raises(InvalidInput):
        ask("save_draft", li, number=ticket["number"], kind="poem", text="x")


def test_nothing_of_it_reaches_the_customer(
    desk: Desk, ask: Ask, li: Actor, technicians: UUID, ticket: Json
):
    _asked(ask, li, ticket, technicians)
    ask("log_effort", li, number=ticket["number"], minutes=30, note="内部说明")
    customer_id = ticket["customer"]["customer_id"]
    customer = actor("customer", "客户", UUID(customer_id), requester=customer_id)
    shown = desk.ask(get_request, customer, ticket["number"])
    assert len(shown["timeline"]["items"]) == 1
    assert "查日志" not in str(shown)


def test_a_command_that_comes_twice_asks_once(
    desk: Desk, ask: Ask, li: Actor, technicians: UUID, ticket: Json
):
    part = {"target_kind": "department", "target_id": str(technicians), "duty": "查日志"}
    given = {"number": ticket["number"], "parts": [part], "command_id": str(uuid4())}
    assert ask("start_collaboration", li, **given) == ask("start_collaboration", li, **given)
    assert len(ask("list_ticket_collaborations", li, number=ticket["number"])["items"]) == 1
