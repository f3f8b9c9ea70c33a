"""Problem records, their tickets, and one answer for all of them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.errors import Conflict, InvalidInput, NotFound, Stale
from services.ticketing.use_cases.problem_answers import answer_next
from tests.integration.ticketing.desk import Ask, Desk, agent, created, types
from tests.integration.ticketing.hearing import colleague, row, team

Problem = dict[str, Any]
_THREE = 3


def opened(ask: Ask, **more: Any) -> Problem:
    given = {"title": "支付回调超时", "description": "银行侧超时,订单未更新。"} | more
    problem: Problem = ask("create_problem", problem=given)
    return problem


def linked(ask: Ask, count: int = _THREE) -> tuple[str, list[dict[str, Any]]]:
    """A problem's number, and tickets of different customers that it is behind."""
    number = opened(ask)["number"]
    tickets = [created(ask) for _ in range(count)]
    ask("link_problem", number=number, numbers=[one["number"] for one in tickets])
    return number, tickets


def answer_all(desk: Desk) -> None:
    while answer_next(desk.database, utc_now()):
        pass


def test_a_problem_has_a_number_an_owner_and_a_group(ask: Ask, desk: Desk):
    han, group_id = colleague(desk, "韩梅梅"), team(desk, "支付组")
    person_id = str(han.data["person_id"])
    problem = opened(ask, owner_id=person_id, group_id=str(group_id))
    assert problem["number"].startswith("P")
    assert (problem["owner"]["name"], problem["group"]["name"]) == ("韩梅梅", "支付组")
    assert opened(ask)["owner"]["person_id"] == str(desk.boss.subject)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"description": ""}, "description"),
        ({"status": "closed"}, "status"),
        ({"status": "solved"}, "solution"),
        ({"owner_id": str(uuid4())}, "owner_id"),
        ({"group_id": str(uuid4())}, "group_id"),
        ({"title": "长" * 201}, "title"),
    ],
)
def test_what_cannot_be_names_its_field(ask: Ask, values, field):
    with pytest.raises(InvalidInput) as refusal:
        opened(ask, **values)
    assert field in refusal.value.details["errors"]


def test_edits_need_the_version_that_was_read(ask: Ask):
    problem = opened(ask)
    changes = {"status": "known", "workaround": "手工补单"}
    edited = ask("edit_problem", number=problem["number"], version=1, changes=changes)
    assert (edited["status"], edited["version"]) == ("known", 2)
    with pytest.raises(Stale):
        ask("edit_problem", number=problem["number"], version=1, changes={"title": "新"})
    solved = {"status": "solved", "solution": "已修复"}
    after = ask("edit_problem", number=problem["number"], version=2, changes=solved)
    assert after["solved_at"]
    again = ask("edit_problem", number=problem["number"], version=3, changes={"status": "open"})
    assert again["solved_at"] is None


def test_lists_are_narrowed_and_read_by_page(ask: Ask):
    word = uuid4().hex[:8]
    numbers = [opened(ask, title=f"{word} 100% {n}")["number"] for n in range(_THREE)]
    first = ask("list_problems", filters={"q": word.upper()}, limit=2)
    rest = ask("list_problems", filters={"q": word}, limit=2, cursor=first["next_cursor"])
    found = [one["number"] for one in first["items"] + rest["items"]]
    assert found == numbers[::-1]
    assert rest["next_cursor"] is None
    assert (
        ask("list_problems", filters={"q": numbers[0].lower()})["items"][0]["number"]
        == (numbers[0])
    )
    assert ask("list_problems", filters={"q": word, "status": "solved"})["items"] == []
    for wrong in ({"status": "gone"}, {"owner_id": "nobody"}):
        with pytest.raises(InvalidInput):
            ask("list_problems", filters=wrong)


