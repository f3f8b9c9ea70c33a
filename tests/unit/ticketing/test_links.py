"""Links are the same from either side."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.errors import Conflict, InvalidInput
from services.ticketing.domain.links import RELATIONS, Link
from tests.unit.ticketing.making import BOSS, by, entered, facts, new_ticket

OTHER_SIDE = {"blocks": "blocked_by", "duplicates": "duplicated_by", "causes": "caused_by"}
OTHER_SIDE |= {after: before for before, after in OTHER_SIDE.items()} | {"relates_to": "relates_to"}


@given(st.uuids(), st.uuids(), st.sampled_from(RELATIONS))
def test_whoever_tells_it_the_same_is_kept(one, other, relation):
    if one == other:
        return
    link = Link.between(one, relation, other)
    assert link == Link.between(other, OTHER_SIDE[relation], one)
    assert link.seen_from(one) == (relation, other)
    assert link.seen_from(other) == (OTHER_SIDE[relation], one)


def test_both_tickets_tell_it():
    one, other = new_ticket(), new_ticket()
    one.number, other.number = "G20261101001", "G20261101002"
    one.link(other, "blocks", by(BOSS))
    assert (facts(one), entered(one)) == (["ticket.linked"], ["ticket.linked"])
    assert one.entries[0].event == {
        "type": "ticket.linked",
        "relation": "blocks",
        "number": "G20261101002",
    }
    assert other.facts[0].details == {"relation": "blocked_by", "other_ticket_id": one.ticket_id}


def test_what_cannot_be():
    same = uuid4()
    with pytest.raises(Conflict, match="itself"):
        Link.between(same, "blocks", same)
    with pytest.raises(InvalidInput, match="must be one of"):
        Link.between(same, "likes", uuid4())
