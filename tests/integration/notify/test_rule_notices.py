"""Notices of due times, returns, offers and articles: once, for whom rules mean, in any order."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.contracts.dispatch import OfferClosed, OfferOpened
from libs.common.contracts.envelope import Event, EventSchema, dump_event, load_event
from libs.common.contracts.kb import (
    ArticleExpiring,
    ArticleReviewDeclined,
    ArticleReviewRequested,
)
from libs.common.contracts.sla import AbnormalityFound, StepReached
from libs.common.contracts.ticketing import (
    QualityAppealDecided,
    QualityReviewAppealed,
    QualityReviewScored,
    TicketChildrenFinished,
    TicketReturned,
)
from libs.common.directory.copying import keep_directory
from libs.common.ids import uuid7
from services.notify import queries
from services.notify.service.events import Service
from tests.integration.notify.desk import Desk
from tests.support.actors import actor
from tests.support.directory import person
from tests.unit.notify.facts import (
    article_facts,
    finding_facts,
    offer_facts,
    returned_facts,
    step_facts,
    ticket_facts,
)

GROUP = uuid4()


def event_of(schema: type[EventSchema], data: dict[str, Any]) -> Event:
    subject = str(data.get("ticket_id") or data["article_id"])
    return load_event(dump_event(schema, uuid7(), subject, utc_now(), data))


def hear(desk: Desk, method: str, *events: Event) -> None:
    """As one batch, in a transaction of its own."""
    service: Any = Service()
    service.desk = desk.ordering
    desk.handle(lambda uow: getattr(service, method)(uow, list(events)))


def titles(desk: Desk, *people: Actor, unread: bool = False) -> list[str]:
    shown = []
    for one in people:
        with desk.database.begin(read_only=True) as uow:
            listed = queries.list_notices(uow.session, one, unread=unread, limit=50)
        shown += [notice["title"] for notice in listed["items"]]
    return shown


@pytest.fixture
def li(desk: Desk) -> Actor:
    """Works in the group."""
    return known(desk, "李雷", group_ids=[GROUP])


@pytest.fixture
def lead(desk: Desk) -> Actor:
    """Leads the group."""
    return known(desk, "王组长", group_ids=[GROUP], led_group_ids=[GROUP])


@pytest.fixture
def director(desk: Desk) -> Actor:
    return known(desk, "赵总监", title="技术总监")


def known(desk: Desk, name: str, **fields: Any) -> Actor:
    """Somebody whom the copy of the organisation has."""
    somebody = actor("agent", name)
    event = person(somebody.subject, name=name, **fields)
    desk.handle(lambda uow: keep_directory(uow.session, [event]))
    return somebody


@pytest.fixture(autouse=True)
def _nobody_else(desk: Desk) -> None:
    with desk.database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE directory_people")


def subject_of(somebody: Actor) -> UUID:
    assert somebody.subject is not None
    return somebody.subject


def test_a_step_tells_assignee_leads_and_titles_once_however_often_it_comes(
    desk, li, lead, director
):
    recipients = [{"to": "assignee"}, {"to": "group_leads"}, {"to": "title", "title": "技术总监"}]
    step = step_facts(assignee_id=li.subject, group_id=GROUP, recipients=recipients, phase="due")
    event, again = event_of(StepReached, step), event_of(StepReached, step)
    hear(desk, "tell_of_rules", event, again)
    hear(desk, "tell_of_rules", again)
    assert titles(desk, li, lead, director) == ["工单 G20261121001 已到时限：首次回复"] * 3


def test_each_repetition_of_a_recurring_step_is_told(desk, li):
    step = step_facts(assignee_id=li.subject, recipients=[{"to": "assignee"}], phase="after")
    steps = [event_of(StepReached, {**step, "step": f"chase#{n}"}) for n in (1, 2, 3)]
    hear(desk, "tell_of_rules", *steps)
    assert len(titles(desk, li)) == 3


def test_a_recipient_that_this_release_does_not_know_spoils_nothing(desk, li):
    recipients = [{"to": "moon"}, {"to": "assignee"}]
    step = step_facts(assignee_id=li.subject, recipients=recipients)
    hear(desk, "tell_of_rules", event_of(StepReached, step))
    assert len(titles(desk, li)) == 1


def test_a_step_that_nobody_is_meant_by_tells_nobody(desk, li):
    hear(desk, "tell_of_rules", event_of(StepReached, step_facts(recipients=[{"to": "assignee"}])))
    assert titles(desk, li) == []


def test_an_abnormality_tells_those_whom_the_settings_name(desk, li, lead):
    finding = finding_facts(group_id=GROUP, recipients=[{"to": "group_leads"}])
    hear(desk, "tell_of_rules", *[event_of(AbnormalityFound, finding)] * 2)
    assert titles(desk, lead) == ["同一客户多次投诉：工单 G20261121001"]
    assert titles(desk, li) == []


def test_a_ticket_that_nobody_confirmed_is_told_to_the_leads_and_to_who_had_it(desk, li, lead):
    ticket = returned_facts(previous_assignee_id=li.subject, group_id=GROUP)
    hear(desk, "tell_of_tickets", *[event_of(TicketReturned, ticket)] * 2)
    assert titles(desk, li, lead) == ["工单 G20261121001 超时未确认，已退回"] * 2


def test_a_ticket_that_was_given_back_by_hand_is_not_told_to_the_leads(desk, li, lead):
    himself = {"kind": "staff", "id": li.subject, "name": "李雷"}
    ticket = returned_facts(
        previous_assignee_id=li.subject, group_id=GROUP, cause="returned", actor=himself
    )
    hear(desk, "tell_of_tickets", event_of(TicketReturned, ticket))
    assert titles(desk, li, lead) == []


@pytest.mark.parametrize("order", list(permutations(["opened", "opened", "closed"])))
def test_an_offer_that_is_over_is_read_in_whatever_order_its_events_come(desk, li, lead, order):
    people = [subject_of(li), subject_of(lead)]
    opened = offer_facts(recipients=people)
    closed = {**offer_facts(cause="grabbed"), "offer_id": opened["offer_id"]}
    ended = {**closed, "recipients": people[1:], "taken_by": people[0], "taken_by_name": "李雷"}
    events = {
        "opened": ("tell_of_offers", event_of(OfferOpened, opened)),
        "closed": ("settle_offers", event_of(OfferClosed, ended)),
    }
    for name in order:
        hear(desk, *events[name])
    assert titles(desk, li, lead) == ["工单 G20261121001 已被抢走"] * 2
    assert titles(desk, li, lead, unread=True) == []


def test_an_open_offer_is_unread(desk, li):
    hear(desk, "tell_of_offers", event_of(OfferOpened, offer_facts(recipients=[li.subject])))
    assert titles(desk, li, unread=True) == ["工单 G20261121001 可以抢单"]


def test_a_draft_that_waits_is_told_to_the_supervisors_and_one_that_came_back_to_its_author(
    desk, li
):
    chief = known(desk, "韩主管", role="supervisor")
    article = article_facts(author_id=li.subject)
    hear(desk, "tell_of_reviews", *[event_of(ArticleReviewRequested, article)] * 2)
    assert titles(desk, li, chief) == ["知识文章待审核：如何换货"]
    declined = event_of(ArticleReviewDeclined, {**article, "comment": "缺少截图"})
    hear(desk, "tell_of_reviews", declined)
    hear(desk, "tell_of_reviews", declined)
    assert titles(desk, li) == ["知识文章被驳回：如何换货"]


def test_an_article_that_expires_soon_is_told_to_its_author_once_for_each_date(desk, li, lead):
    article = article_facts(author_id=li.subject, valid_until=utc_now())
    later = {**article, "valid_until": utc_now() + timedelta(days=365)}
    hear(desk, "tell_of_reviews", *[event_of(ArticleExpiring, article)] * 2)
    hear(desk, "tell_of_reviews", event_of(ArticleExpiring, article))
    assert titles(desk, li, lead) == ["知识文章即将过期：如何换货"]
    hear(desk, "tell_of_reviews", event_of(ArticleExpiring, later))
    assert len(titles(desk, li)) == 2


def test_an_article_that_nobody_known_wrote_tells_nobody(desk, li):
    article = article_facts(author_id=None, valid_until=utc_now())
    hear(desk, "tell_of_reviews", event_of(ArticleExpiring, article))
    assert titles(desk, li) == []


def test_who_has_a_parent_is_told_that_its_children_are_finished(desk, li, lead):
    """However often it comes; the lead where it is nobody's, and not who ended the last one."""
    told = {"child_ticket_id": uuid4(), "group_id": GROUP}
    theirs = ticket_facts(assignee_id=li.subject, **told)
    free = ticket_facts(number="G20261121002", **told)
    known = {"kind": "staff", "id": li.subject, "name": li.name}
    own = ticket_facts(number="G20261121003", assignee_id=li.subject, actor=known, **told)
    events = [event_of(TicketChildrenFinished, one) for one in (theirs, free, own)]
    hear(desk, "tell_of_tickets", *events, events[0])
    hear(desk, "tell_of_tickets", *events)
    assert titles(desk, li) == ["工单 G20261121001 的子工单已全部结束，可以继续处理"]
    assert titles(desk, lead) == ["工单 G20261121002 的子工单已全部结束，可以继续处理"]


