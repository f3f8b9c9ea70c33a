"""Webhooks that are switched off: by their receivers, by failing, by hand; and what comes of it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from libs.common.crypto import KeyRing
from libs.common.errors import Conflict
from libs.common.ids import uuid7
from libs.common.testing.eventually import eventually
from services.notify.domain.webhooks import DisabledReason
from services.notify.use_cases import edit_webhooks, replay_webhooks
from services.notify.use_cases.deliver_webhooks import claim_calls, deliver_webhooks
from tests.integration.webhooks.hooks import Hooks, story
from tests.support.vendors.server import HANG, Said
from tests.support.webhook_receiver import Receiver


def test_a_receiver_that_is_gone_is_left_alone(hooks: Hooks, receiver: Receiver) -> None:
    webhook = hooks.register(receiver)
    receiver.say(Said(b"", 410))
    hooks.feed(*story(length=3))
    hooks.round()
    now = hooks.webhook(webhook)
    assert not now.is_active
    assert now.disabled_reason is DisabledReason.GONE
    assert hooks.statuses() == ["failed", "dropped", "dropped"]
    hooks.feed(*story(length=1))
    hooks.round()
    assert len(receiver.asked) == 1


def test_a_webhook_that_fails_for_a_day_is_switched_off(hooks: Hooks, receiver: Receiver) -> None:
    webhook = hooks.register(receiver)
    receiver.status = 503
    for _ in range(110):
        hooks.feed(*story(length=1))
    for _ in range(60):
        hooks.round()
        hooks.wait(minutes=30)
    assert hooks.webhook(webhook).disabled_reason is DisabledReason.FAILING
    assert "waiting" not in hooks.statuses()


def test_whoever_made_a_webhook_is_told_once_that_it_is_off(
    hooks: Hooks, receiver: Receiver
) -> None:
    maker = uuid7()
    webhook = hooks.register(receiver, name="ERP", created_by=maker)
    receiver.say(Said(b"", 410), Said(b"", 410))
    hooks.feed(*story(length=1), *story(length=1))
    hooks.round()
    with hooks.database.engine.connect() as connection:
        found = connection.execute(
            text("SELECT occasion, text FROM notices WHERE recipient_id = :id"), {"id": maker}
        ).all()
    assert [tuple(row) for row in found] == [("webhook_off", "ERP")]
    assert not hooks.webhook(webhook).is_active


def test_one_success_clears_the_record(hooks: Hooks, receiver: Receiver) -> None:
    webhook = hooks.register(receiver)
    receiver.say(*[Said(b"", 500)] * 3)
    for _ in range(3):
        hooks.feed(*story(length=1))
    hooks.round()
    failing = hooks.webhook(webhook)
    assert failing.failures == 3
    assert failing.failing_since == hooks.now
    hooks.wait(seconds=5)
    hooks.round()
    assert (hooks.webhook(webhook).failures, hooks.webhook(webhook).failing_since) == (0, None)
    assert hooks.statuses() == ["sent"] * 3


def test_what_was_missed_while_it_was_off_can_be_replayed(hooks: Hooks, receiver: Receiver) -> None:
    webhook = hooks.register(receiver)
    receiver.say(Said(b"", 410))
    events = story(length=3)
    hooks.feed(*events)
    hooks.round()
    with pytest.raises(Conflict):
        _replay_all(hooks, webhook.webhook_id)
    hooks.commit(lambda uow: edit_webhooks.enable_webhook(uow, hooks.now, webhook.webhook_id, None))
    assert _replay_all(hooks, webhook.webhook_id) == 3
    hooks.round()
    assert receiver.seqs(events[0].subject) == [1, 2, 3]


def _replay_all(hooks: Hooks, webhook_id: UUID) -> int:
    start, end = hooks.now - timedelta(days=1), hooks.now + timedelta(days=1)
    _, count = hooks.commit(
        lambda uow: replay_webhooks.replay_deliveries(uow, hooks.now, webhook_id, start, end)
    )
    found: int = count
    return found


def test_a_ping_reaches_a_webhook_that_is_off(hooks: Hooks, receiver: Receiver) -> None:
    webhook = hooks.register(receiver, is_active=False)
    hooks.commit(lambda uow: edit_webhooks.ping_webhook(uow, hooks.now, webhook.webhook_id))
    hooks.feed(*story(length=1))
    hooks.round()
    assert [one["type"] for one in receiver.events] == ["webhook.ping"]


def test_a_ping_that_fails_does_not_take_the_next_one_with_it(
    hooks: Hooks, receiver: Receiver
) -> None:
    webhook = hooks.register(receiver, is_active=False)
    receiver.say(Said(b"", 410))
    for _ in range(2):
        hooks.commit(lambda uow: edit_webhooks.ping_webhook(uow, hooks.now, webhook.webhook_id))
    for _ in range(2):
        hooks.round()
    assert sorted(hooks.statuses()) == ["failed", "sent"]


def test_what_is_under_way_when_it_is_switched_off_is_not_tried_again(
    hooks: Hooks, receiver: Receiver
) -> None:
    webhook = hooks.register(receiver)
    receiver.say(HANG)
    hooks.feed(*story(length=3))
    deliver_webhooks(hooks.database, hooks.room, hooks.now)
    eventually(lambda: receiver.asked)
    values = {"name": webhook.name, "url": webhook.url, "types": ["*"], "is_active": False}
    hooks.commit(
        lambda uow: edit_webhooks.replace_webhook(
            uow, hooks.desk, hooks.now, webhook.webhook_id, None, values
        )
    )
    receiver.status = 500
    receiver.release()
    hooks.round()
    assert "waiting" not in hooks.statuses()
    assert len(receiver.asked) == 1


def test_a_secret_that_cannot_be_read_is_looked_at_again_later_and_holds_up_nobody(
    hooks: Hooks, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    hooks.register(receiver)
    hooks.feed(*story(length=1))
    own, other = hooks.room, KeyRing.parse("lost:" + "a" * 64)
    lost = replace(own, keys=other)
    for _ in range(5):
        assert claim_calls(hooks.database, lost, hooks.now) == []
    assert caplog.text.count("cannot be read") == 1
    hooks.wait(minutes=11)
    hooks.round()
    assert hooks.statuses() == ["sent"]
