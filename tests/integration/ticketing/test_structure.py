"""Links, families, merging and splitting with the database, as the gateway asks for them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from libs.common.errors import Conflict, DeskError, InvalidInput, NotFound
from services.ticketing.queries.request_pages import get_request
from services.ticketing.use_cases.requests import add_request_message
from tests.integration.ticketing.desk import (
    Ask,
    Desk,
    agent,
    created,
    file_facts,
    message,
    requester,
    types,
)
from tests.integration.ticketing.hearing import row, team, told

Ticket = dict[str, Any]


def beside(ticket: Ticket) -> list[str]:
    return [one["ticket"]["number"] for one in ticket["links"]["items"]]


def solve(ask: Ask, ticket: Ticket) -> Ticket:
    solved: Ticket = ask("solve_ticket", number=ticket["number"], text="好了")
    return solved


class TestLinks:
    def test_both_sides_show_it_and_tell_it(self, ask: Ask, desk: Desk):
        one, other = created(ask), created(ask, subject="同样的故障")
        asked = {"number": one["number"], "other": other["number"]}
        shown = ask("link_tickets", **asked, relation="duplicates")
        assert shown["links"]["items"][0]["relation"] == "duplicates"
        assert shown["links"]["items"][0]["ticket"]["subject"] == "同样的故障"
        back = ask("get_relations", number=other["number"])
        assert back["links"]["items"][0]["relation"] == "duplicated_by"
        assert beside(back) == [one["number"]]
        for ticket in (one, other):
            assert types(desk.events(ticket["ticket_id"])) == ["ticket.created", "ticket.linked"]

    def test_the_same_is_refused_from_either_side(self, ask: Ask):
        one, other = created(ask)["number"], created(ask)["number"]
        ask("link_tickets", number=one, other=other, relation="blocks")
        for number, to, relation in ((one, other, "blocks"), (other, one, "blocked_by")):
            with pytest.raises(Conflict, match="already"):
                ask("link_tickets", number=number, other=to, relation=relation)

    def test_a_link_is_removed_from_either_side(self, ask: Ask):
        one, other = created(ask)["number"], created(ask)["number"]
        made = ask("link_tickets", number=one, other=other, relation="relates_to")
        link_id = made["links"]["items"][0]["link_id"]
        assert beside(ask("unlink_tickets", number=other, link_id=link_id)) == []
        with pytest.raises(NotFound):
            ask("unlink_tickets", number=one, link_id=link_id)

    def test_of_what_one_may_not_see_only_the_count_is_told(self, ask: Ask, desk: Desk):
        li = agent()
        mine, hidden = created(ask), created(ask, subject="机密")
        for ticket, who in ((mine, li), (hidden, agent("韩梅梅"))):
            who_is = {"assignee_id": str(who.subject), "assignee_name": who.name}
            ask("assign_ticket", number=ticket["number"], **who_is)
        numbers = {"number": mine["number"], "other": hidden["number"]}
        made = ask("link_tickets", **numbers, relation="causes")
        ask("attach_child", number=mine["number"], child=hidden["number"])
        shown = ask("get_relations", actor=li, number=mine["number"])
        assert shown["links"] == {"items": [], "hidden": 1}
        assert shown["children"] == {"items": [], "hidden": 1, "open": 1}
        assert "机密" not in str(shown)
        with pytest.raises(InvalidInput) as refusal:
            ask("link_tickets", actor=li, **numbers, relation="blocks")
        assert refusal.value.code == "ticket.unknown"
        link_id = made["links"]["items"][0]["link_id"]
        with pytest.raises(NotFound):
            ask("unlink_tickets", actor=li, number=mine["number"], link_id=link_id)


class TestFamilies:
    def test_a_parent_waits_for_its_children(self, ask: Ask, desk: Desk):
        parent, child = created(ask), created(ask)
        ask("attach_child", number=parent["number"], child=child["number"])
        page = desk.show(parent["number"])
        assert "solve" not in page["allowed"]["actions"]
        assert "closed" not in page["allowed"]["moves"]
        with pytest.raises(Conflict) as refusal:
            solve(ask, parent)
        assert refusal.value.code == "ticket.children_open"
        solve(ask, child)
        assert told(desk, parent)[-1]["type"] == "ticket.children_finished"
        solve(ask, parent)
        told_types = types(desk.events(parent["ticket_id"]))
        assert told_types == [
            *("ticket.created", "ticket.attached", "ticket.children_finished", "ticket.solved")
        ]

    def test_a_message_of_the_customer_takes_the_solved_parent_up_as_well(
        self, ask: Ask, desk: Desk
    ):
        opened = message()
        desk.file(opened)
        child = {"ticket_id": str(opened.data["ticket_id"])}
        child["number"] = desk.number_of(child["ticket_id"])
        grand, parent = created(ask), created(ask)
        ask("attach_child", number=grand["number"], child=parent["number"])
        ask("attach_child", number=parent["number"], child=child["number"])
        for one in (child, parent, grand):
            solve(ask, one)
        desk.file(message(opened.data["ticket_id"], opens=False))
        for one in (child, parent, grand):
            assert desk.show(one["number"])["status_category"] not in ("solved", "closed")
        assert (row(desk, grand).open_children, row(desk, parent).open_children) == (1, 1)

    def test_a_child_may_be_opened_as_one_and_customers_never_see_it(self, ask: Ask, desk: Desk):
        who = requester()
        parent = created(ask, customer_id=str(who.subject))
        group_id = team(desk, "仓库")
        more = {"subject": "请核对库存", "text": "缺货?", "group_id": str(group_id)}
        shown = ask("open_child", number=parent["number"], **more)
        [child] = shown["children"]["items"]
        assert shown["children"]["open"] == 1
        page = desk.show(child["number"])
        assert (page["kind"], page["channel"]) == ("internal", "internal")
        assert page["group"]["name"] == "仓库"
        assert page["customer"]["customer_id"] == str(desk.boss.subject)
        [event] = desk.events(page["ticket_id"])
        assert event["data"]["parent_ticket_id"] == parent["ticket_id"]
        with pytest.raises(NotFound):
            desk.ask(get_request, who, child["number"])
        ask("detach_child", number=parent["number"], child=child["number"])
        solve(ask, parent)

    def test_there_are_three_levels_and_no_circles(self, ask: Ask):
        first, second, third, fourth = (created(ask)["number"] for _ in range(4))
        ask("attach_child", number=second, child=third)
        ask("attach_child", number=first, child=second)
        for number, child, code in (
            (third, fourth, "family.too_deep"),
            (fourth, first, "family.too_deep"),
            (third, first, "family.cycle"),
            (first, first, "family.cycle"),
        ):
            with pytest.raises(Conflict) as refusal:
                ask("attach_child", number=number, child=child)
            assert refusal.value.code == code

    def test_attachments_at_the_same_time_make_no_circle(self, ask: Ask, desk: Desk):
        for _ in range(5):
            a, b, c = (created(ask) for _ in range(3))
            pairs = [(a, b), (b, c), (c, a)]

            def attach(pair: tuple[Ticket, Ticket]) -> str:
                try:
                    ask("attach_child", number=pair[0]["number"], child=pair[1]["number"])
                except DeskError as refusal:
                    return refusal.code
                return "attached"

            with ThreadPoolExecutor(3) as pool:
                results = list(pool.map(attach, pairs))
            assert results.count("attached") == 2
            assert [one for one in results if one != "attached"] == ["family.cycle"]

    def test_a_parent_is_not_solved_while_a_child_comes_back(self, ask: Ask, desk: Desk):
        for _ in range(5):
            parent, child = created(ask), created(ask)
            ask("attach_child", number=parent["number"], child=child["number"])
            solve(ask, child)
            with ThreadPoolExecutor(2) as pool:
                solving = pool.submit(solve, ask, parent)
                reopening = pool.submit(ask, "reopen_ticket", number=child["number"], reason="没好")
                reopening.result()
                error = solving.exception()
            assert error is None or getattr(error, "code", "") == "ticket.children_open"
            assert row(desk, parent).status_category not in ("solved", "closed")
            assert row(desk, parent).open_children == 1


class TestMerging:
    def test_the_other_number_leads_on_and_back_again(self, ask: Ask, desk: Desk):
        customer = {"customer_id": str(uuid4())}
        target, source = created(ask, **customer), created(ask, **customer)
        before = row(desk, source)
        asked = {"number": target["number"], "numbers": [source["number"]]}
        ask("merge_tickets", **asked, reason="同一件事")
        page = desk.show(source["number"])
        assert (page["status"], page["merged_into"]) == ("closed", {"number": target["number"]})
        assert "unmerge" in page["allowed"]["actions"]
        parts = ask("get_relations", number=target["number"])["merged_from"]
        assert [one["number"] for one in parts["items"]] == [source["number"]]
        ask("unmerge_ticket", number=source["number"])
        after = row(desk, source)
        changed = {"seq", "version", "updated_at", "last_entry_seq", "last_entry_at"}
        changed |= {"touched_at", "status_changed_at"}
        kept = set(before._mapping) - changed
        assert {name: after._mapping[name] for name in kept} == {
            name: before._mapping[name] for name in kept
        }
        assert types(desk.events(source["ticket_id"]))[1:] == ["ticket.merged", "ticket.unmerged"]
        events = desk.events(target["ticket_id"])
        assert types(events)[1:] == ["ticket.merged", "ticket.unmerged"]
        assert [event["data"]["seq"] for event in events] == [1, 2, 3]

    def test_later_messages_go_to_the_target_and_stay_there(self, ask: Ask, desk: Desk):
        first = message()
        second = message(customer_id=first.data["customer_id"])
        desk.file(first, second)
        target, source = (desk.number_of(one.data["ticket_id"]) for one in (first, second))
        ask("merge_tickets", number=target, numbers=[source])
        late = message(
            second.data["ticket_id"],
            customer_id=first.data["customer_id"],
            opens=False,
            text="还有一件事",
        )
        desk.file(late)
        desk.file(late)
        texts = [entry["text"] for entry in desk.show(target)["timeline"]["items"]]
        assert texts.count("还有一件事") == 1
        assert desk.show(source)["status"] == "closed"
        ask("unmerge_ticket", number=source)
        assert "还有一件事" in [entry["text"] for entry in desk.show(target)["timeline"]["items"]]
        desk.file(
            message(
                second.data["ticket_id"],
                customer_id=first.data["customer_id"],
                opens=False,
                text="这件",
            )
        )
        assert desk.show(source)["timeline"]["items"][-1]["text"] == "这件"

    def test_another_customers_words_never_reach_the_target(self, ask: Ask, desk: Desk):
        second = message()
        desk.file(second)
        target, source = created(ask), desk.number_of(second.data["ticket_id"])
        asked = {"number": target["number"], "numbers": [source]}
        with pytest.raises(Conflict) as refusal:
            ask("merge_tickets", **asked)
        assert refusal.value.code == "merge.customers_differ"
        ask("merge_tickets", **asked, is_confirmed=True)
        again = {"customer_id": second.data["customer_id"], "opens": False, "text": "我的密码"}
        desk.file(message(second.data["ticket_id"], **again))
        assert "我的密码" not in str(desk.show(target["number"])["timeline"])
        successor = row(desk, {"ticket_id": second.data["ticket_id"]}).followed_up_by
        assert desk.show(desk.number_of(successor))["follows_up"] == {"number": source}

    def test_requesters_are_led_on_and_may_write_on(self, ask: Ask, desk: Desk):
        who = requester()
        mine = {"customer_id": str(who.subject)}
        target, source = created(ask, **mine), created(ask, **mine)
        ask("merge_tickets", number=target["number"], numbers=[source["number"]])
        page = desk.ask(get_request, who, source["number"])
        assert page["merged_into"] == target["number"]
        desk.change(add_request_message, who, number=source["number"], text="还没好")
        assert desk.ask(get_request, who, target["number"])["timeline"]["items"][-1]["text"] == (
            "还没好"
        )
        other = created(ask)
        ask("merge_tickets", number=other["number"], numbers=[target["number"]], is_confirmed=True)
        assert desk.ask(get_request, who, target["number"])["merged_into"] is None

    def test_who_sees_the_target_reads_what_was_merged(self, ask: Ask, desk: Desk):
        li = agent()
        opened = message(attachments=[file_facts()], text="原文")
        desk.file(opened)
        source = desk.number_of(opened.data["ticket_id"])
        target, final = created(ask)["number"], created(ask)["number"]
        who = {"assignee_id": str(li.subject), "assignee_name": li.name}
        for number in (target, final):
            ask("assign_ticket", number=number, **who)
        ask("assign_ticket", number=source, assignee_id=str(uuid4()), assignee_name="别人")
        with pytest.raises(NotFound):
            ask("list_merged_timeline", actor=li, number=target, source=source)
        ask("merge_tickets", number=target, numbers=[source], is_confirmed=True)
        ask("merge_tickets", number=final, numbers=[target], is_confirmed=True)
        for number in (target, final):
            page = ask("list_merged_timeline", actor=li, number=number, source=source)
            assert "原文" in [entry["text"] for entry in page["items"]]
        file_id = str(opened.data["attachments"][0]["attachment_id"])
        assert ask("get_attachment", actor=li, attachment_id=file_id)["name"] == "破损照片.jpg"
        with pytest.raises(NotFound):
            ask("get_attachment", actor=agent(), attachment_id=file_id)

    def test_merging_a_child_ends_it_for_its_parent(self, ask: Ask, desk: Desk):
        customer = {"customer_id": str(uuid4())}
        parent, child, target = (created(ask, **customer) for _ in range(3))
        ask("attach_child", number=parent["number"], child=child["number"])
        ask("merge_tickets", number=target["number"], numbers=[child["number"]])
        assert row(desk, parent).open_children == 0
        with pytest.raises(Conflict):
            solve(ask, child)
        ask("unmerge_ticket", number=child["number"])
        assert row(desk, parent).open_children == 1

    def test_a_parent_with_open_children_is_not_merged(self, ask: Ask):
        customer = {"customer_id": str(uuid4())}
        parent, child, target = (created(ask, **customer) for _ in range(3))
        ask("attach_child", number=parent["number"], child=child["number"])
        for into in (target, child):
            with pytest.raises(Conflict) as refusal:
                ask("merge_tickets", number=into["number"], numbers=[parent["number"]])
            assert refusal.value.code == "ticket.children_open"


class TestSplitting:
    def test_chosen_words_become_a_ticket_of_the_same_customer(self, ask: Ask, desk: Desk):
        opened = message(attachments=[file_facts()], text="杯子碎了,另外发票没开。")
        desk.file(opened)
        number = desk.number_of(opened.data["ticket_id"])
        note = ask("add_note", number=number, text="内部:查发票")
        entries = desk.show(number)["timeline"]["items"]
        chosen = [one["entry_id"] for one in entries if one["kind"] == "message"]
        wanted = {"entry_ids": [*chosen, note["entry_id"]], "subject": "补开发票"}
        new = ask("split_ticket", number=number, **wanted)
        page = desk.show(new["number"])
        assert page["customer"]["customer_id"] == str(opened.data["customer_id"])
        said = [one for one in page["timeline"]["items"] if one["kind"] == "message"]
        assert len(said) == 1
        assert number in said[0]["text"]
        assert "杯子碎了" in said[0]["text"]
        assert "查发票" not in said[0]["text"]
        assert [one["name"] for one in said[0]["attachments"]] == ["破损照片.jpg"]
        [quoted] = [one for one in page["timeline"]["items"] if one["kind"] == "note"]
        assert "查发票" in quoted["text"]
        kept = [one["entry_id"] for one in desk.show(number)["timeline"]["items"]]
        assert set(wanted["entry_ids"]) <= set(kept)
        relations = ask("get_relations", number=number)
        assert [one["number"] for one in relations["split_into"]["items"]] == [new["number"]]
        back = ask("get_relations", number=new["number"])["split_from"]
        assert back["ticket"]["number"] == number
        assert types(desk.events(opened.data["ticket_id"]))[-1] == "ticket.split"
        file_id = said[0]["attachments"][0]["attachment_id"]
        shared = ask("get_attachment", attachment_id=file_id)
        assert shared["blob_key"] == opened.data["attachments"][0]["blob_key"]

    def test_there_must_be_something_that_the_customer_may_read(self, ask: Ask):
        ticket = created(ask)
        note = ask("add_note", number=ticket["number"], text="内部")
        for entry_ids in ([note["entry_id"]], [], [str(uuid4())]):
            asked = {"number": ticket["number"], "entry_ids": entry_ids, "subject": "新"}
            with pytest.raises(InvalidInput) as refusal:
                ask("split_ticket", **asked)
            assert "entry_ids" in refusal.value.details["errors"]


def test_a_page_of_relations_takes_few_statements(ask: Ask, desk: Desk):
    ticket = created(ask)["number"]
    for _ in range(3):
        ask("link_tickets", number=ticket, other=created(ask)["number"], relation="relates_to")
        ask("attach_child", number=ticket, child=created(ask)["number"])
    with desk.counting_statements() as seen:
        ask("get_relations", number=ticket)
    assert len(seen) <= 5


def test_lists_of_relations_follow_indexes(desk: Desk):
    with desk.database.engine.connect() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        for column, index in (
            ("parent_id", "ix_tickets_parent"),
            ("merged_into", "ix_tickets_merged_into"),
            ("split_from", "ix_tickets_split_from"),
        ):
            query = f"EXPLAIN SELECT ticket_id FROM tickets WHERE {column} = '{uuid4()}'"
            assert index in str(connection.execute(text(query)).all())


def test_a_command_by_its_id_happens_once(ask: Ask, desk: Desk):
    one, other = created(ask), created(ask)
    asked = {"number": one["number"], "child": other["number"], "command_id": str(uuid4())}
    assert ask("attach_child", **asked) == ask("attach_child", **asked)
    assert row(desk, one).open_children == 1


def test_a_low_score_does_not_wake_what_was_merged(ask: Ask, desk: Desk):
    customer = {"customer_id": str(uuid4())}
    target, source = created(ask, **customer), created(ask, **customer)
    ask("merge_tickets", number=target["number"], numbers=[source["number"]])
    ask("judge_ticket", number=source["number"], is_satisfied=False, words="不满意")
    assert desk.show(source["number"])["status"] == "closed"
