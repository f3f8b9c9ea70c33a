"""催单: counted, shown, limited; never a second ticket."""

from datetime import timedelta

import pytest

from libs.common.errors import Conflict, DeskError, TooMany
from services.ticketing.domain.settings import URGE_WORDS, Settings
from services.ticketing.domain.urging import says_urging
from tests.unit.ticketing.making import (
    LI,
    NOON,
    accepted_ticket,
    by,
    closed_ticket,
    entered,
    facts,
    from_customer,
    message,
    solved_ticket,
)


def refusal_of(change) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        change()
    return refusal.value


def test_each_urging_is_counted_and_told_with_its_source():
    ticket = accepted_ticket()
    version = ticket.version
    ticket.urge("staff", "客户来电催问", by(LI))
    ticket.urge("staff", None, by(LI))
    assert ticket.urge_count == 2
    assert [fact.header["urge_count"] for fact in ticket.facts] == [1, 2]
    assert ticket.entries[0].event == {
        "type": "ticket.urged",
        "source": "staff",
        "urge_count": 1,
        "note": "客户来电催问",
    }
    # Whoever is editing the ticket is not disturbed by it.
    assert ticket.version == version


@pytest.mark.parametrize("make", [solved_ticket, closed_ticket])
def test_what_is_finished_is_not_urged(make):
    ticket = make()
    refusal = refusal_of(lambda: ticket.urge("staff", None, by(LI)))
    assert (type(refusal), refusal.code) == (Conflict, "ticket.finished")


def test_in_the_portal_once_in_so_many_hours():
    ticket = accepted_ticket()
    ticket.urge_in_portal(None, 4, by(LI, NOON))
    early = by(LI, NOON + timedelta(hours=3))
    refusal = refusal_of(lambda: ticket.urge_in_portal(None, 4, early))
    assert (type(refusal), refusal.code) == (TooMany, "ticket.urged_lately")
    assert refusal.details["retry_after"] == 3600
    ticket.urge_in_portal(None, 4, by(LI, NOON + timedelta(hours=4)))
    assert ticket.urge_count == 2


def test_a_message_that_reads_so_counts_once_in_a_while():
    ticket = accepted_ticket()
    ticket.receive_message(message("请尽快处理!"), from_customer(ticket))
    assert entered(ticket) == ["message", "ticket.urged"]
    assert facts(ticket) == ["ticket.message_received", "ticket.urged"]
    ticket.receive_message(message("快点快点"), from_customer(ticket))
    assert ticket.urge_count == 1


def test_other_messages_and_automatic_ones_urge_nothing():
    ticket = accepted_ticket()
    ticket.receive_message(message("订单号是 7788"), from_customer(ticket))
    ticket.receive_message(message("我会尽快回复", is_auto_reply=True), from_customer(ticket))
    assert ticket.urge_count == 0


@pytest.mark.parametrize(
    ("text", "urges"),
    [
        ("麻烦催一下", True),
        ("怎么还没有人联系我", True),
        ("ANY UPDATE on this?", True),
        ("please hurry", True),
        ("I am in no asapience", False),
        ("谢谢,已经好了", False),
        ("", False),
    ],
)
def test_words_in_either_language(text, urges):
    assert says_urging(text, URGE_WORDS) is urges


def test_the_words_are_those_of_the_settings():
    ticket = accepted_ticket()
    settings = Settings(urge_words=("十万火急",))
    ticket.receive_message(message("请尽快"), from_customer(ticket), settings)
    assert ticket.urge_count == 0
    ticket.receive_message(message("十万火急"), from_customer(ticket), settings)
    assert ticket.urge_count == 1
