"""What a batch of events becomes."""

from itertools import permutations
from uuid import uuid4

from gateway.live.updates import KnownTicket, tell
from libs.common.contracts.envelope import load_event
from tests.support.live_events import Ticket, event_of

LI, HAN, GROUP = uuid4(), uuid4(), uuid4()


def known_after(events, known=None) -> KnownTicket:
    return tell(events, known or {}).tickets[0]


def test_a_tickets_events_of_one_batch_are_one_update_with_the_newest_state():
    ticket = Ticket(group=GROUP)
    events = [ticket.says("ticket.created"), ticket.says("ticket.note_added")]
    [update] = tell(events, {}).updates
    assert update.body["type"] == "ticket.note_added"
    assert update.body["seq"] == 2
    assert update.body["number"] == ticket.number
    assert update.scope == {
        **dict.fromkeys(("assignee", "department", "region")),
        "group": str(GROUP),
        "requester": str(ticket.scope["requester"]),
    }


def test_no_text_and_no_name_is_in_an_update():
    ticket = Ticket()
    [update] = tell([ticket.says("ticket.replied", text="您好")], {}).updates
    assert set(update.body) == {
        *("type", "ticket_id", "number", "seq", "status", "status_category", "urgency"),
        *("assignee_id", "group_id", "actor_id", "occurred_at"),
    }


def test_the_order_of_events_within_a_batch_does_not_matter():
    ticket = Ticket(assignee=LI)
    events = [
        ticket.says("ticket.created"),
        load_event(ticket.goes_to(HAN)),
        ticket.says("ticket.solved"),
    ]
    found = [tell(order, {}) for order in permutations(events)]
    assert all(one == found[0] for one in found)


def test_an_update_names_the_scope_that_the_ticket_had_before():
    ticket = Ticket(assignee=LI)
    known = known_after([ticket.says("ticket.created")])
    told = tell([load_event(ticket.goes_to(HAN))], {ticket.ticket_id: known})
    assert [scope["assignee"] for scope in told.updates[0].previous] == [str(LI)]


def test_a_ticket_that_was_never_heard_of_tells_itself_who_had_it():
    ticket = Ticket(assignee=LI, group=GROUP)
    [update] = tell([load_event(ticket.goes_to(HAN))], {}).updates
    assert [scope["assignee"] for scope in update.previous] == [str(LI)]
    moved = ticket.says(
        "ticket.transferred",
        scope={"assignee": None, "group": uuid4()},
        from_group_id=GROUP,
        previous_assignee_id=HAN,
    )
    [update] = tell([moved], {}).updates
    assert [(one["assignee"], one["group"]) for one in update.previous] == [(str(HAN), str(GROUP))]


def test_nobody_through_whose_hands_it_went_within_a_batch_is_forgotten():
    ticket = Ticket(assignee=LI)
    wang = uuid4()
    known = known_after([ticket.says("ticket.created")])
    events = [load_event(ticket.goes_to(HAN)), load_event(ticket.goes_to(wang))]
    [update] = tell(events, {ticket.ticket_id: known}).updates
    assert {scope["assignee"] for scope in update.previous} == {str(LI), str(HAN)}


def test_a_late_event_moves_nothing_back_and_still_reaches_whoever_had_the_ticket_then():
    ticket = Ticket(assignee=LI)
    first = ticket.says("ticket.created")
    late = load_event(ticket.goes_to(HAN))
    known = known_after([first, load_event(ticket.goes_to(LI))])
    told = tell([late], {ticket.ticket_id: known})
    assert told.tickets == []
    [update] = told.updates
    assert update.body["seq"] == 3
    assert update.scope is not None
    assert update.scope["assignee"] == str(LI)
    assert [scope["assignee"] for scope in update.previous] == [str(HAN)]


def test_only_what_concerns_requesters_is_public():
    ticket = Ticket()
    assert tell([ticket.says("ticket.replied")], {}).updates[0].is_public
    assert not tell([ticket.says("ticket.note_added")], {}).updates[0].is_public


def test_a_clock_goes_where_its_ticket_is():
    ticket = Ticket(group=GROUP)
    known = known_after([ticket.says("ticket.created")])
    clock = event_of("clock.breached", ticket_id=ticket.ticket_id, assignee_id=HAN)
    [update] = tell([clock], {ticket.ticket_id: known}).updates
    assert update.scope == known.scope
    [update] = tell([clock], {}).updates
    assert update.scope is not None
    assert update.scope["assignee"] == str(HAN)


def test_of_a_tickets_clocks_the_newest_is_told():
    ticket = Ticket()
    known = known_after([ticket.says("ticket.created")])
    events = [
        event_of("clock.changed", ticket_id=ticket.ticket_id, revision=revision, is_overdue=late)
        for revision, late in ((3, True), (2, False))
    ]
    [update] = tell(events, {ticket.ticket_id: known}).updates
    assert update.body["is_overdue"] is True


def test_a_clock_of_a_ticket_that_nobody_knows_is_told_to_nobody():
    assert tell([event_of("clock.changed", ticket_id=uuid4())], {}).updates == []


def test_a_notice_is_its_recipients_alone_and_has_no_title():
    notice = event_of("notice.raised", recipient_id=LI, is_urgent=True)
    [update] = tell([notice], {}).updates
    assert (update.recipients, update.scope) == ([str(LI)], None)
    assert update.body["is_urgent"] is True
    assert "title" not in update.body


def test_an_offer_is_for_those_to_whom_it_was_made():
    offer = event_of("offer.opened", recipients=[LI], group_id=GROUP)
    [update] = tell([offer], {}).updates
    assert update.recipients == [str(LI)]
    assert update.scope == {"assignee": None, "group": str(GROUP)}


def test_an_answered_survey_is_told_of_tickets_that_are_known():
    ticket = Ticket()
    known = known_after([ticket.says("ticket.created")])
    answer = event_of("survey.answered", ticket_id=ticket.ticket_id, score=2)
    [update] = tell([answer], {ticket.ticket_id: known}).updates
    assert update.body["score"] == 2
    assert tell([answer], {}).updates == []
