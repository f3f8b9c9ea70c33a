"""Minutes that people have spent on a ticket."""

from datetime import date
from uuid import uuid4

import pytest

from libs.common.errors import Conflict, Forbidden, InvalidInput
from services.ticketing.domain.effort import Effort, check_day, check_minutes
from services.ticketing.domain.ticket import Ticket
from tests.unit.ticketing.making import (
    HAN,
    LI,
    NOON,
    accepted_ticket,
    by,
    closed_ticket,
    entered,
    facts,
    id_of,
)


def effort(ticket: Ticket, minutes: int = 30) -> Effort:
    return Effort(
        effort_id=uuid4(),
        ticket_id=ticket.ticket_id,
        person_id=id_of(LI),
        person_name=LI.name,
        minutes=minutes,
        worked_on=date(2026, 11, 2),
        created_at=NOON,
        updated_at=NOON,
    )


def test_the_sum_follows_what_is_logged_changed_and_removed():
    ticket = accepted_ticket()
    spent = effort(ticket)
    ticket.log_effort(spent, "电话指导", by(LI))
    ticket.log_effort(effort(ticket, 15), None, by(HAN))
    spent.minutes = 45
    ticket.change_effort(spent, 30, None, by(LI))
    assert ticket.effort_minutes == 60
    ticket.remove_effort(spent, by(LI))
    assert ticket.effort_minutes == 15
    assert [fact.details["total_minutes"] for fact in ticket.facts] == [30, 45, 60, 15]
    assert set(facts(ticket)) == {"ticket.effort_logged"}
    assert entered(ticket) == [
        *("ticket.effort_logged", "ticket.effort_logged"),
        *("ticket.effort_changed", "ticket.effort_removed"),
    ]
    assert "电话指导" not in str([fact.details for fact in ticket.facts])


def test_it_is_logged_on_closed_tickets_but_not_on_archived_ones():
    ticket = closed_ticket()
    ticket.log_effort(effort(ticket), None, by(LI))
    ticket.change_status("archived", None, by(LI))
    with pytest.raises(Conflict):
        ticket.log_effort(effort(ticket), None, by(LI))


def test_others_effort_is_theirs():
    with pytest.raises(Forbidden):
        effort(accepted_ticket()).check_own(by(HAN))


@pytest.mark.parametrize("minutes", [0, -1, 1441, True, "30", 1.5])
def test_a_day_has_no_more_minutes(minutes: object):
    with pytest.raises(InvalidInput):
        check_minutes(minutes)


def test_nobody_has_worked_tomorrow():
    assert check_day(date(2026, 11, 2), date(2026, 11, 2)) == date(2026, 11, 2)
    with pytest.raises(InvalidInput):
        check_day(date(2026, 11, 3), date(2026, 11, 2))
