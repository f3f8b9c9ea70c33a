"""How a ticket begins."""

from datetime import timedelta
from uuid import uuid4

from libs.common.actor import Actor
from services.ticketing.domain.opening import follow_up_id
from services.ticketing.domain.ticket import Ticket
from tests.unit.ticketing.making import BOSS, NOON, by, entered, facts, file, message, opening


def test_a_new_ticket_waits_for_somebody_to_take_it():
    ticket = Ticket.open(opening(), by(BOSS))
    assert (ticket.status, ticket.status_category) == ("unassigned", "new")
    assert ticket.assignee_id is None
    assert ticket.version == 1


def test_a_new_ticket_tells_one_fact_with_the_message_that_opened_it():
    first = message("屏幕碎了")
    ticket = Ticket.open(opening(message=first), by(BOSS))
    [fact] = ticket.facts
    assert fact.type == "ticket.created"
    assert fact.seq == ticket.seq == 1
    assert fact.details["message_id"] == first.message_id
    assert fact.details["text"] == "屏幕碎了"


def test_the_timeline_begins_with_who_opened_it_and_the_customers_words():
    ticket = Ticket.open(opening(), by(BOSS))
    created, first = ticket.entries
    assert entered(ticket) == ["ticket.created", "message"]
    assert (created.author_kind, created.author_name) == ("agent", "王主管")
    assert (first.author_kind, first.author_name) == ("customer", "陈先生")
    assert first.direction == "in"
    assert [created.seq, first.seq] == [1, 2]


def test_a_ticket_begins_when_its_message_was_received():
    late = by(BOSS, NOON + timedelta(hours=2))
    ticket = Ticket.open(opening(message=message(received_at=NOON)), late)
    assert ticket.created_at == NOON
    assert ticket.last_customer_message_at == NOON
    assert ticket.updated_at == NOON + timedelta(hours=2)


def test_attachments_of_the_first_message_show_in_the_timeline_without_their_blob_key():
    photo = file("破损.jpg")
    ticket = Ticket.open(opening(message=message(attachments=(photo,))), by(BOSS))
    [shown] = ticket.entries[1].attachments
    assert shown == {
        "attachment_id": str(photo.attachment_id),
        "name": "破损.jpg",
        "media_type": "image/jpeg",
        "size": 2048,
    }


def test_a_follow_up_has_the_same_id_however_often_its_message_comes():
    closed, first = uuid4(), uuid4()
    assert follow_up_id(closed, first) == follow_up_id(closed, first)
    assert follow_up_id(closed, first) != follow_up_id(closed, uuid4())
    assert follow_up_id(closed, first) != follow_up_id(uuid4(), first)


def test_a_follow_up_names_the_ticket_that_it_carries_on():
    closed, new = uuid4(), uuid4()
    customer = Actor(uuid4(), "陈先生", "customer")
    ticket = Ticket.open(opening().following_up(closed, new), by(customer))
    assert (ticket.ticket_id, ticket.follows_up) == (new, closed)
    assert ticket.facts[0].details["follows_up_ticket_id"] == closed
    assert facts(ticket) == ["ticket.created"]
