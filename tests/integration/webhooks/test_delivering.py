"""Webhooks with a real database and a real receiver: once at least, in order, and not for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import text

from libs.common.contracts.ticketing import TicketCreated, TicketReplied
from libs.common.http import OutboundHttp
from libs.common.ids import uuid7
from libs.common.testing.eventually import eventually
from services.notify.clients import webhook_post
from services.notify.clients.webhook_post import WebhookPost
from services.notify.use_cases import edit_webhooks, replay_webhooks
from services.notify.use_cases.deliver_webhooks import (
    WebhookRoom,
    claim_calls,
    deliver_webhooks,
    settle_calls,
)
from tests.integration.webhooks.hooks import Hooks, event, story
from tests.support.vendors.server import HANG, Said
from tests.support.webhook_receiver import Receiver


def test_an_event_reaches_its_receiver_signed_and_without_private_fields(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver, "ticket.created")
    fact = event(TicketCreated)
    hooks.feed(fact, event(TicketReplied, seq=1))
    hooks.round()
    (taken,) = receiver.events
    assert taken["id"] == str(fact.id)
    assert taken["type"] == "ticket.created"
    assert taken["data"]["number"] == "G20261121001"
    assert not taken["data"].keys() & {"text", "subject", "customer_name"}
    (row,) = hooks.rows()
    assert (row.status, row.attempts, row.last_status) == ("sent", 1, 204)
    assert row.duration_ms >= 0


def test_without_a_webhook_nothing_is_kept(hooks: Hooks) -> None:
    hooks.feed(*story())
    assert hooks.rows() == []
    with hooks.database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM webhook_streams")).scalar() == 0


def test_an_event_that_is_fed_again_is_told_once(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver)
    events = story()
    for _ in range(2):
        hooks.feed(*events)
        hooks.round()
    assert receiver.ids() == [str(one.id) for one in events]
    assert len(receiver.events) == 4


def test_in_whatever_order_events_arrive_a_ticket_is_told_in_order(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver)
    tickets = []
    for order in permutations(range(3)):
        events = story(length=3)
        tickets.append(events[0].subject)
        for place in order:
            hooks.feed(events[place])
            hooks.round()
    for subject in tickets:
        assert receiver.seqs(subject) == [1, 2, 3]


def test_an_event_behind_a_gap_waits_and_then_goes_alone(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver)
    first, second, third, _ = story()
    hooks.feed(first)
    hooks.feed(third)
    hooks.round()
    assert receiver.seqs(first.subject) == [1]
    hooks.wait(seconds=31)
    hooks.round()
    assert receiver.seqs(first.subject) == [1, 3]
    hooks.feed(second)  # late, but told all the same
    hooks.round()
    assert receiver.seqs(first.subject) == [1, 3, 2]


def test_what_a_webhook_does_not_want_leaves_no_gap_in_what_it_wants(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver, "ticket.solved", "ticket.created")
    events = story(length=4)
    hooks.feed(*events)
    hooks.round()
    assert receiver.ids() == [str(events[0].id)]


def test_a_later_event_waits_for_an_earlier_one_that_fails(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver)
    other = story(length=1)
    events = story(length=3)
    receiver.say(Said(b"", 500))
    hooks.feed(*events)
    hooks.round()
    assert receiver.events == []
    hooks.feed(*other)
    hooks.round()
    assert receiver.ids() == [str(other[0].id)], "other tickets do not wait"
    hooks.wait(seconds=5)
    hooks.round()
    assert receiver.seqs(events[0].subject) == [1, 2, 3]


def test_an_event_is_given_up_after_three_days_and_the_next_one_goes(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver)
    first, second = story(length=2)
    hooks.feed(first)
    receiver.status = 500
    attempts = 0
    while hooks.statuses() == ["waiting"]:
        hooks.round()
        attempts += 1
        due = hooks.rows()[0].next_at
        hooks.now = max(hooks.now, due or hooks.now) + timedelta(minutes=1)
        assert attempts < 100
    assert hooks.statuses() == ["failed"]
    assert hooks.now - hooks.rows()[0].queued_at >= timedelta(days=3)
    assert hooks.rows()[0].last_status == 500
    receiver.status = 204
    hooks.feed(second)
    hooks.round()
    assert receiver.seqs(first.subject) == [2]


def test_a_receiver_may_say_when_to_come_again(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver)
    receiver.say(Said(b"", 429, (("Retry-After", "90"),)))
    hooks.feed(*story(length=1))
    hooks.round()
    (row,) = hooks.rows()
    assert row.next_at == hooks.now + timedelta(seconds=90)


def test_redirects_are_not_followed(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver)
    receiver.say(Said(b"", 307, (("Location", f"{receiver.url}/elsewhere"),)))
    hooks.feed(*story(length=1))
    hooks.round()
    assert hooks.statuses() == ["waiting"]
    assert [one.path for one in receiver.asked] == ["/hooks"]


def test_a_long_answer_is_cut_off_and_counts_by_its_status(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver)
    receiver.say(Said(b"x" * 1_000_000, 200), Said(b"x" * 1_000_000, 500))
    hooks.feed(*story(length=2))
    hooks.round()
    assert hooks.statuses() == ["sent", "waiting"]
    assert [row.last_status for row in hooks.rows()] == [200, 500]


def test_a_receiver_that_hangs_holds_two_lanes_and_nobody_else(
    hooks: Hooks, receiver: Receiver
) -> None:
    with Receiver() as other:
        slow, quick = hooks.register(receiver), hooks.register(other)
        receiver.say(*[HANG] * 10)
        events = [one for _ in range(10) for one in story(length=1)]
        hooks.feed(*events)
        deliver_webhooks(hooks.database, hooks.room, hooks.now)

        def others_are_done() -> bool:
            deliver_webhooks(hooks.database, hooks.room, hooks.now)
            return len(other.ids()) == 10

        eventually(others_are_done)
        assert len(receiver.asked) == 2
        assert hooks.room.post.busy_with(slow.webhook_id) == 2
        assert hooks.room.post.busy_with(quick.webhook_id) == 0
        receiver.next_answers.clear()
        receiver.release()
        hooks.round()
        assert len(receiver.ids()) == 10


def test_what_there_was_no_time_for_was_not_tried(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver)
    hooks.feed(*story(length=1))
    calls = claim_calls(hooks.database, hooks.room, hooks.now)
    hooks.room.post.take([replace(one, deadline=0.0) for one in calls])
    settle_calls(hooks.database, hooks.room.post, hooks.now, wait=1.0)
    (row,) = hooks.rows()
    assert (row.status, row.attempts, row.next_at) == ("waiting", 0, hooks.now)
    assert receiver.asked == []
    hooks.round()
    assert len(receiver.events) == 1


def test_when_a_receiver_is_back_nothing_waits_for_its_next_try(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver)
    receiver.status = 500
    tickets = [story(length=3) for _ in range(12)]
    for events in tickets:
        hooks.feed(*events)
    for _ in range(4):  # by now each is to be tried again in ten minutes
        hooks.round()
        hooks.wait(minutes=3)
    receiver.status = 204
    hooks.wait(minutes=8)
    hooks.feed(*story(length=1))
    hooks.round()
    assert set(hooks.statuses()) == {"sent"}
    for events in tickets:
        assert receiver.seqs(events[0].subject) == [1, 2, 3]


def test_a_receiver_that_hangs_too_long_is_tried_again(
    hooks: Hooks, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_post, "TIMEOUT", 0.3)
    hooks.register(receiver)
    receiver.say(HANG)
    hooks.feed(*story(length=1))
    hooks.round()
    (row,) = hooks.rows()
    assert (row.status, row.last_status) == ("waiting", None)
    assert "in time" in row.last_error


def test_a_process_that_died_in_between_has_its_events_sent_again_with_the_same_id(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver)
    (fact,) = story(length=1)
    hooks.feed(fact)
    dead = hooks.open_room()
    dead.post.take(claim_calls(hooks.database, dead, hooks.now))
    eventually(lambda: receiver.ids() == [str(fact.id)])
    hooks.round()
    assert len(receiver.events) == 1, "the lease holds"
    hooks.wait(seconds=41)
    hooks.round()
    assert [one["id"] for one in receiver.events] == [str(fact.id)] * 2
    settle_calls(hooks.database, dead.post, hooks.now, wait=0.1)
    assert hooks.statuses() == ["sent"]


def test_two_replicas_share_the_work_and_keep_the_order(hooks: Hooks, receiver: Receiver) -> None:
    hooks.register(receiver)
    tickets = [story(length=5) for _ in range(6)]
    for place in range(5):
        hooks.feed(*[events[place] for events in tickets])
    rooms = [hooks.open_room() for _ in range(2)]

    def all_taken() -> bool:
        for room in rooms:
            deliver_webhooks(hooks.database, room, hooks.now)
        return set(hooks.statuses()) == {"sent"}

    eventually(all_taken, 30)
    assert len(receiver.events) == 30
    for events in tickets:
        assert receiver.seqs(events[0].subject) == [1, 2, 3, 4, 5]


def test_while_a_secret_is_replaced_both_verify(hooks: Hooks, receiver: Receiver) -> None:
    webhook = hooks.register(receiver)
    (old,) = receiver.secrets
    _, new = hooks.commit(
        lambda uow: edit_webhooks.rotate_webhook_secret(
            uow, hooks.desk, hooks.now, webhook.webhook_id, None
        )
    )
    assert new != old
    for known, hours, is_taken in (([old], 0, True), ([new], 0, True), ([old], 25, False)):
        receiver.secrets, receiver.events = known, []
        hooks.wait(hours=hours)
        hooks.feed(*story(length=1))
        hooks.round()
        assert bool(receiver.events) is is_taken
    receiver.secrets = [new]
    hooks.wait(seconds=5)
    hooks.round()
    assert len(receiver.events) == 1


def test_one_delivery_is_replayed_with_the_same_id(hooks: Hooks, receiver: Receiver) -> None:
    webhook = hooks.register(receiver)
    hooks.feed(*story(length=2))
    hooks.round()
    row = hooks.rows()[0]
    hooks.commit(
        lambda uow: replay_webhooks.replay_delivery(
            uow, hooks.now, webhook.webhook_id, row.delivery_id
        )
    )
    hooks.round()
    assert [one["id"] for one in receiver.events].count(str(row.event_id)) == 2
    assert hooks.statuses() == ["sent", "sent"]


def test_a_time_range_is_replayed_in_order(hooks: Hooks, receiver: Receiver) -> None:
    webhook = hooks.register(receiver)
    days = [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (1, 2, 3, 4)]
    ticket_id = uuid7()
    hooks.feed(*[event(TicketReplied, ticket_id, seq=n, at=day) for n, day in enumerate(days, 1)])
    hooks.round()
    receiver.events.clear()
    _, count = hooks.commit(
        lambda uow: replay_webhooks.replay_deliveries(
            uow, hooks.now, webhook.webhook_id, days[1], days[3]
        )
    )
    hooks.round()
    assert count == 2
    assert receiver.seqs(str(ticket_id)) == [2, 3]


def test_a_name_that_leads_inside_later_is_refused_when_it_is_called(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver)
    hooks.feed(*story(length=1))
    hooks.room = WebhookRoom(hooks.desk.keys, WebhookPost(OutboundHttp()))
    hooks.round()
    (row,) = hooks.rows()
    assert row.status == "waiting"
    assert "not a public address" in row.last_error
    assert receiver.asked == []
