"""Parents wait for their children."""

import pytest

from libs.common.errors import Conflict
from services.ticketing.domain.family import Lineage
from services.ticketing.domain.ticket import Ticket
from tests.unit.ticketing.making import (
    BOSS,
    accepted_ticket,
    by,
    cleared,
    closed_ticket,
    entered,
    facts,
    new_ticket,
    solved_ticket,
)


def family() -> tuple[Ticket, Ticket]:
    """A parent in progress with one child."""
    parent, child = accepted_ticket(), accepted_ticket()
    parent.attach_child(child, Lineage(), by(BOSS))
    return cleared(parent), cleared(child)


def test_both_tell_of_an_attachment_once():
    parent, child = accepted_ticket(), new_ticket()
    parent.attach_child(child, Lineage(), by(BOSS))
    assert child.parent_id == parent.ticket_id
    assert parent.open_children == 1
    for one in (parent, child):
        assert (facts(one), entered(one)) == (["ticket.attached"], ["ticket.attached"])


@pytest.mark.parametrize("status", ["solved", "closed"])
def test_a_parent_cannot_end_while_a_child_is_open(status):
    parent, _ = family()
    steps = {
        "solved": lambda: parent.solve("好了", True, by(BOSS)),
        "closed": lambda: parent.change_status("closed", "不再需要", by(BOSS)),
    }
    with pytest.raises(Conflict) as refusal:
        steps[status]()
    assert refusal.value.code == "ticket.children_open"
    assert refusal.value.details == {"open_children": 1}
    assert parent.solution is None
    assert parent.status == "in_progress"


def test_the_parent_is_told_when_the_last_child_has_ended():
    parent, child = family()
    other = accepted_ticket()
    parent.attach_child(other, Lineage(children=1), by(BOSS))
    cleared(parent)
    child.solve("好了", True, by(BOSS))
    parent.follow_child(child, by(BOSS))
    assert (parent.open_children, facts(parent)) == (1, [])
    other.change_status("closed", "重复", by(BOSS))
    parent.follow_child(other, by(BOSS))
    assert (parent.open_children, facts(parent)) == (0, ["ticket.children_finished"])
    parent.solve("都好了", True, by(BOSS))


def test_a_solved_parent_is_worked_on_again_with_its_child():
    parent, child = family()
    child.solve("好了", True, by(BOSS))
    parent.follow_child(child, by(BOSS))
    parent.solve("都好了", True, by(BOSS))
    cleared(parent)
    child.reopen("没好", by(BOSS))
    parent.follow_child(child, by(BOSS))
    assert (parent.status, parent.open_children) == ("follow_up", 1)
    assert parent.facts[-1].details["cause"] == "child"


def test_a_detached_child_holds_nothing_up():
    parent, child = family()
    parent.detach_child(child, by(BOSS))
    assert (parent.open_children, child.parent_id) == (0, None)
    parent.solve("好了", True, by(BOSS))


def test_a_child_that_is_merged_stays_where_it_was_until_it_is_unmerged():
    parent, child = family()
    accepted_ticket().absorb([child], None, by(BOSS), is_confirmed=True)
    with pytest.raises(Conflict) as refusal:
        parent.detach_child(child, by(BOSS))
    assert refusal.value.code == "merge.already_merged"
    assert child.parent_id == parent.ticket_id


@pytest.mark.parametrize(
    ("lineage", "code"),
    [
        (Lineage(levels_below=2), "family.too_deep"),
        (Lineage(children=100), "family.too_many"),
    ],
)
def test_families_have_limits(lineage, code):
    parent, child = accepted_ticket(), new_ticket()
    with pytest.raises(Conflict) as refusal:
        parent.attach_child(child, lineage, by(BOSS))
    assert refusal.value.code == code


def test_nobody_is_below_themselves():
    parent, child = family()
    for lineage, wanted in ((Lineage((parent.ticket_id,)), parent), (Lineage(), child)):
        with pytest.raises(Conflict, match="below itself"):
            child.attach_child(wanted, lineage, by(BOSS))


def test_a_child_has_one_parent():
    parent, child = family()
    for one, code in ((parent, "family.already_child"), (accepted_ticket(), "family.has_parent")):
        with pytest.raises(Conflict) as refusal:
            one.attach_child(child, Lineage(), by(BOSS))
        assert refusal.value.code == code


@pytest.mark.parametrize("finished", [solved_ticket, closed_ticket])
def test_what_has_ended_takes_no_children(finished):
    with pytest.raises(Conflict):
        finished().attach_child(new_ticket(), Lineage(), by(BOSS))