def test_a_list_can_be_of_one_owner(ask: Ask, desk: Desk):
    han = str(colleague(desk, "韩梅梅").data["person_id"])
    theirs = opened(ask, owner_id=han)["number"]
    opened(ask)
    found = ask("list_problems", filters={"owner_id": han})["items"]
    assert [one["number"] for one in found] == [theirs]


def test_tickets_tell_what_is_behind_them(ask: Ask, desk: Desk):
    number, [ticket, *_] = linked(ask)
    assert types(desk.events(ticket["ticket_id"]))[-1] == "ticket.problem_linked"
    assert ask("get_relations", number=ticket["number"])["problem"]["number"] == number
    assert ask("get_problem", number=number)["unfinished_tickets"] == _THREE
    with pytest.raises(Conflict, match="already"):
        ask("link_problem", number=number, numbers=[ticket["number"]])
    with pytest.raises(Conflict, match="another problem"):
        ask("link_problem", number=opened(ask)["number"], numbers=[ticket["number"]])
    ask("unlink_problem", number=number, ticket=ticket["number"])
    assert ask("get_relations", number=ticket["number"])["problem"] is None
    assert types(desk.events(ticket["ticket_id"]))[-1] == "ticket.problem_unlinked"


def test_only_tickets_within_the_scope_are_listed(ask: Ask):
    number, tickets = linked(ask)
    li = agent()
    who = {"assignee_id": str(li.subject), "assignee_name": li.name}
    for ticket in tickets[1:]:
        other = {"assignee_id": str(uuid4()), "assignee_name": "别人"}
        ask("assign_ticket", number=ticket["number"], **other)
    ask("assign_ticket", number=tickets[0]["number"], **who)
    seen = ask("list_problem_tickets", actor=li, number=number)["items"]
    assert [one["number"] for one in seen] == [tickets[0]["number"]]
    assert ask("get_problem", actor=li, number=number)["tickets"] == _THREE
    page = ask("list_problem_tickets", number=number, limit=2)
    rest = ask("list_problem_tickets", number=number, limit=2, cursor=page["next_cursor"])
    assert len(page["items"] + rest["items"]) == _THREE
    with pytest.raises(InvalidInput):
        ask("link_problem", actor=li, number=number, numbers=[created_elsewhere(ask)])


def created_elsewhere(ask: Ask) -> str:
    """The number of somebody else's ticket."""
    number = str(created(ask)["number"])
    ask("assign_ticket", number=number, assignee_id=str(uuid4()), assignee_name="别人")
    return number


def test_one_answer_solves_all_and_each_once(ask: Ask, desk: Desk):
    number, tickets = linked(ask)
    solved = tickets[-1]
    ask("solve_ticket", number=solved["number"], text="单独处理了")
    answer = ask("start_problem_answer", number=number, text="支付已恢复。")
    assert (answer["total"], answer["status"]) == (2, "running")
    with pytest.raises(Conflict, match="another answer"):
        ask("start_problem_answer", number=number, text="再来一次")
    answer_all(desk)
    answer_all(desk)
    for ticket in tickets[:-1]:
        shown = desk.show(ticket["number"])
        assert (shown["status"], shown["solution"]) == ("solved", "支付已恢复。")
        assert types(desk.events(ticket["ticket_id"])).count("ticket.solved") == 1
        assert shown["timeline"]["items"][-1]["author"]["name"] == desk.boss.name
    assert desk.show(solved["number"])["solution"] == "单独处理了"
    page = ask("get_problem", number=number)
    assert (page["status"], page["solution"]) == ("solved", "支付已恢复。")
    [done] = page["answers"]
    assert (done["status"], done["answered"], done["skipped"]) == ("finished", 2, 0)


