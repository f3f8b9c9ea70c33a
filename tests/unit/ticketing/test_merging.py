"""Tickets become part of another, and are taken apart again."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.errors import Conflict, Forbidden
from services.ticketing.domain.ticket import Ticket
from tests.unit.ticketing.making import (
    BOSS,
    HAN,
    LI,
    accepted_ticket,
    assigned_ticket,
    by,
    cleared,
    closed_ticket,
    entered,
    facts,
    new_ticket,
    solved_ticket,
)


def pair(source: Ticket | None = None) -> tuple[Ticket, Ticket]:
    """A target and a source of the same customer."""
    target = accepted_ticket()
    source = source or accepted_ticket()
    source.customer_id = target.customer_id
    return target, source


def merge(target: Ticket, *sources: Ticket, reason: str | None = "同一件事") -> None:
    target.absorb(list(sources), reason, by(BOSS))


def test_the_source_is_closed_and_both_tell_it_once():
    target, source = pair()
    merge(target, source)
    assert (source.status, source.merged_into) == ("closed", target.ticket_id)
    for one in (target, source):
        assert (facts(one), entered(one)) == (["ticket.merged"], ["ticket.merged"])
        assert one.facts[0].details["source_ticket_ids"] == [source.ticket_id]
    assert target.status == "in_progress"


def test_several_are_one_entry_of_the_target():
    target, first = pair()
    second = new_ticket()
    second.customer_id = target.customer_id
    first.tags, second.tags = ["退款", "急"], ["急", "物流"]
    merge(target, first, second)
    assert entered(target) == ["ticket.merged"]
    assert target.tags == ["退款", "急", "物流"]
    second.unmerge_from(target, None, by(BOSS))
    assert target.tags == ["退款", "急"]


MADE: list[Callable[[], Ticket]] = [new_ticket, assigned_ticket, accepted_ticket, solved_ticket]
_KEPT = (
    *("status", "status_category", "assignee_id", "accepted_at", "tags", "fields", "solution"),
    *("closed_at", "merged_into", "merged_at", "merged_before", "followed_up_by", "urgency"),
    *("solved_at", "assignment_epoch", "is_dissatisfied", "group_id"),
)


@given(
    st.sampled_from(MADE),
    st.lists(st.sampled_from(["退款", "物流", "急", "大客户"]), unique=True),
    st.lists(st.sampled_from(["退款", "急", "老客户"]), unique=True),
    st.sampled_from(["normal", "critical"]),
)
def test_unmerging_restores_the_source_exactly(make, tags, others, urgency):
    target, source = pair(make())
    source.tags, source.urgency, source.fields = tags, urgency, {"order": "1"}
    target.tags = others
    before = {name: getattr(source, name) for name in _KEPT}
    merge(target, source)
    cleared(source)
    source.unmerge_from(target, "不是一件事", by(BOSS))
    assert {name: getattr(source, name) for name in _KEPT} == before
    assert target.tags == others
    assert facts(source) == ["ticket.unmerged"]
    assert source.seq == source.facts[-1].seq


def test_another_customers_ticket_needs_a_word_more_and_keeps_its_messages():
    target, source = accepted_ticket(), accepted_ticket()
    with pytest.raises(Conflict) as refusal:
        merge(target, source)
    assert refusal.value.code == "merge.customers_differ"
    target.absorb([source], None, by(BOSS), is_confirmed=True)
    assert source.carried_on_by is None
    own, twin = pair()
    merge(own, twin)
    assert twin.carried_on_by == own.ticket_id


def test_what_has_ended_takes_nothing_in_and_is_not_merged():
    closed = closed_ticket()
    for target, source in ((closed, accepted_ticket()), (accepted_ticket(), closed)):
        source.customer_id = target.customer_id
        with pytest.raises(Conflict):
            merge(target, source)


def test_nothing_is_merged_twice_or_into_itself():
    target, source = pair()
    with pytest.raises(Conflict, match="into itself"):
        merge(target, target)
    merge(target, source)
    with pytest.raises(Conflict, match="merged already"):
        merge(target, source)
    with pytest.raises(Conflict, match="closed"):
        merge(source, target)


def test_a_dissatisfied_customers_ticket_does_not_end_so():
    target, source = pair()
    source.is_dissatisfied = True
    with pytest.raises(Conflict, match="not satisfied"):
        merge(target, source)


def test_agents_merge_their_own_and_what_is_nobodys():
    target, mine = pair()
    _, nobodys = pair(new_ticket())
    nobodys.customer_id = target.customer_id
    target.absorb([mine, nobodys], None, by(LI))
    _, others = pair(accepted_ticket(HAN))
    others.customer_id = target.customer_id
    with pytest.raises(Forbidden):
        target.absorb([others], None, by(LI))


def test_only_what_is_merged_is_unmerged():
    target, source = pair()
    with pytest.raises(Conflict, match="not merged"):
        source.unmerge_from(target, None, by(BOSS))
