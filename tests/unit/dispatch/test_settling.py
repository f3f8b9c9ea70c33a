"""One ticket's assignment brought into line with its header: a function of states."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.dispatch.domain.settling import (
    Settlement,
    is_to_be_withdrawn,
    is_to_stay,
    settle,
)
from tests.unit.dispatch.making import HAN, LI, NOW, assignment, header


def proposed(**fields):
    return assignment(**{"state": "proposed", **fields})


@pytest.mark.parametrize(
    ("head", "held", "wanted"),
    [
        (header(), None, Settlement(waits=True)),
        (header(), proposed(epoch=1), Settlement()),
        (header(epoch=1), proposed(epoch=1), Settlement(ends="unassigned", waits=True)),
        (header(epoch=1), assignment(epoch=1), Settlement(ends="unassigned", waits=True)),
        (header(epoch=1, assignee_id=LI), proposed(epoch=1), Settlement(confirms=True)),
        (header(epoch=1, assignee_id=LI), assignment(epoch=1), Settlement()),
        (header(epoch=1, assignee_id=LI), None, Settlement(begins=True)),
        (
            header(epoch=1, assignee_id=HAN),
            proposed(epoch=1),
            Settlement(ends="overtaken", begins=True),
        ),
        (
            header(epoch=2, assignee_id=HAN),
            assignment(epoch=1),
            Settlement(ends="reassigned", begins=True),
        ),
        (
            header(epoch=2, assignee_id=LI),
            assignment(epoch=1),
            Settlement(ends="reassigned", begins=True),
        ),
        (header(epoch=1, assignee_id=LI), proposed(epoch=2, person_id=HAN), Settlement()),
        (header(epoch=0), assignment(epoch=1), Settlement()),
        (header(status_category="solved"), None, Settlement()),
        (header(status_category="closed"), proposed(), Settlement(ends="finished")),
        (header(status_category="solved", epoch=1), assignment(), Settlement(ends="finished")),
        (header(status_category="solved", epoch=0), assignment(epoch=1), Settlement()),
    ],
)
def test_what_is_to_be_done(head, held, wanted):
    assert settle(head, held) == wanted


headers = st.builds(
    header,
    epoch=st.integers(0, 3),
    assignee_id=st.sampled_from([None, LI, HAN]),
    status_category=st.sampled_from(["new", "open", "pending", "solved", "closed"]),
)
assignments = st.none() | st.builds(
    assignment,
    epoch=st.integers(0, 4),
    person_id=st.sampled_from([LI, HAN]),
    state=st.sampled_from(["proposed", "active"]),
)


def carry_out(head, held):
    """What the use case makes of it: the assignment afterwards, and whether the ticket waits."""
    todo = settle(head, held)
    if todo.ends:
        held = None
    if todo.confirms:
        held = replace(held, state="active")
    if todo.begins:
        held = assignment(person_id=head.assignee_id, epoch=head.epoch)
    return held, todo.waits


@given(headers, assignments)
def test_settling_twice_changes_nothing_more(head, held):
    once, waits = carry_out(head, held)
    assert carry_out(head, once) == (once, waits)


@given(headers, assignments)
def test_an_unfinished_ticket_is_with_somebody_or_waits_and_never_both(head, held):
    after, waits = carry_out(head, held)
    if head.is_finished:
        assert not waits
    else:
        assert (after is not None) is not waits


@given(headers, assignments)
def test_after_it_the_assignee_is_who_has_the_ticket_or_the_header_is_behind(head, held):
    after, _ = carry_out(head, held)
    if after and after.state == "active" and after.epoch <= head.epoch:
        assert (after.person_id, after.epoch) == (head.assignee_id, head.epoch)


@pytest.mark.parametrize(
    ("head", "held", "unaccepted"),
    [
        (header(epoch=2, assignee_id=LI), assignment(epoch=2), 1),
        (header(epoch=1, assignee_id=LI), assignment(epoch=1), None),
        (header(epoch=1, assignee_id=LI, accepted_at=NOW), assignment(epoch=1), 1),
        (header(epoch=1, assignee_id=LI), assignment(epoch=1, withdrawn_at=NOW), 1),
        (header(epoch=1, assignee_id=LI), proposed(epoch=1), 1),
        (header(epoch=1, assignee_id=LI), assignment(epoch=1, mode="escalation"), 1),
        (header(epoch=0), assignment(epoch=1), 1),
        (header(epoch=1), None, 1),
        (header(epoch=1, status_category="solved"), assignment(epoch=1), 1),
    ],
)
def test_what_is_not_to_be_withdrawn(head, held, unaccepted):
    assert not is_to_be_withdrawn(head, held, unaccepted)


def test_what_nobody_accepted_in_time_is_withdrawn():
    assert is_to_be_withdrawn(header(epoch=1, assignee_id=LI), assignment(epoch=1), 1)


@pytest.mark.parametrize(
    ("head", "cause", "stays"),
    [
        (header(epoch=1, assignee_id=LI, accepted_at=NOW), "accept_timeout", True),
        (header(epoch=1, assignee_id=LI), "accept_timeout", False),
        (header(epoch=2, assignee_id=LI, accepted_at=NOW), "accept_timeout", False),
        (header(epoch=1, assignee_id=LI, accepted_at=NOW), "hand_over", False),
    ],
)
def test_what_is_accepted_while_it_is_being_withdrawn_stays(head, cause, stays):
    held = assignment(epoch=1, withdrawn_at=NOW, end_cause=cause)
    assert is_to_stay(head, held) is stays
