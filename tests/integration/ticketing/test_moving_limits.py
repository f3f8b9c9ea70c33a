"""What holds however a ticket is touched: bin, watching, settings, collaborations that end."""

from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.errors import Conflict, DeskError, Forbidden, InvalidInput, NotFound
from services.ticketing.use_cases import aging
from services.ticketing.use_cases.work_bulks import work_bulks
from tests.integration.ticketing.desk import Ask, Desk, created, requester, types
from tests.integration.ticketing.hearing import colleague, team, told
from tests.integration.ticketing.ruling import clear, settle, trigger
from tests.support.actors import actor

Json = dict[str, Any]
ZONE = ZoneInfo("Asia/Shanghai")


def binned(ask: Ask, **more: Any) -> str:
    number: str = created(ask, **more)["number"]
    ask("delete_ticket", number=number, reason="误开")
    return number


def worker(desk: Desk, name: str = "李雷") -> Actor:
    known = colleague(desk, name)
    return actor("agent", name, known.data["person_id"])


def taken(ask: Ask, who: Actor) -> Json:
    ticket = created(ask)
    named = {"assignee_id": str(who.subject), "assignee_name": who.name}
    ask("assign_ticket", number=ticket["number"], **named)
    confirmed: Json = ask("accept_ticket", actor=who, number=ticket["number"])
    return confirmed


def watched_by(ask: Ask, desk: Desk, who: Actor) -> str:
    """The number of a colleague's ticket that they are copied on."""
    number: str = taken(ask, worker(desk, "高工"))["number"]
    ask("change_copies", number=number, added=[{"kind": "person", "id": str(who.subject)}])
    return number


def asked_for_help(ask: Ask, number: str, helper: Actor) -> str:
    part = {"target_kind": "person", "target_id": str(helper.subject), "duty": "查日志"}
    answer = ask("start_collaboration", number=number, parts=[part])
    return str(answer["items"][0]["collaboration_id"])


def order(ask: Ask, desk: Desk, number: str, *actions: Json, **more: Any) -> Json:
    """Bulk work on one ticket, done; returns what became of it."""
    bulk_id = ask("create_bulk", numbers=[number], actions=list(actions), **more)["bulk_id"]
    while work_bulks(desk.database, ZONE, utc_now()):
        pass
    [item] = ask("list_bulk_items", bulk_id=bulk_id)["items"]
    found: Json = item
    return found


class TestBin:
    def test_what_is_in_it_stands_in_no_relation_and_comes_back(self, ask: Ask) -> None:
        one, other, child = (created(ask)["number"] for _ in range(3))
        ask("link_tickets", number=one, other=other, relation="relates_to")
        ask("attach_child", number=one, child=child)
        for number in (other, child):
            ask("delete_ticket", number=number, reason="误开")
        shown = ask("get_relations", number=one)
        assert shown["links"] == {"items": [], "hidden": 0}
        assert shown["children"] == {"items": [], "hidden": 0, "open": 0}
        ask("restore_ticket", number=other)
        assert len(ask("get_relations", number=one)["links"]["items"]) == 1
        ask("delete_ticket", number=one, reason="误开")
        with pytest.raises(NotFound):
            ask("get_relations", number=one)

    def test_a_child_of_what_is_in_it_names_no_parent(self, ask: Ask) -> None:
        parent, child = created(ask)["number"], created(ask)["number"]
        ask("attach_child", number=parent, child=child)
        ask("solve_ticket", number=child, text="已处理")
        ask("delete_ticket", number=parent, reason="误开")
        assert ask("get_relations", number=child)["parent"] is None

    @pytest.mark.parametrize(
        ("call", "given", "field"),
        [
            ("link_tickets", lambda gone: {"other": gone, "relation": "blocks"}, "number"),
            ("attach_child", lambda gone: {"child": gone}, "number"),
            ("merge_tickets", lambda gone: {"numbers": [gone]}, "numbers"),
        ],
    )
    def test_what_is_in_it_is_neither_linked_nor_merged(
        self, ask: Ask, call: str, given: Any, field: str
    ) -> None:
        gone, here = binned(ask), created(ask)["number"]
        with pytest.raises(InvalidInput) as refusal:
            ask(call, number=here, **given(gone))
        assert field in refusal.value.details["errors"]
        with pytest.raises(NotFound):
            ask(call, number=gone, **given(here))

    def test_problems_are_without_it(self, ask: Ask) -> None:
        problem = ask("create_problem", problem={"title": "支付超时", "description": "银行侧"})
        here, gone = created(ask)["number"], created(ask)["number"]
        ask("link_problem", number=problem["number"], numbers=[here, gone])
        ask("delete_ticket", number=gone, reason="误开")
        listed = ask("list_problem_tickets", number=problem["number"])["items"]
        assert [one["number"] for one in listed] == [here]
        assert ask("get_problem", number=problem["number"])["tickets"] == 1
        volume = ask("count_problem_volume", number=problem["number"])
        assert (sum(day["tickets"] for day in volume["days"]), volume["before"]) == (1, 1)
        with pytest.raises(InvalidInput):
            ask("link_problem", number=problem["number"], numbers=[binned(ask)])

    def test_a_customers_history_is_without_it(self, ask: Ask) -> None:
        customer = str(uuid4())
        here = created(ask, customer_id=customer)["number"]
        binned(ask, customer_id=customer)
        assert ask("get_customer_history", number=here)["tickets"] == []


