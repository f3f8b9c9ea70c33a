"""转交 to people and departments; 退回 to whom it came from, or to the pool."""

from uuid import uuid4

import pytest

from libs.common.errors import DeskError, Forbidden, InvalidInput
from services.ticketing.domain.passing import Department
from services.ticketing.domain.placing import Colleague
from tests.unit.ticketing.making import (
    BOSS,
    HAN,
    LI,
    accepted_ticket,
    assigned_ticket,
    by,
    closed_ticket,
    entered,
    facts,
    id_of,
    new_ticket,
    solved_ticket,
    team,
)

SALES = Department(uuid4(), "销售部")
HOME = team("热线组")
HAN_WORKS = Colleague(group_ids=(HOME.group_id,), team=HOME)


def refusal_of(change) -> DeskError:
    with pytest.raises(DeskError) as refusal:
        change()
    return refusal.value


def test_a_colleague_gets_it_at_once_and_has_yet_to_confirm():
    ticket = accepted_ticket(LI)
    epoch = ticket.assignment_epoch
    ticket.transfer_to_person(id_of(HAN), "韩梅梅", HAN_WORKS, "请继续跟进", by(LI))
    assert (ticket.assignee_id, ticket.status) == (HAN.subject, "assigned")
    assert (ticket.group_id, ticket.accepted_at) == (HOME.group_id, None)
    assert ticket.assignment_epoch == epoch + 1
    assert facts(ticket) == entered(ticket) == ["ticket.assigned"]
    # By hand for those who reckon with it; the timeline says how.
    assert ticket.facts[0].details["mode"] == "manual"
    assert ticket.entries[0].event["mode"] == "transfer"
    assert ticket.entries[0].event["note"] == "请继续跟进"


def test_who_had_it_before_is_remembered():
    ticket = accepted_ticket(LI)
    ticket.transfer_to_person(id_of(HAN), "韩梅梅", None, None, by(LI))
    assert (ticket.previous_assignee_id, ticket.previous_assignee_name) == (LI.subject, "李雷")


def test_nobody_is_passed_what_is_theirs_or_works_here_no_more():
    ticket = accepted_ticket(LI)
    give = lambda who, known: ticket.transfer_to_person(id_of(who), who.name, known, None, by(LI))  # noqa: E731
    assert refusal_of(lambda: give(LI, None)).code == "ticket.already_assigned"
    refusal = refusal_of(lambda: give(HAN, Colleague(is_active=False)))
    assert isinstance(refusal, InvalidInput)
    assert "person_id" in refusal.details["errors"]


def test_agents_do_not_pass_on_what_others_have():
    ticket = accepted_ticket(LI)
    give = lambda: ticket.transfer_to_person(id_of(HAN), "韩梅梅", None, None, by(HAN))  # noqa: E731
    assert isinstance(refusal_of(give), Forbidden)


@pytest.mark.parametrize(
    ("make", "code"), [(solved_ticket, "ticket.solved"), (closed_ticket, "ticket.closed")]
)
def test_what_is_finished_is_not_passed_on(make, code):
    ticket = make()
    person = lambda: ticket.transfer_to_person(id_of(HAN), "韩", None, None, by(BOSS))  # noqa: E731
    assert refusal_of(person).code == code
    assert refusal_of(lambda: ticket.transfer_to_department(SALES, None, by(BOSS))).code == code


def test_a_department_has_it_wait_in_no_group():
    ticket = accepted_ticket(LI)
    ticket.transfer_to_department(SALES, "客户要续约", by(LI))
    assert (ticket.department_id, ticket.group_id) == (SALES.department_id, None)
    assert (ticket.assignee_id, ticket.status) == (None, "unassigned")
    assert ticket.entries[0].event["department"]["name"] == "销售部"
    assert ticket.facts[0].details["to_department_id"] == SALES.department_id
    assert ticket.facts[0].details["to_group_id"] is None
    again = refusal_of(lambda: ticket.transfer_to_department(SALES, None, by(BOSS)))
    assert again.code == "ticket.already_in_department"


def test_it_goes_back_to_whom_it_came_from():
    ticket = accepted_ticket(LI)
    ticket.transfer_to_person(id_of(HAN), "韩梅梅", None, None, by(LI))
    ticket.begin()
    ticket.return_to_previous("缺少订单号", None, by(HAN))
    assert (ticket.assignee_id, ticket.status) == (LI.subject, "assigned")
    assert entered(ticket) == facts(ticket) == ["ticket.assigned"]
    assert ticket.entries[0].event["mode"] == "returned"
    assert ticket.entries[0].event["note"] == "缺少订单号"


def test_also_after_it_waited_in_between():
    ticket = accepted_ticket(LI)
    ticket.transfer(HOME, None, by(LI))
    ticket.assign(id_of(HAN), "韩梅梅", None, by(BOSS))
    ticket.return_to_previous("不清楚情况", None, by(HAN))
    assert ticket.assignee_id == LI.subject


def test_nobody_to_go_back_to_and_nobody_who_has_left():
    ticket = assigned_ticket(LI)
    back = lambda known: ticket.return_to_previous("不会", known, by(BOSS))  # noqa: E731
    assert refusal_of(lambda: back(None)).code == "ticket.no_previous"
    ticket.transfer_to_person(id_of(HAN), "韩梅梅", None, None, by(LI))
    refusal = refusal_of(lambda: back(Colleague(is_active=False)))
    assert refusal.code == "ticket.previous_inactive"


def test_the_pool_is_no_group():
    ticket = new_ticket()
    ticket.transfer(HOME, None, by(BOSS))
    ticket.assign(id_of(LI), "李雷", None, by(BOSS))
    ticket.begin()
    ticket.return_to_pool("不属于本组业务", by(LI))
    assert (ticket.assignee_id, ticket.group_id, ticket.department_id) == (None, None, None)
    assert facts(ticket) == entered(ticket) == ["ticket.returned"]


@pytest.mark.parametrize("way", ["return_to_previous", "return_to_pool"])
def test_only_who_has_it_gives_it_back(way):
    ticket = accepted_ticket(LI)
    args = ("不会", None, by(HAN)) if way == "return_to_previous" else ("不会", by(HAN))
    assert isinstance(refusal_of(lambda: getattr(ticket, way)(*args)), Forbidden)