def test_what_cannot_be_answered_is_named_and_left_alone(ask: Ask, desk: Desk):
    number, tickets = linked(ask)
    child = created(ask)
    ask("attach_child", number=tickets[0]["number"], child=child["number"])
    answer = ask("start_problem_answer", number=number, text="好了")
    ask("solve_ticket", number=tickets[1]["number"], text="早一步")
    ask("unlink_problem", number=number, ticket=tickets[2]["number"])
    answer_all(desk)
    items = ask(
        "list_answer_items", number=number, answer_id=answer["answer_id"], status="skipped"
    )["items"]
    assert {one["number"]: one["code"] for one in items} == {
        tickets[0]["number"]: "ticket.children_open",
        tickets[1]["number"]: "ticket.solved",
        tickets[2]["number"]: "problem.not_linked",
    }
    assert desk.show(tickets[0]["number"])["status"] == "unassigned"


def test_a_reply_leaves_the_tickets_open(ask: Ask, desk: Desk):
    number, tickets = linked(ask, 1)
    ask("start_problem_answer", number=number, text="正在修复", solves=False)
    answer_all(desk)
    shown = desk.show(tickets[0]["number"])
    assert shown["status"] == "unassigned"
    assert shown["timeline"]["items"][-1]["text"] == "正在修复"
    assert ask("get_problem", number=number)["status"] == "open"


def test_what_is_stopped_goes_no_further(ask: Ask, desk: Desk):
    number, _ = linked(ask)
    ask("start_problem_answer", number=number, text="好了")
    answer_next(desk.database, utc_now())
    stopped = ask("stop_problem_answer", number=number)
    assert (stopped["status"], stopped["answered"]) == ("stopped", 1)
    answer_all(desk)
    assert ask("get_problem", number=number)["unfinished_tickets"] == _THREE - 1
    with pytest.raises(Conflict, match="no answer"):
        ask("stop_problem_answer", number=number)


def test_a_crash_between_two_tickets_repeats_nothing(ask: Ask, desk: Desk, monkeypatch):
    number, tickets = linked(ask)
    ask("start_problem_answer", number=number, text="好了")

    def die(_point: str) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("services.ticketing.use_cases.problem_answers.crash_point", die)
        with pytest.raises(SystemExit):
            answer_next(desk.database, utc_now())
    answer_all(desk)
    for ticket in tickets:
        assert types(desk.events(ticket["ticket_id"])).count("ticket.solved") == 1


def test_nothing_to_answer_is_said(ask: Ask):
    number = opened(ask)["number"]
    with pytest.raises(Conflict, match="no unfinished"):
        ask("start_problem_answer", number=number, text="好了", solves=False)
    with pytest.raises(NotFound):
        ask("start_problem_answer", number="P20260101999", text="好了")


def test_the_volume_is_counted_by_day_before_and_after(ask: Ask, desk: Desk):
    number, tickets = linked(ask)
    with desk.database.begin() as uow:
        uow.session.execute(
            text(
                "UPDATE tickets SET created_at = created_at - interval '2 days' WHERE number = :n"
            ),
            {"n": tickets[0]["number"], "ago": timedelta(days=2)},
        )
        uow.commit()
    volume = ask("count_problem_volume", number=number)
    assert [one["tickets"] for one in volume["days"]] == [1, 0, 2]
    assert (volume["before"], volume["after"]) == (_THREE, None)
    ask("start_problem_answer", number=number, text="好了")
    late = created(ask)["number"]
    ask("link_problem", number=number, numbers=[late])
    volume = ask("count_problem_volume", number=number)
    assert (volume["before"], volume["after"]) == (_THREE, 1)


def test_a_list_of_tickets_follows_its_index(desk: Desk):
    with desk.database.engine.connect() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        query = (
            f"EXPLAIN SELECT * FROM tickets WHERE problem_id = '{uuid4()}' "
            "ORDER BY created_at DESC, ticket_id DESC LIMIT 25"
        )
        plan = str(connection.execute(text(query)).all())
    assert "ix_tickets_problem" in plan
    assert "Sort" not in plan


def test_linking_by_hand_is_one_entry_a_ticket(ask: Ask, desk: Desk):
    _, [ticket, *_] = linked(ask)
    assert row(desk, ticket).last_entry_seq == _THREE
