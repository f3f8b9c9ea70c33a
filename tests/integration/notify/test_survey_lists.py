"""Who finds surveys and what was answered: requesters, and staff by their scope."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event
from libs.common.contracts.ticketing import (
    TicketAssigned,
    TicketRated,
)
from libs.common.directory.copying import keep_directory
from libs.common.errors import Forbidden, InvalidInput, Stale
from services.notify import queries as notices
from services.notify.queries import surveys as queries
from services.notify.use_cases.edit_survey_settings import edit_survey_settings
from tests.integration.notify.asking import GROUP, Asking, event, later, of_customer, solution
from tests.support.actors import actor
from tests.support.directory import person
from tests.unit.notify.facts import ticket_facts

Facts = dict[str, Any]


def test_without_an_address_of_our_own_the_survey_waits_on_the_requests_page(asking: Asking):
    asking.ordering = replace(asking.ordering, public_url="")
    customer = asking.desk.known_customer()
    done = of_customer(customer)
    asking.hear(done)
    asking.run()
    assert asking.row(done.data["ticket_id"]).status == "waiting"
    assert [one for one in asking.desk.deliveries() if one.occasion == "survey"] == []
    assert request_survey(asking, done) is not None


def request_survey(asking: Asking, done: Event, customer_id: UUID | None = None) -> Facts | None:
    whose = customer_id or done.data["customer_id"]
    who = actor("customer", "韩梅梅", whose, requester=str(whose))
    with asking.desk.database.begin(read_only=True) as uow:
        return queries.get_request_survey(
            uow.session, who, asking.survey_desk, utc_now(), done.data["number"]
        )


def test_requesters_find_the_link_beside_their_own_request(asking: Asking):
    done = solution(number="G20261121777")
    asking.hear(done)
    found = request_survey(asking, done)
    assert found is not None
    assert found["path"] == f"/s/{asking.link(done.data['ticket_id'])}"
    assert request_survey(asking, done, uuid4()) is None
    asking.answer(asking.link(done.data["ticket_id"]), score=5)
    assert request_survey(asking, done) is None


def placed(**scope: Any) -> Facts:
    """A ticket somewhere in the organisation."""
    empty: Facts = {"cc": [], "collaborators": [], "confidential": False}
    return {"scope": empty | scope}


def test_staff_see_what_was_answered_about_tickets_of_theirs(asking: Asking):
    li, han = actor("agent", "李雷"), actor("agent", "韩立")
    done = solution(assignee_id=li.subject, **placed(assignee=li.subject, group=GROUP))
    asking.hear(done)
    asking.answer(asking.link(done.data["ticket_id"]), score=2, comment="慢")
    [shown] = asking.listed(li)["items"]
    assert (shown["score"], shown["comment"], shown["is_satisfied"]) == (2, "慢", False)
    assert shown["agent"]["person_id"] == str(li.subject)
    assert asking.listed(han)["items"] == []
    lead = actor("agent", "组长", tickets="group", groups=[str(GROUP)])
    assert len(asking.listed(lead)["items"]) == 1


def test_surveys_go_with_their_tickets(asking: Asking):
    li, han = actor("agent", "李雷"), actor("agent", "韩立")
    done = solution(seq=3, assignee_id=li.subject, **placed(assignee=li.subject))
    handed = later(
        done,
        9,
        TicketAssigned,
        assignment_id=uuid4(),
        epoch=2,
        assignee_id=han.subject,
        **placed(assignee=han.subject),
    )
    asking.hear(done)
    asking.hear(handed)
    asking.hear(done)
    asking.answer(asking.link(done.data["ticket_id"]), score=5)
    assert asking.listed(li)["items"] == []
    assert len(asking.listed(han)["items"]) == 1


def test_lists_are_narrowed_and_read_page_by_page(asking: Asking):
    boss = actor("supervisor", "王主管")
    for score in (1, 2, 3, 4, 5):
        done = solution(number=f"G2026112100{score}")
        asking.hear(done)
        asking.answer(asking.link(done.data["ticket_id"]), score=score)
    waiting = solution()
    asking.hear(waiting)

    def scores(**filters: Any) -> list[int]:
        return [one["score"] for one in asking.listed(boss, **filters)["items"]]

    assert scores() == [5, 4, 3, 2, 1]
    assert scores(score=["1", "5"]) == [5, 1]
    assert scores(is_satisfied=True) == [5, 4]
    assert scores(number="g20261121003") == [3]
    assert scores(until=utc_now().replace(year=2000).isoformat()) == []
    assert scores(status="waiting") == [None]
    first = asking.listed(boss, limit=3)
    rest = asking.listed(boss, limit=3, cursor=first["next_cursor"])
    assert [one["score"] for one in (*first["items"], *rest["items"])] == [5, 4, 3, 2, 1]
    assert rest["next_cursor"] is None
    with pytest.raises(InvalidInput):
        asking.listed(boss, status="waiting", cursor=first["next_cursor"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": ["6"]},
        {"status": "lost"},
        {"from": "2026-11-21"},
        {"group_id": "x"},
        {"limit": 0},
        {"cursor": "x"},
    ],
)
def test_wrong_filters_are_refused(asking: Asking, wrong: Facts):
    with pytest.raises(InvalidInput):
        asking.listed(actor("supervisor", "王主管"), **wrong)


def test_whoever_has_no_requests_has_no_surveys(asking: Asking):
    with asking.desk.database.begin(read_only=True) as uow, pytest.raises(Forbidden):
        queries.get_request_survey(
            uow.session, actor("agent", "李雷"), asking.survey_desk, utc_now(), "G1"
        )


def test_settings_are_changed_by_one_at_a_time(asking: Asking):
    with asking.desk.database.begin() as uow:
        before, after = edit_survey_settings(uow, None, {"low_score": 1})
        uow.commit()
    assert (before.low_score, after.low_score) == (2, 1)
    assert after.version == before.version + 1
    with asking.desk.database.begin() as uow, pytest.raises(Stale):
        edit_survey_settings(uow, before.version, {"low_score": 3})


def test_a_low_score_tells_assignee_and_leads_once(asking: Asking):
    li = known(asking, "李雷", group_ids=[GROUP])
    lead = known(asking, "王组长", group_ids=[GROUP], led_group_ids=[GROUP])
    rated = event(
        TicketRated,
        ticket_facts(
            assignee_id=li.subject,
            group_id=GROUP,
            seq=6,
            entry_id=uuid4(),
            source="survey",
            survey_id=uuid4(),
            is_satisfied=False,
            rated_score=1,
            comment="没修好",
        ),
    )
    asking.hear(rated, rated)
    asking.hear(rated)
    for one in (li, lead):
        with asking.desk.database.begin(read_only=True) as uow:
            shown = notices.list_notices(uow.session, one, unread=True, limit=10)["items"]
        assert [notice["occasion"] for notice in shown] == ["rated_low"]


def known(asking: Asking, name: str, **fields: Any) -> Actor:
    """Somebody whom the copy of the organisation has."""
    somebody = actor("agent", name)
    change = person(somebody.subject, name=name, **fields)
    asking.desk.handle(lambda uow: keep_directory(uow.session, [change]))
    return somebody
