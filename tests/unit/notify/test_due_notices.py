"""What is said about due times, abnormal tickets, offers and returns, and to whom."""

from uuid import uuid4

import pytest

from services.notify.domain.due_notices import notices_of_finding, notices_of_step
from services.notify.domain.notices import notices_of_return
from services.notify.domain.offer_notices import notices_of_closed_offer, notices_of_offer
from tests.unit.notify.facts import finding_facts, offer_facts, returned_facts, step_facts

LI, WANG = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("phase", "title"),
    [
        ("before", "工单 G20261121001 即将超时：首次回复"),
        ("due", "工单 G20261121001 已到时限：首次回复"),
        ("after", "工单 G20261121001 超时未处理：首次回复"),
    ],
)
def test_a_step_says_which_target_and_whether_it_is_late(phase, title):
    (notice,) = notices_of_step(step_facts(phase=phase), [LI])
    assert (notice.title, notice.text) == (title, "默认")
    assert notice.facts is not None
    assert (notice.facts["phase"], notice.facts["target"]) == (phase, "first_reply")


def test_the_steps_of_a_clock_are_occasions_of_their_own():
    step = step_facts()
    keys = [
        notice.occasion_key
        for name in ("remind", "chase#1", "chase#2")
        for notice in notices_of_step({**step, "step": name}, [LI, WANG])
    ]
    assert len(keys) == 6
    assert len(set(keys)) == 3


def test_a_target_that_is_new_here_is_told_by_its_own_name():
    (notice,) = notices_of_step(step_facts(target="visit"), [LI])
    assert notice.title.endswith("visit")


def test_a_repeated_complaint_is_told_with_what_was_counted():
    (notice,) = notices_of_finding(finding_facts(), [LI])
    assert "多次投诉" in notice.title
    assert notice.facts == {"kind": "repeated_complaint", "count": 2, "days": 30}


def test_an_abnormality_of_another_kind_is_told_too():
    (notice,) = notices_of_finding(finding_facts(kind="blocked"), [LI])
    assert notice.title == "工单 G20261121001 需要关注"


def test_who_lost_a_ticket_and_who_leads_the_group_are_told_of_its_return():
    ticket = returned_facts(previous_assignee_id=LI)
    told = list(notices_of_return(ticket, [WANG, LI]))
    assert [notice.recipient_id for notice in told] == [LI, WANG]
    assert "超时未确认" in told[0].title


def test_who_gave_a_ticket_back_is_not_told_of_it():
    himself = {"kind": "staff", "id": LI, "name": "李雷"}
    ticket = returned_facts(previous_assignee_id=LI, cause="returned", actor=himself)
    assert list(notices_of_return(ticket, [])) == []


def test_an_offer_and_its_end_are_one_notice_of_each_persons():
    opened = offer_facts(recipients=[LI, WANG, LI])
    closed = {**offer_facts(cause="grabbed"), "offer_id": opened["offer_id"]}
    ended = {**closed, "recipients": [LI], "taken_by": WANG, "taken_by_name": "王芳"}
    first, last = list(notices_of_offer(opened)), list(notices_of_closed_offer(ended))
    assert [one.recipient_id for one in first] == [one.recipient_id for one in last] == [LI, WANG]
    assert {one.occasion_key for one in first} == {one.occasion_key for one in last}
    assert (last[0].title, last[0].text) == ("工单 G20261121001 已被抢走", "王芳")
