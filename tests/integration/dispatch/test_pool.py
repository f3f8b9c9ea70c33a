"""What may be grabbed is shown to those who may grab it, the most urgent first."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, NotFound
from services.dispatch.use_cases.offers import open_offers
from tests.integration.dispatch.calling import agent, counting_statements, errors_of, refusal_of
from tests.integration.dispatch.floor import Floor
from tests.support.asking import Ask
from tests.support.tickets import Life


@pytest.fixture
def group(floor: Floor) -> UUID:
    made = floor.group("抢单组")
    floor.rule(made, mode="grab", grab_seconds=300)
    return made


def offered(floor: Floor, **fields: Any) -> Life:
    """A ticket that the group may grab."""
    life = floor.ticket(**fields)
    while open_offers(floor.database, floor.now):
        pass
    return life


def subjects(ask: Ask, who: Any, **given: Any) -> list[str]:
    return [one["subject"] for one in ask("list_pool", who, **given)["items"]]


def test_an_offer_tells_what_one_must_know_before_grabbing(ask: Ask, floor: Floor, group: UUID):
    li = agent(floor.person(group), groups=[group])
    life = offered(floor, subject="洗衣机漏水", kind="repair", urgency="urgent")
    due = floor.now + timedelta(hours=1)
    floor.hear(floor.due(life, 2, due))
    page = ask("list_pool", li)
    [offer] = page["items"]
    assert offer.pop("created_at")
    assert offer.pop("since")
    assert offer == {
        "number": life.number,
        "ticket_id": str(life.ticket_id),
        "subject": "洗衣机漏水",
        "kind": "repair",
        "channel": "mail",
        "urgency": "urgent",
        "ends_at": (floor.now + timedelta(seconds=300)).isoformat().replace("+00:00", "Z"),
        "group": {"group_id": str(group), "name": "抢单组"},
        "next_due_at": due.isoformat().replace("+00:00", "Z"),
    }
    assert (page["quota"], page["left"], page["next_cursor"]) == (5, 5, None)


def test_pages_follow_urgency_and_age_and_miss_nothing(ask: Ask, floor: Floor, group: UUID):
    li = agent(floor.person(group), groups=[group])
    wanted = []
    for urgency in ("critical", "urgent", "normal"):
        for age in (3, 2, 1):
            at = floor.now - timedelta(hours=age)
            offered(floor, subject=f"{urgency}{age}", urgency=urgency, created_at=at)
            wanted.append(f"{urgency}{age}")
    seen, cursor = [], None
    while True:
        page = ask("list_pool", li, limit=2, cursor=cursor)
        seen += [one["subject"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == wanted


def test_only_the_groups_members_see_what_is_offered_to_it(ask: Ask, floor: Floor, group: UUID):
    offered(floor, subject="洗衣机")
    other = floor.group("别组")
    member, stranger = floor.person(group), floor.person(other)
    assert subjects(ask, agent(member, groups=[group])) == ["洗衣机"]
    assert subjects(ask, agent(stranger, groups=[other])) == []
    # The signed scope and the copy of the organisation must both say so.
    assert subjects(ask, agent(stranger, groups=[group])) == []
    assert subjects(ask, agent(member, groups=[other])) == []
    assert subjects(ask, agent(member, tickets="own", pools=[])) == []


def test_offers_that_have_ended_or_been_taken_are_gone(ask: Ask, floor: Floor, group: UUID):
    li, han = (agent(floor.person(group), groups=[group]) for _ in range(2))
    life, other = offered(floor, subject="甲"), offered(floor, subject="乙")
    answer = ask("grab_ticket", li, number=life.number.lower())
    assert answer["state"] == "pending"
    assert answer["audit"]["object"] == life.number
    assert subjects(ask, han) == ["乙"]
    assert ask("list_pool", li)["left"] == 4
    floor.now += timedelta(seconds=301)
    assert subjects(ask, han) == []
    assert isinstance(refusal_of(lambda: ask("grab_ticket", han, number=other.number)), Conflict)


def test_whoever_was_slower_is_told_so_and_strangers_nothing(ask: Ask, floor: Floor, group: UUID):
    other = floor.group("别组")
    li, han = (agent(floor.person(group), groups=[group]) for _ in range(2))
    stranger = agent(floor.person(other), groups=[other])
    life = offered(floor, group_id=group)
    hidden = refusal_of(lambda: ask("grab_ticket", stranger, number=life.number))
    missing = refusal_of(lambda: ask("grab_ticket", stranger, number="G1"))
    assert isinstance(hidden, NotFound)
    assert (hidden.code, hidden.message) == (missing.code, missing.message)
    ask("grab_ticket", li, number=life.number)
    assert refusal_of(lambda: ask("grab_ticket", han, number=life.number)).code == "offer.closed"
    floor.answer()
    assert floor.holder(life) == li.subject
    assert refusal_of(lambda: ask("grab_ticket", han, number=life.number)).code == "offer.closed"
    assert isinstance(
        refusal_of(lambda: ask("grab_ticket", stranger, number=life.number)), NotFound
    )


def test_a_repeated_grab_has_one_answer(ask: Ask, floor: Floor, group: UUID):
    li = agent(floor.person(group), groups=[group])
    same = {"number": offered(floor).number, "command_id": "grab-1"}
    assert ask("grab_ticket", li, **same) == ask("grab_ticket", li, **same)
    assert floor.load(li.subject)[2] == 1


def test_the_own_quota_counts(ask: Ask, floor: Floor, group: UUID):
    li = agent(floor.person(group, grab_quota=1), groups=[group])
    first, second = offered(floor), offered(floor)
    ask("grab_ticket", li, number=first.number)
    page = ask("list_pool", li)
    assert (page["quota"], page["left"]) == (1, 0)
    assert refusal_of(lambda: ask("grab_ticket", li, number=second.number)).code == "grab.quota"


def test_a_page_takes_few_statements(ask: Ask, floor: Floor, group: UUID, database: Database):
    li = agent(floor.person(group), groups=[group])
    for _ in range(10):
        offered(floor)
    with counting_statements(database) as seen:
        assert len(ask("list_pool", li)["items"]) == 10
    assert len(seen) <= 4


def test_who_is_in_no_group_or_nobody_has_an_empty_pool(ask: Ask, floor: Floor, group: UUID):
    offered(floor)
    assert subjects(ask, agent()) == []
    assert subjects(ask, agent(floor.person())) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [({"limit": 0}, "limit"), ({"limit": "9"}, "limit"), ({"cursor": "x"}, "cursor")],
)
def test_odd_pages_are_refused_by_their_field(ask: Ask, floor: Floor, group: UUID, given, field):
    li = agent(floor.person(group), groups=[group])
    assert field in errors_of(lambda: ask("list_pool", li, **given))
