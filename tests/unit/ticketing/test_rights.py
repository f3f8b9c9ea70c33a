"""What is shown as allowed is what the rules accept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from libs.common.actor import Actor
from libs.common.errors import DeskError
from services.ticketing.domain.copying import Copied
from services.ticketing.domain.rights import allowed_actions, allowed_moves
from services.ticketing.domain.statuses import CATEGORY_OF
from services.ticketing.domain.ticket import Ticket
from tests.support.actors import actor
from tests.unit.ticketing.making import (
    BOSS,
    HAN,
    LI,
    NOON,
    accepted_ticket,
    assigned_ticket,
    by,
    closed_ticket,
    id_of,
    new_ticket,
    solved_ticket,
    team,
)


def waiting_ticket() -> Ticket:
    ticket = accepted_ticket()
    ticket.change_status("awaiting_customer", None, by(LI))
    return ticket


def archived_ticket() -> Ticket:
    ticket = closed_ticket()
    ticket.change_status("archived", None, by(LI))
    return ticket


MAKERS = [
    new_ticket,
    assigned_ticket,
    accepted_ticket,
    waiting_ticket,
    solved_ticket,
    closed_ticket,
    archived_ticket,
]

ACTIONS: dict[str, Callable[[Ticket, Actor], object]] = {
    "take": lambda t, who: t.assign(id_of(who), who.name, None, by(who)),
    "assign": lambda t, who: t.assign(id_of(HAN), HAN.name, None, by(who)),
    "transfer": lambda t, who: t.transfer(team(), None, by(who)),
    "accept": lambda t, who: t.accept(by(who)),
    "return": lambda t, who: t.return_to_group("不是我负责的", by(who)),
    "reply": lambda t, who: t.reply("您好", (), None, by(who)),
    "note": lambda t, who: t.note("备注", (), by(who)),
    "solve": lambda t, who: t.solve("好了", True, by(who)),
    "reopen": lambda t, who: t.reopen("没好", by(who)),
    "cc": lambda t, who: t.change_copies([Copied("person", id_of(HAN), "韩")], (), None, by(who)),
    "urge": lambda t, who: t.urge("staff", None, by(who)),
    "supervise": lambda t, who: t.supervise(NOON + timedelta(days=99), 4, None, by(who)),
    "delete": lambda t, who: t.delete("测试数据", by(who)),
    "edit": lambda t, who: t.edit({"subject": "新主题"}, None, by(who)),
}


def is_accepted(change: Callable[[], object]) -> bool:
    try:
        change()
    except DeskError:
        return False
    return True


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("who", [LI, BOSS], ids=["assignee", "supervisor"])
@pytest.mark.parametrize("action", [name for name in ACTIONS if name != "take"])
def test_an_action_is_shown_exactly_when_it_is_accepted(make, who, action):
    ticket = make()
    shown = action in allowed_actions(ticket, who)
    assert shown == is_accepted(lambda: ACTIONS[action](ticket, who))


@pytest.mark.parametrize("make", MAKERS)
def test_taking_is_shown_to_agents_exactly_when_it_is_accepted(make):
    ticket = make()
    shown = "take" in allowed_actions(ticket, HAN)
    assert shown == is_accepted(lambda: ACTIONS["take"](ticket, HAN))


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("who", [LI, HAN, BOSS], ids=["assignee", "another", "supervisor"])
def test_a_move_is_shown_exactly_when_it_is_accepted(make, who):
    for status in CATEGORY_OF:
        ticket = make()
        shown = status in allowed_moves(ticket, who)
        assert shown == is_accepted(lambda: ticket.change_status(status, "理由", by(who)))  # noqa: B023


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("action", ACTIONS)
def test_no_action_is_shown_without_its_permission(make, action):
    ticket = make()
    for who in (LI, HAN, BOSS):
        poorer = replace(who, permissions=who.permissions - {f"ticket.{action}"})
        assert action not in allowed_actions(ticket, poorer)


@pytest.mark.parametrize("make", MAKERS)
def test_without_the_permission_no_move_is_shown(make):
    ticket = make()
    unmoved = replace(BOSS, permissions=BOSS.permissions - {"ticket.move"})
    assert allowed_moves(ticket, unmoved) == []


@pytest.mark.parametrize("make", MAKERS)
def test_an_administrator_without_tickets_rights_only_looks(make):
    ticket = make()
    admin = actor("administrator")
    assert allowed_actions(ticket, admin) == []
    assert allowed_moves(ticket, admin) == []


@pytest.mark.parametrize("make", MAKERS)
def test_another_agent_takes_what_is_free_and_notes_that_the_customer_urges(make):
    ticket = make()
    allowed = allowed_actions(ticket, HAN)
    assert set(allowed) <= {"take", "urge"}