def test_a_quality_check_tells_who_handled_and_an_appeal_who_judged(desk, li, lead):
    facts = {
        **{name: uuid4() for name in ("review_id", "ticket_id", "rule_id", "sheet_id")},
        **{"number": "G20261121001", "source": "rule", "sheet_number": 1, "group_id": GROUP},
        **{"handler_id": li.subject, "reviewer_id": lead.subject, "total": 62},
        **{"is_passed": False, "is_fatal": False, "scored_at": utc_now(), "due_at": None},
        **{"department_id": None, "region_id": None, "occurred_at": utc_now()},
    }

    def told(schema: type[EventSchema], state: str, version: int, by: Actor) -> Event:
        more = {"state": state, "version": version, "actor": by.as_fact()}
        return event_of(schema, facts | more)

    scored = told(QualityReviewScored, "scored", 2, lead)
    hear(desk, "tell_of_checks", scored, scored)
    hear(desk, "tell_of_checks", scored)
    assert titles(desk, li, lead) == ["工单 G20261121001 的质检已评分：62 分"]
    hear(desk, "tell_of_checks", told(QualityReviewAppealed, "appealed", 3, li))
    assert titles(desk, lead) == ["工单 G20261121001 的质检收到申诉"]
    boss = known(desk, "赵经理")
    hear(desk, "tell_of_checks", told(QualityAppealDecided, "upheld", 4, boss))
    assert titles(desk, li)[0] == "工单 G20261121001 的质检申诉已裁定：62 分"
    assert titles(desk, boss) == []
