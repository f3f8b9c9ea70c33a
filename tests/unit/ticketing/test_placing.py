"""Where a ticket goes when it changes hands."""

from uuid import uuid4

import pytest

from services.ticketing.domain.placing import Colleague, Place, Team
from tests.unit.ticketing.making import BOSS, LI, by, id_of, new_ticket, opening, team

EAST, SALES, REPAIRS, HOTLINE = uuid4(), uuid4(), uuid4(), uuid4()
REPAIR_TEAM = Team(REPAIRS, "维修组", department_id=SALES, region_id=EAST)


def test_a_transfer_takes_the_groups_department_and_region():
    place = Place(HOTLINE, "热线组", uuid4(), uuid4()).in_team(REPAIR_TEAM)
    assert place == Place(REPAIRS, "维修组", SALES, EAST)


def test_a_group_without_a_region_leaves_the_tickets_own():
    place = Place(region_id=EAST).in_team(Team(REPAIRS, "维修组"))
    assert place == Place(REPAIRS, "维修组", None, EAST)


def test_a_member_of_the_tickets_group_changes_nothing():
    place = Place(HOTLINE, "热线组", uuid4(), uuid4())
    colleague = Colleague((REPAIRS, HOTLINE), REPAIR_TEAM, uuid4(), uuid4())
    assert place.with_colleague(colleague) == place


@pytest.mark.parametrize("group_id", [None, HOTLINE])
def test_somebody_elses_ticket_comes_into_the_first_group(group_id):
    place = Place(group_id, "热线组", uuid4(), uuid4())
    colleague = Colleague((REPAIRS,), REPAIR_TEAM, uuid4(), uuid4())
    assert place.with_colleague(colleague) == Place(REPAIRS, "维修组", SALES, EAST)


def test_what_the_group_lacks_comes_from_the_person():
    colleague = Colleague((REPAIRS,), Team(REPAIRS, "维修组"), SALES, EAST)
    assert Place().with_colleague(colleague) == Place(REPAIRS, "维修组", SALES, EAST)


def test_without_a_group_the_ticket_goes_where_the_person_works():
    colleague = Colleague(department_id=SALES, region_id=EAST)
    place = Place(HOTLINE, "热线组", uuid4(), uuid4()).with_colleague(colleague)
    assert place == Place(None, None, SALES, EAST)


def test_who_works_in_no_region_leaves_the_customers():
    assert Place(region_id=EAST).with_colleague(Colleague()) == Place(region_id=EAST)


def test_of_whom_nothing_is_known_yet_nothing_follows():
    place = Place(HOTLINE, "热线组", SALES, EAST)
    assert place.with_colleague(None) == place


def test_a_new_ticket_is_in_its_customers_region_and_in_no_group():
    ticket = new_ticket(region_id=EAST)
    assert ticket.place == Place(region_id=EAST)
    follow_up = opening(region_id=EAST).following_up(uuid4(), uuid4())
    assert follow_up.region_id == EAST


def test_an_assignment_moves_the_ticket_and_says_so():
    ticket = new_ticket()
    colleague = Colleague((REPAIRS,), REPAIR_TEAM)
    ticket.assign(id_of(LI), "李雷", None, by(BOSS), colleague)
    [fact], [entry] = ticket.facts, ticket.entries
    assert fact.header["group_id"] == REPAIRS
    assert (fact.header["scope"]["department"], fact.header["scope"]["region"]) == (SALES, EAST)
    assert entry.event is not None
    assert entry.event["group"] == {"group_id": str(REPAIRS), "name": "维修组"}


def test_an_assignment_within_the_group_does_not_speak_of_it():
    ticket = new_ticket()
    ticket.transfer(team(), None, by(BOSS))
    ticket.begin()
    ticket.assign(id_of(LI), "李雷", None, by(BOSS), None)
    [entry] = ticket.entries
    assert entry.event is not None
    assert "group" not in entry.event
