"""All that somebody works on goes to others."""

from datetime import timedelta
from uuid import UUID

import pytest

from libs.common.errors import InvalidInput
from services.dispatch.use_cases.hand_over import hand_over
from services.dispatch.use_cases.resend import resend_withdrawals
from tests.integration.dispatch.floor import Floor


@pytest.fixture
def group(floor: Floor) -> UUID:
    made = floor.group()
    floor.rule(made)
    return made


def pass_on(floor: Floor, person_id: UUID, to_person_id: UUID | None = None) -> int:
    with floor.acting() as uow:
        return hand_over(
            uow, floor.now, person_id=person_id, reason="休假", to_person_id=to_person_id
        )


def test_a_named_person_gets_them_all(floor: Floor, group: UUID):
    old = floor.person(group)
    lives = [floor.ticket() for _ in range(3)]
    floor.work()
    new = floor.person(group, state="offline", capacity=1)
    assert pass_on(floor, old, new) == 3
    proposals = floor.told("assignment.proposed")
    assert {(one["mode"], one["note"], one["epoch"]) for one in proposals} == {
        ("hand_over", "休假", 1)
    }
    floor.work()
    assert {floor.holder(life) for life in lives} == {new}
    assert {life.assignee_id for life in lives} == {new}
    assert floor.load(old) == (0, 0, 0)
    assert floor.load(new) == (3, 3, 0)


def test_without_a_name_they_go_back_and_to_others(floor: Floor, group: UUID):
    old = floor.person(group)
    lives = [floor.ticket() for _ in range(3)]
    floor.work()
    other = floor.person(group)
    assert pass_on(floor, old) == 3
    assert pass_on(floor, old) == 0, "what is being withdrawn is not withdrawn again"
    withdrawn = floor.told("assignment.withdrawn")
    assert {(one["cause"], one["note"]) for one in withdrawn} == {("hand_over", "休假")}
    floor.hear(*(life.give_back("hand_over") for life in lives))
    floor.work()
    assert {floor.holder(life) for life in lives} == {other}
    assert floor.load(old) == (0, 0, 0)


def test_what_was_accepted_at_the_last_moment_is_handed_over_too(floor: Floor, group: UUID):
    old = floor.person(group)
    life = floor.ticket()
    floor.work()
    floor.hear(floor.breach_accept(life))
    floor.take("assignment.withdrawn")
    floor.hear(life.accept())
    assert pass_on(floor, old) == 1
    assert [one["cause"] for one in floor.told("assignment.withdrawn")] == ["hand_over"]


def test_a_withdrawal_that_was_passed_over_is_sent_again_until_the_ticket_goes(
    floor: Floor, group: UUID
):
    old = floor.person(group)
    life = floor.ticket()
    floor.work()
    pass_on(floor, old)
    [first] = floor.take("assignment.withdrawn")
    # Solved when it came to ticketing, which passed it over; both are heard at once.
    floor.hear(life.solve(), life.go_on())
    assert not resend_withdrawals(floor.database, floor.now + timedelta(seconds=59))
    assert resend_withdrawals(floor.database, floor.now + timedelta(seconds=61))
    [again] = floor.take("assignment.withdrawn")
    assert {**again, "note": None} == {**first, "note": None}
    floor.hear(life.give_back("hand_over"))
    assert not resend_withdrawals(floor.database, floor.now + timedelta(hours=1))


def test_stale_news_of_the_old_assignee_do_not_undo_it(floor: Floor, group: UUID):
    old = floor.person(group)
    life = floor.ticket()
    floor.work()
    new = floor.person(group)
    pass_on(floor, old, new)
    floor.hear(life.edit(subject="补充"))
    assert (floor.holder(life), floor.state(life)) == (new, "proposed")
    floor.answer()
    assert (floor.holder(life), floor.state(life)) == (new, "active")


def test_a_refused_hand_over_leaves_the_ticket_where_it_is(floor: Floor, group: UUID):
    old = floor.person(group)
    life = floor.ticket()
    floor.work()
    pass_on(floor, old, floor.person(group))
    [proposal] = floor.take("assignment.proposed")
    floor.hear(life.refuse(UUID(proposal["assignment_id"]), "assignee_inactive"))
    assert (floor.holder(life), floor.state(life)) == (old, "active")
    assert floor.load(old) == (1, 1, 0)


def test_nobody_unknown_and_not_the_same_person(floor: Floor, group: UUID):
    old = floor.person(group)
    for wrong in (old, UUID(int=7)):
        with pytest.raises(InvalidInput) as refused:
            pass_on(floor, old, wrong)
        assert "to_person_id" in refused.value.details["errors"]