class TestWatching:
    @pytest.mark.parametrize(
        ("call", "more"),
        [
            ("link_tickets", {"relation": "blocks"}),
            ("attach_child", {}),
            ("merge_tickets", {}),
        ],
    )
    def test_who_only_watches_joins_nothing(
        self, ask: Ask, desk: Desk, call: str, more: Json
    ) -> None:
        li = worker(desk)
        mine, watched = taken(ask, li)["number"], watched_by(ask, desk, li)
        name = {"link_tickets": "other", "attach_child": "child", "merge_tickets": "numbers"}[call]
        for number, other, error in ((mine, watched, InvalidInput), (watched, mine, Forbidden)):
            given = {name: [other] if name == "numbers" else other}
            with pytest.raises(error) as refusal:
                ask(call, actor=li, number=number, **given, **more)
            assert refusal.value.code == "ticket.watched_only"

    def test_who_only_watches_takes_nothing_apart(self, ask: Ask, desk: Desk) -> None:
        li = worker(desk)
        mine, watched = taken(ask, li)["number"], watched_by(ask, desk, li)
        made = ask("link_tickets", number=mine, other=watched, relation="blocks")
        ask("attach_child", number=mine, child=watched)
        link_id = made["links"]["items"][0]["link_id"]
        with pytest.raises(Forbidden):
            ask("unlink_tickets", actor=li, number=mine, link_id=link_id)
        with pytest.raises(Forbidden):
            ask("detach_child", actor=li, number=mine, child=watched)

    def test_the_view_of_copies_is_the_same_for_who_sees_all(self, ask: Ask, desk: Desk) -> None:
        """Themselves and their units, as for everybody else."""
        group_id = team(desk, "质检组")
        leader = actor("supervisor", "赵总", watches=[str(group_id)])
        by_group, other = created(ask)["number"], created(ask)["number"]
        ask("change_copies", number=by_group, added=[{"kind": "group", "id": str(group_id)}])
        listed = ask("list_tickets", actor=leader, filters={"view": "cc"})["items"]
        assert [one["number"] for one in listed] == [by_group]
        assert ask("get_ticket", actor=leader, number=other)["allowed"]["actions"]


