"""What is said about due times, abnormal tickets, offers and returns, and to whom."""

from uuid import uuid4

import pytest

from services.notify.domain.notices import notices_of_closed_offer
from services.notify.domain.other_happenings import (
    happening_of_finding,
    happening_of_offer,
    happening_of_step,
)
from services.notify.domain.ticket_happenings import happening_of
from tests.unit.notify.facts import finding_facts, offer_facts, returned_facts, step_facts
from tests.unit.notify.telling import notices

LI, WANG = uuid4(), uuid4()


def notices_of_step(step, people):
    return notices(happening_of_step(step, None), people)


def notices_of_finding(finding, people):
    return notices(happening_of_finding(finding, None), people)


def notices_of_offer(offer):
    return notices(happening_of_offer(offer, None))


def notices_of_return(ticket, people):
    return notices(happening_of("ticket.returned", ticket), people)


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
    assert notice.title == "需要关注：工单 G20261121001"


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


@pytest.mark.parametrize(
    ("fields", "occasion"),
    [
        ({"phase": "before"}, "warned"),
        ({"phase": "due"}, "breached"),
        ({"phase": "after"}, "breached"),
        ({"phase": "after", "actions": [{"type": "add_note", "text": "x"}]}, "escalated"),
        ({"phase": "after", "step": "chase#2"}, "escalated"),
    ],
)
def test_what_is_done_or_said_again_after_the_due_time_is_an_escalation(fields, occasion):
    assert happening_of_step(step_facts(**fields), None).occasion == occasion


def test_a_step_knows_of_its_ticket_what_the_copy_knows_and_the_event_outweighs_it():
    ticket = {"subject": "杯子碎了", "kind": "complaint", "assignee_id": WANG, "group_id": WANG}
    header = happening_of_step(step_facts(assignee_id=LI), ticket).header
    assert (header["subject"], header["kind"]) == ("杯子碎了", "complaint")
    assert (header["assignee_id"], header["group_id"]) == (LI, None)
