"""Help that others give with a ticket: who is asked, what may follow, what is told of it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from libs.common.actor import Actor
from libs.common.errors import Conflict, Forbidden, InvalidInput
from services.ticketing.domain.collaboration import Collaboration, check_due
from services.ticketing.domain.ticket import Ticket
from tests.unit.ticketing.making import (
    BOSS,
    HAN,
    LI,
    NOON,
    accepted_ticket,
    by,
    cleared,
    entered,
    facts,
    file,
    id_of,
    solved_ticket,
)


def part(ticket: Ticket, **fields: Any) -> Collaboration:
    known = {
        "collaboration_id": uuid4(),
        "ticket_id": ticket.ticket_id,
        "target_kind": "department",
        "target_id": uuid4(),
        "target_name": "技术部",
        "requester_id": id_of(LI),
        "requester_name": LI.name,
        "asked_at": NOON,
        "updated_at": NOON,
        "words": {"duty": "查看日志"},
    }
    return Collaboration(**known | fields)


def asked(who: Actor = LI, count: int = 1) -> tuple[Ticket, list[Collaboration]]:
    ticket = accepted_ticket()
    parts = [part(ticket) for _ in range(count)]
    ticket.start_collaboration(parts, [], [], None, [], by(who))
    return ticket, parts


def test_asking_is_one_entry_and_one_event_and_lets_those_asked_see_the_ticket():
    ticket = accepted_ticket()
    one, other = part(ticket), part(ticket, target_name="仓库")
    entry = ticket.start_collaboration([one, other], [], [file()], "见截图", [id_of(HAN)], by(LI))
    assert entered(ticket) == facts(ticket) == ["ticket.collaboration_started"]
    assert entry.text == "技术部：查看日志\n仓库：查看日志\n见截图"
    assert [shown["name"] for shown in entry.attachments] == ["照片.jpg"]
    assert ticket.facts[0].header["scope"]["collaborators"] == [one.target_id, other.target_id]
    assert ticket.facts[0].details["recipients"] == [id_of(HAN)]
    assert "查看日志" not in str(ticket.facts[0].details)
    assert ticket.open_collaborations == 2


def test_only_who_works_on_it_asks_and_not_about_what_is_done():
    with pytest.raises(Forbidden):
        asked(HAN)
    ticket = solved_ticket()
    with pytest.raises(Conflict):
        ticket.start_collaboration([part(ticket)], [], [], None, [], by(LI))


@pytest.mark.parametrize("verb", ["solve", "close"])
def test_a_ticket_with_open_parts_is_neither_solved_nor_closed(verb: str):
    ticket, [one] = asked()
    end = {
        "solve": lambda: ticket.solve("好了", True, by(LI)),
        "close": lambda: ticket.change_status("closed", "不需要", by(LI)),
    }[verb]
    with pytest.raises(Conflict) as refused:
        end()
    assert (refused.value.code, refused.value.details) == (
        "ticket.collaboration_open",
        {"open": 1},
    )
    one.answer("好了", [], by(HAN))
    ticket.count_collaborations([one])
    end()


def test_a_part_goes_from_asked_to_accepted():
    _, [one] = asked()
    one.take(by(HAN))
    assert (one.state, one.taker_name) == ("taken", HAN.name)
    one.answer("日志正常", [], by(HAN))
    assert (one.state, one.words["answer"], one.is_open) == ("answered", "日志正常", False)
    one.accept(by(LI))
    one.rate(4, "很快", by(LI))
    assert (one.state, one.score, one.words["judgement"]) == ("accepted", 4, "很快")
    one.rate(5, None, by(LI))
    assert (one.score, one.words.get("judgement")) == (5, None)


def test_what_somebody_has_taken_is_theirs():
    _, [one] = asked()
    one.take(by(HAN))
    one.take(by(HAN))
    for act in (one.take, lambda act: one.answer("我来", [], act), lambda a: one.decline("忙", a)):
        with pytest.raises(Conflict) as refused:
            act(by(BOSS))
        assert refused.value.details["taker"]["name"] == HAN.name


def test_asked_again_it_is_the_same_persons_or_after_a_refusal_everybodys():
    _, [one] = asked()
    one.answer("好了", [], by(HAN))
    one.ask_again("还缺截图", None, by(LI))
    assert (one.state, one.round, one.taker_name) == ("taken", 2, HAN.name)
    assert "answer" not in one.words
    one.decline("没有截图", by(HAN))
    one.ask_again("请再找找", None, by(LI))
    assert (one.state, one.round, one.taker_id, one.words.get("reason")) == ("asked", 3, None, None)


@pytest.mark.parametrize("state", ["answered", "declined", "accepted", "cancelled"])
def test_what_is_over_is_not_taken_answered_or_cancelled(state: str):
    one = part(accepted_ticket(), state=state)
    for change in (
        lambda: one.take(by(HAN)),
        lambda: one.answer("好了", [], by(HAN)),
        lambda: one.decline("忙", by(HAN)),
        lambda: one.cancel(None, by(LI)),
    ):
        with pytest.raises(Conflict):
            change()


@pytest.mark.parametrize("state", ["asked", "taken", "cancelled"])
def test_what_is_not_done_is_not_rated(state: str):
    with pytest.raises(Conflict):
        part(accepted_ticket(), state=state).rate(5, None, by(LI))


@pytest.mark.parametrize("score", [0, 6])
def test_scores_are_one_to_five(score: int):
    with pytest.raises(InvalidInput):
        part(accepted_ticket(), state="answered").rate(score, None, by(LI))


def test_those_who_declined_or_are_let_off_see_the_ticket_no_longer():
    ticket, [one, other] = asked(count=2)
    one.cancel("不用了", by(LI))
    ticket.count_collaborations([one, other])
    assert (ticket.collaborators, ticket.open_collaborations) == ([other.target_id], 1)
    other.decline("做不了", by(HAN))
    ticket.count_collaborations([one, other])
    assert (ticket.collaborators, ticket.open_collaborations) == ([], 0)


def test_a_change_tells_no_words_but_in_the_timeline():
    ticket, [one] = asked()
    cleared(ticket)
    one.decline("没有权限", by(HAN))
    entry = ticket.tell_part("declined", one, [id_of(LI)], by(HAN), reason="没有权限")
    assert entry.event
    assert entry.event["reason"] == "没有权限"
    assert facts(ticket) == ["ticket.collaboration_declined"]
    assert "没有权限" not in str(ticket.facts[0].details)


def test_late_is_found_once_and_only_while_it_waits():
    one = part(accepted_ticket(), due_at=NOON + timedelta(hours=1))
    assert not one.find_overdue(NOON)
    assert one.find_overdue(NOON + timedelta(hours=1))
    assert not one.find_overdue(NOON + timedelta(hours=2))
    done = part(accepted_ticket(), due_at=NOON, state="answered")
    assert not done.find_overdue(NOON)


def test_a_time_limit_lies_ahead():
    assert check_due("due_at", None, NOON) is None
    with pytest.raises(InvalidInput) as refused:
        check_due("parts.1.due_at", NOON, NOON)
    assert "parts.1.due_at" in refused.value.details["errors"]
