"""抄送: who follows a ticket."""

from uuid import uuid4

import pytest

from libs.common.errors import Conflict, DeskError, Forbidden, InvalidInput
from services.ticketing.domain.copying import Copied
from tests.unit.ticketing.making import BOSS, HAN, LI, accepted_ticket, by, closed_ticket, id_of

WANG = Copied("person", uuid4(), "王主管")
SALES = Copied("department", uuid4(), "销售部")


def refusal_of(change) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        change()
    return refusal.value


def test_people_and_units_follow_and_leave():
    ticket = accepted_ticket()
    ticket.change_copies([WANG, SALES], (), "请关注", by(LI), [WANG.id, id_of(LI)])
    assert ticket.scope()["cc"] == [WANG.id, SALES.id]
    assert [one["name"] for one in ticket.cc_shown] == ["王主管", "销售部"]
    # Whoever does it need not be told.
    assert ticket.facts[0].details["recipients"] == [WANG.id]
    ticket.change_copies((), [WANG.id], None, by(LI))
    assert ticket.cc == [SALES.id]
    assert ticket.entries[-1].event["removed"] == [WANG.as_shown()]
    assert len(ticket.entries) == len(ticket.facts) == 2


def test_who_follows_already_is_not_told_again():
    ticket = accepted_ticket()
    ticket.change_copies([WANG], (), None, by(LI), [WANG.id])
    assert refusal_of(lambda: ticket.change_copies([WANG], (), None, by(LI))).code == "cc.unchanged"
    assert refusal_of(lambda: ticket.change_copies((), [SALES.id], None, by(LI))).code == (
        "cc.unchanged"
    )


def test_following_changes_no_version():
    ticket = accepted_ticket()
    version = ticket.version
    ticket.change_copies([WANG], (), None, by(LI))
    assert ticket.version == version


def test_at_most_fifty_follow():
    ticket = accepted_ticket()
    many = [Copied("person", uuid4(), f"同事{n}") for n in range(51)]
    refusal = refusal_of(lambda: ticket.change_copies(many, (), None, by(LI)))
    assert isinstance(refusal, InvalidInput)
    ticket.change_copies(many[:50], (), None, by(LI))
    # One goes, another comes.
    ticket.change_copies(many[50:], [many[0].id], None, by(LI))
    assert len(ticket.cc) == 50


def test_only_who_works_on_it_says_who_follows():
    ticket = accepted_ticket(LI)
    assert isinstance(
        refusal_of(lambda: ticket.change_copies([WANG], (), None, by(HAN))), Forbidden
    )


def test_closed_tickets_may_be_followed_and_archived_ones_not():
    ticket = closed_ticket()
    ticket.change_copies([WANG], (), None, by(LI))
    ticket.change_status("archived", None, by(BOSS))
    refusal = refusal_of(lambda: ticket.change_copies([SALES], (), None, by(BOSS)))
    assert (type(refusal), refusal.code) == (Conflict, "ticket.closed")