class TestSettings:
    CLOSE = {"type": "set_status", "status": "closed"}

    @pytest.fixture
    def solved(self, ask: Ask, desk: Desk) -> str:
        number: str = taken(ask, desk.boss)["number"]
        ask("solve_ticket", number=number, text="已处理")
        return number

    def test_the_customers_word_is_waited_for_in_bulk_and_by_macro(
        self, ask: Ask, desk: Desk, solved: str, settings: Any
    ) -> None:
        settings(needs_confirmation=True)
        values = {"name": "归档", "actions": [self.CLOSE], "visibility": "shared"}
        macro_id = str(ask("create_macro", values=values)["macro_id"])
        with pytest.raises(Conflict) as refusal:
            ask("apply_macro", macro_id=macro_id, number=solved)
        assert refusal.value.code == "ticket.unconfirmed"
        assert order(ask, desk, solved, self.CLOSE)["code"] == "ticket.unconfirmed"
        ask("judge_ticket", number=solved, is_satisfied=True, words="好了", channel="phone")
        assert order(ask, desk, solved, self.CLOSE)["state"] == "done"

    def test_and_with_a_reply(self, ask: Ask, solved: str, settings: Any) -> None:
        settings(needs_confirmation=True)
        said = {"number": solved, "text": "祝您愉快", "status": "closed"}
        with pytest.raises(Conflict) as refusal:
            ask("reply", **said)
        assert refusal.value.code == "ticket.unconfirmed"
        settings(needs_confirmation=False)
        ask("reply", **said)
        assert ask("get_ticket", number=solved)["status"] == "closed"

    def test_and_with_a_request_for_material(self, ask: Ask, solved: str, settings: Any) -> None:
        settings(needs_confirmation=True)
        wanted = {"text": "请补传发票", "kinds": ["image"], "max_files": 1, "days": 1}
        said = {"number": solved, **wanted, "site": "https://desk.example.com", "status": "closed"}
        with pytest.raises(Conflict) as refusal:
            ask("request_material", **said)
        assert refusal.value.code == "ticket.unconfirmed"
        settings(needs_confirmation=False)
        ask("request_material", **said)
        assert ask("get_ticket", number=solved)["status"] == "closed"

    def test_and_by_a_trigger_which_says_so(self, ask: Ask, desk: Desk, settings: Any) -> None:
        settings(needs_confirmation=True)
        trigger(ask, self.CLOSE, name="自动归档", events=["solved"])
        ticket = taken(ask, desk.boss)
        ask("solve_ticket", number=ticket["number"], text="已处理")
        settle(desk, ticket)
        clear(desk)
        assert told(desk, ticket)[-1]["type"] == "action.skipped"
        assert told(desk, ticket)[-1]["code"] == "ticket.unconfirmed"

    def test_a_transfer_in_bulk_needs_its_note(self, ask: Ask, desk: Desk, settings: Any) -> None:
        settings(needs_transfer_note=True)
        number = created(ask)["number"]
        to = {"type": "transfer", "group_id": str(team(desk, "维修组"))}
        refused = order(ask, desk, number, to)
        assert (refused["state"], refused["code"]) == ("refused", "field.required")
        assert order(ask, desk, number, to, reason="请跟进")["state"] == "done"


class TestCollaborations:
    @pytest.fixture
    def helper(self, desk: Desk) -> Actor:
        return worker(desk, "韩梅梅")

    def ended(self, ask: Ask, desk: Desk, helper: Actor, ticket_id: str) -> None:
        """Nobody waits for the help, and who was asked has been told, once."""
        last = [one for one in desk.events(ticket_id) if "collaboration" in one["type"]][-1]
        assert last["type"] == "ticket.collaboration_cancelled"
        assert last["data"]["recipients"] == [str(helper.subject)]
        assert ask("count_collaborations", helper)["waiting"] == 0
        waiting = "SELECT open_collaborations FROM tickets WHERE ticket_id = :id"
        assert desk.scalar(waiting, id=ticket_id) == 0
        seqs = [one["data"]["seq"] for one in desk.events(ticket_id)]
        assert seqs == list(range(1, len(seqs) + 1))

    def test_deletion_ends_them(self, ask: Ask, desk: Desk, helper: Actor) -> None:
        ticket = created(ask)
        part_id = asked_for_help(ask, ticket["number"], helper)
        ask("delete_ticket", number=ticket["number"], reason="误开")
        self.ended(ask, desk, helper, ticket["ticket_id"])
        with pytest.raises(DeskError):
            ask("answer_collaboration", helper, collaboration_id=part_id, text="查到了")

    def test_the_customers_withdrawal_ends_them(self, ask: Ask, desk: Desk, helper: Actor) -> None:
        customer = requester()
        given = {"customer_name": customer.name, "subject": "打印机坏了", "text": "不出纸"}
        number = ask("create_request", actor=customer, **given)["number"]
        asked_for_help(ask, number, helper)
        ask("withdraw_request", actor=customer, number=number)
        self.ended(ask, desk, helper, ask("get_ticket", number=number)["ticket_id"])

    def test_time_ends_them(self, ask: Ask, desk: Desk, helper: Actor, settings: Any) -> None:
        """Somebody was asked while an older release let the ticket be solved."""
        ticket = created(ask)
        asked_for_help(ask, ticket["number"], helper)
        with desk.database.begin() as uow:
            older = text(
                "UPDATE tickets SET status = 'solved', status_category = 'solved', "
                "solved_at = now() - interval '8 days' WHERE ticket_id = :id"
            )
            uow.session.execute(older, {"id": ticket["ticket_id"]})
            uow.commit()
        settings(close_days=7)
        aging.close_solved(desk.database, utc_now())
        assert ask("get_ticket", number=ticket["number"])["status"] == "closed"
        self.ended(ask, desk, helper, ticket["ticket_id"])
        assert "ticket.status_changed" in types(desk.events(ticket["ticket_id"]))
