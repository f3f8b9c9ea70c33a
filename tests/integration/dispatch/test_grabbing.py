"""Tickets that are offered to a group (抢单): one of all who grab gets it."""

from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest

from libs.common.errors import Conflict, DeskError, Forbidden, NotFound
from services.dispatch.use_cases.grab_ticket import grab_ticket
from services.dispatch.use_cases.offers import expire_offers, open_offers
from tests.integration.dispatch.floor import Floor
from tests.support.tickets import Life


@pytest.fixture
def group(floor: Floor) -> UUID:
    made = floor.group()
    floor.rule(made, mode="grab", grab_seconds=120)
    return made


def offer(floor: Floor, **fields: Any) -> Life:
    life = floor.ticket(**fields)
    open_offers(floor.database, floor.now)
    return life


def grab(floor: Floor, person_id: UUID, life: Life) -> dict[str, Any]:
    with floor.acting() as uow:
        return grab_ticket(uow, floor.now, person_id=person_id, number=life.number)


def test_a_ticket_is_offered_to_those_of_the_group_who_are_there(floor: Floor, group: UUID):
    there = {floor.person(group), floor.person(group, is_automatic=False)}
    floor.person(group, state="away")
    life = offer(floor)
    [opened] = floor.told("offer.opened")
    assert {UUID(one) for one in opened["recipients"]} == there
    assert opened["number"] == life.number
    floor.sweep()
    floor.drain()
    assert floor.holder(life) is None
    assert not open_offers(floor.database, floor.now)


def test_who_grabs_is_proposed_and_the_others_are_told(floor: Floor, group: UUID):
    winner, other = floor.person(group, name="李雷"), floor.person(group)
    life = offer(floor)
    answer = grab(floor, winner, life)
    assert answer["state"] == "pending"
    assert floor.load(winner) == (1, 1, 1)
    [closed] = floor.told("offer.closed")
    assert (closed["cause"], closed["taken_by_name"]) == ("grabbed", "李雷")
    assert closed["recipients"] == [str(other)]
    [proposal] = floor.told("assignment.proposed")
    assert (proposal["mode"], proposal["assignment_id"]) == ("grab", answer["assignment_id"])
    floor.work()
    assert (floor.state(life), floor.holder(life)) == ("active", winner)
    assert [one.outcome for one in floor.decisions(life)] == ["grabbed"]


def test_of_many_who_grab_at_once_one_wins(floor: Floor, group: UUID):
    people = [floor.person(group) for _ in range(8)]
    life = offer(floor)
    barrier, results = Barrier(len(people)), []

    def run(person_id: UUID) -> None:
        barrier.wait()
        try:
            results.append(grab(floor, person_id, life))
        except DeskError as error:
            results.append(error.code)

    threads = [Thread(target=run, args=(person_id,)) for person_id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results))[:7] == ["offer.closed"] * 7
    assert floor.scalar("SELECT count(*) FROM assignments") == 1
    assert floor.scalar("SELECT sum(grabbed) FROM loads") == 1


def test_nobody_has_more_than_their_quota(floor: Floor, group: UUID):
    person = floor.person(group, grab_quota=2)
    lives = [offer(floor) for _ in range(3)]
    for life in lives[:2]:
        grab(floor, person, life)
    with pytest.raises(Conflict) as refused:
        grab(floor, person, lives[2])
    assert refused.value.code == "grab.quota"
    floor.answer()
    floor.hear(lives[0].solve())
    assert grab(floor, person, lives[2])["state"] == "pending"


def test_the_quota_holds_under_a_race(floor: Floor, group: UUID):
    person = floor.person(group, grab_quota=3)
    lives = [offer(floor) for _ in range(8)]
    barrier = Barrier(len(lives))

    def run(life: Life) -> None:
        barrier.wait()
        with suppress(Conflict):
            grab(floor, person, life)

    threads = [Thread(target=run, args=(life,)) for life in lives]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert floor.load(person) == (3, 3, 3)


def test_strangers_get_nothing(floor: Floor, group: UUID):
    stranger = floor.person(floor.group("别组"))
    life = offer(floor)
    with pytest.raises(Forbidden):
        grab(floor, stranger, life)
    with pytest.raises(NotFound), floor.acting() as uow:
        grab_ticket(uow, floor.now, person_id=stranger, number="G404")


def test_what_nobody_grabs_in_time_is_assigned(floor: Floor, group: UUID):
    person = floor.person(group)
    life = offer(floor)
    assert not expire_offers(floor.database, floor.now + timedelta(seconds=119))
    floor.pass_time(seconds=121)
    with pytest.raises(Conflict):
        grab(floor, person, life)
    assert expire_offers(floor.database, floor.now)
    assert floor.told("offer.closed")[0]["cause"] == "expired"
    floor.work()
    assert floor.holder(life) == person


def test_an_offer_that_has_ended_is_not_opened_again(floor: Floor, group: UUID):
    floor.person(group, state="away")
    life = offer(floor)
    floor.pass_time(seconds=121)
    expire_offers(floor.database, floor.now)
    floor.hear(life.edit(tags=["加急"]))
    assert not open_offers(floor.database, floor.now)
    assert floor.place(life).mode == "push"


def test_an_offer_closes_when_the_ticket_is_given_to_somebody_or_ends(floor: Floor, group: UUID):
    person = floor.person(group)
    given, ended = offer(floor), offer(floor)
    floor.hear(given.assign(person), ended.solve())
    told = {one["ticket_id"]: one["cause"] for one in floor.told("offer.closed")}
    assert told == {str(given.ticket_id): "taken", str(ended.ticket_id): "ended"}
    with pytest.raises(Conflict):
        grab(floor, person, given)


def test_repeated_news_leave_an_offer_as_it_is(floor: Floor, group: UUID):
    floor.person(group)
    life = floor.quiet_ticket()
    created = life.create()
    floor.hear(created)
    open_offers(floor.database, floor.now)
    before = floor.place(life)
    floor.hear(created)
    assert floor.place(life).offer_id == before.offer_id
    assert len(floor.told("offer.opened")) == 1
