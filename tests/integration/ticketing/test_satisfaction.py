"""Answers to surveys and judgements told to staff, with the database and the inbox."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from libs.common.clock import utc_now
from libs.common.contracts.envelope import dump_event, load_event
from libs.common.contracts.notify import SurveyAnswered
from libs.common.errors import Conflict, InvalidInput, NotFound
from libs.common.ids import uuid7
from services.ticketing.queries.ticket_counts import count_tickets
from services.ticketing.queries.ticket_lists import list_tickets
from services.ticketing.use_cases import working
from services.ticketing.use_cases.satisfaction import judge_ticket
from tests.integration.ticketing.desk import Ask, Desk, agent, created, supervisor, types
from tests.integration.ticketing.hearing import answered, colleague, deliver, hear, row

Ticket = dict[str, Any]


@pytest.fixture
def solved(desk: Desk) -> Ticket:
    """Its assignee has solved it."""
    return solve(desk, desk.open())


def solve(desk: Desk, ticket: Ticket) -> Ticket:
    li = agent()
    who = {"number": ticket["number"], "assignee_id": li.subject, "assignee_name": li.name}
    desk.change(working.assign_ticket, desk.boss, **who)
    desk.change(working.accept_ticket, li, number=ticket["number"])
    solved: Ticket = desk.change(working.solve_ticket, li, number=ticket["number"], text="已处理")
    return solved | {"solved_seq": row(desk, ticket).solved_seq}


def test_a_low_score_reopens_once_however_often_it_is_told(desk: Desk, solved: Ticket):
    event = answered(solved, 1, comment="没修好", solved_seq=solved["solved_seq"])
    again = load_event(dump_event(SurveyAnswered, uuid7(), event.subject, utc_now(), event.data))
    deliver(desk, event, event)
    deliver(desk, event, again)
    shown = desk.show(solved["number"])
    assert (shown["status"], shown["score"], shown["is_dissatisfied"]) == ("follow_up", 1, True)
    assert shown["dissatisfied_at"] is not None
    assert "closed" not in shown["allowed"]["moves"]
    [entry] = [one for one in shown["timeline"]["items"] if is_rating(one)]
    assert (entry["text"], entry["author"]["kind"]) == ("没修好", "customer")
    assert types(desk.events(solved["ticket_id"]))[-2:] == ["ticket.rated", "ticket.reopened"]


def is_rating(entry: dict[str, Any]) -> bool:
    return bool(entry["event"]) and entry["event"]["type"] == "ticket.rated"


def test_the_public_event_has_the_score_and_not_the_words(desk: Desk, solved: Ticket):
    deliver(desk, answered(solved, 5, comment="谢谢", nps=10, tags=["fast"]))
    told = desk.events(solved["ticket_id"])[-1]["data"]
    assert (told["score"], told["rated_score"], told["nps"], told["reasons"]) == (
        5,
        5,
        10,
        ["fast"],
    )
    assert told["actor"]["name"] == "客户"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_answers_come_in_any_order_with_the_same_end(desk: Desk, order: tuple[int, ...]):
    ticket = solve(desk, desk.open())
    now = utc_now()
    events = [
        answered(ticket, score, answered_at=now + timedelta(minutes=place), solved_seq=1)
        for place, score in enumerate((1, 3, 5))
    ]
    for place in order:
        hear(desk, events[place])
    shown = desk.show(ticket["number"])
    assert (shown["score"], shown["is_dissatisfied"]) == (5, False)
    assert sum(is_rating(one) for one in shown["timeline"]["items"]) == 3


def test_the_same_answer_at_once_from_two_replicas_is_one_entry(desk: Desk, solved: Ticket):
    event = answered(solved, 2, solved_seq=solved["solved_seq"])
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: hear(desk, event), range(4)))
    shown = desk.show(solved["number"])
    assert sum(is_rating(one) for one in shown["timeline"]["items"]) == 1
    assert shown["status"] == "follow_up"


def test_an_answer_about_an_unknown_ticket_stops_nothing(desk: Desk):
    deliver(desk, answered({"ticket_id": uuid4(), "number": "G1"}, 1))


def test_a_closed_ticket_is_taken_up_again_and_stays_open_until_satisfied(
    desk: Desk, solved: Ticket
):
    move = {"number": solved["number"], "status": "closed"}
    desk.change(working.change_status, desk.boss, **move)
    deliver(desk, answered(solved, 1, solved_seq=solved["solved_seq"]))
    assert desk.show(solved["number"])["status"] == "follow_up"
    with pytest.raises(Conflict) as refusal:
        desk.change(working.change_status, desk.boss, **move, reason="不处理")
    assert refusal.value.code == "ticket.not_satisfied"
    judged = desk.change(
        judge_ticket, desk.boss, number=solved["number"], is_satisfied=True, words="电话里说满意了"
    )
    assert judged["event"]["is_satisfied"] is True
    closed = desk.change(working.change_status, desk.boss, **move, reason="客户满意")
    assert (closed["status"], closed["is_dissatisfied"]) == ("closed", False)


def test_staff_write_down_that_the_customer_is_not_satisfied(desk: Desk, solved: Ticket):
    said = {"number": solved["number"], "is_satisfied": False, "words": "说还漏水"}
    desk.change(judge_ticket, desk.boss, **said, score=2, channel="phone")
    shown = desk.show(solved["number"])
    assert (shown["status"], shown["score"]) == ("follow_up", 2)
    told = desk.events(solved["ticket_id"])[-2]["data"]
    assert (told["source"], told["survey_id"], told["is_satisfied"]) == ("staff", None, False)


def test_what_was_said_on_the_phone_is_dated_back(ask: Ask, desk: Desk):
    number = created(ask)["number"]
    solved = ask("solve_ticket", number=number, text="已处理")
    said = {"number": number, "is_satisfied": True, "words": "电话里说好了", "channel": "phone"}
    # The minute of the solution, which is all that people remember of it.
    at = datetime.fromisoformat(solved["solved_at"]).replace(second=0, microsecond=0)
    judged = ask("judge_ticket", **said, said_at=at.isoformat())
    assert datetime.fromisoformat(judged["confirmation"]["at"]) == at
    [entry] = [one for one in desk.show(number)["timeline"]["items"] if is_rating(one)]
    assert datetime.fromisoformat(entry["event"]["said_at"]) == at
    assert datetime.fromisoformat(entry["created_at"]) > at


@pytest.mark.parametrize(
    ("delta", "code"),
    [
        (timedelta(hours=1), "judgement.in_future"),
        (timedelta(hours=-1), "judgement.before_solution"),
    ],
)
def test_nothing_is_said_before_the_solution_or_in_the_future(
    ask: Ask, desk: Desk, delta: timedelta, code: str
):
    number = created(ask)["number"]
    ask("solve_ticket", number=number, text="已处理")
    said = {"number": number, "is_satisfied": True, "words": "好了"}
    with pytest.raises(InvalidInput) as refusal:
        ask("judge_ticket", **said, said_at=(utc_now() + delta).isoformat())
    assert (refusal.value.code, list(refusal.value.details["errors"])) == (code, ["said_at"])
    assert desk.show(number)["confirmation"] is None


@pytest.mark.parametrize(
    ("field", "value"), [("words", " "), ("score", 9), ("score", 5), ("channel", "pigeon")]
)
def test_what_cannot_be_a_judgement_is_refused_by_its_field(
    desk: Desk, solved: Ticket, field: str, value: object
):
    said = {"is_satisfied": False, "words": "不满意"} | {field: value}
    with pytest.raises(InvalidInput) as refusal:
        desk.change(judge_ticket, desk.boss, number=solved["number"], **said)
    assert field in refusal.value.details["errors"]


def test_tickets_out_of_scope_are_judged_by_nobody(desk: Desk, solved: Ticket):
    said = {"number": solved["number"], "is_satisfied": True, "words": "好"}
    with pytest.raises(NotFound):
        desk.change(judge_ticket, agent(), **said)


def test_lists_are_narrowed_by_score_and_by_what_is_to_be_followed_up(desk: Desk):
    good, bad, other = (solve(desk, desk.open()) for _ in range(3))
    deliver(desk, answered(good, 5), answered(bad, 1, solved_seq=bad["solved_seq"]))
    boss = supervisor()

    def numbers(**filters: Any) -> set[str]:
        page = desk.ask(list_tickets, boss, filters, "-updated_at", 100)
        ours = {good["number"], bad["number"], other["number"]}
        return {one["number"] for one in page["items"]} & ours

    assert numbers(is_dissatisfied=True) == {bad["number"]}
    assert numbers(is_dissatisfied=False) == {good["number"], other["number"]}
    assert numbers(view="follow_up") == {bad["number"]}
    assert numbers(score="4,5") == {good["number"]}
    assert numbers(score=["1", "5"]) == {good["number"], bad["number"]}
    assert numbers(score="none") == {other["number"]}
    for wrong in ({"score": "6"}, {"score": ["x"]}, {"is_dissatisfied": "yes"}):
        with pytest.raises(InvalidInput):
            numbers(**wrong)
    assert desk.ask(count_tickets, boss, ["follow_up"])["follow_up"]["value"] >= 1


def mention(desk: Desk, ticket: Ticket, *person_ids: Any) -> dict[str, Any]:
    """A note for these people."""
    said = {"number": ticket["number"], "text": "请看"}
    note: dict[str, Any] = desk.change(
        working.add_note, desk.boss, **said, mentions=list(person_ids)
    )
    return note


def test_a_note_names_colleagues(desk: Desk):
    ticket, wang = desk.open(), colleague(desk, "王芳")
    person_id = wang.data["person_id"]
    note = mention(desk, ticket, person_id, person_id)
    assert note["mentions"] == [{"person_id": str(person_id), "name": "王芳"}]
    assert desk.events(ticket["ticket_id"])[-1]["data"]["mentions"] == [str(person_id)]
    last = desk.show(ticket["number"])["timeline"]["items"][-1]
    assert last["mentions"] == note["mentions"]


def test_only_people_who_work_here_are_mentioned(desk: Desk):
    ticket = desk.open()
    gone = colleague(desk, "前同事", is_active=False)
    worker = colleague(desk, "职工", kind="employee")
    for person_id in (gone.data["person_id"], worker.data["person_id"], uuid4()):
        with pytest.raises(InvalidInput) as refusal:
            mention(desk, ticket, person_id)
        assert refusal.value.code == "mention.unknown"


def test_a_note_is_not_for_everybody(desk: Desk):
    ticket, many = desk.open(), [uuid4() for _ in range(21)]
    with pytest.raises(InvalidInput) as refusal:
        mention(desk, ticket, *many)
    assert refusal.value.code == "field.too_long"


def test_rpc_takes_judgements_and_mentions(desk: Desk, ask: Ask):
    ticket, wang = created(ask), colleague(desk, "王芳")
    mine = {"number": ticket["number"]}
    judged = ask("judge_ticket", is_satisfied=False, words="还没好", score=2, **mine)
    assert (judged["is_dissatisfied"], judged["score"]) == (True, 2)
    assert judged["audit"]["after"]["is_dissatisfied"] is True
    assert "closed" not in judged["allowed"]["moves"]
    person_id = str(wang.data["person_id"])
    note = ask("add_note", text="@王芳", mentions=[person_id], **mine)
    assert note["mentions"] == [{"person_id": person_id, "name": "王芳"}]
