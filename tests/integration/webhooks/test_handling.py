"""The handler behind the bus: repeats, its place beside other handlers, and what failing does."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from libs.common.bus.handling import Handler, Handling
from libs.common.bus.subscribe import subscriptions_of
from libs.common.clock import utc_now
from libs.common.contracts.catalogue import event_types
from libs.common.contracts.envelope import Event, dump_event
from libs.common.contracts.ticketing import TicketCreated, TicketReplied
from libs.common.database.failures import count_failures
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.notify.service.events import Service
from services.notify.use_cases.feed_webhooks import feed_webhooks
from tests.integration.webhooks.hooks import Hooks
from tests.support.webhook_receiver import Receiver
from tests.unit.notify.facts import created, replied


def bodies(length: int = 3) -> list[bytes]:
    ticket_id = uuid7()
    facts: list[tuple[Any, dict[str, Any]]] = [(TicketCreated, created(ticket_id=ticket_id))]
    facts += [
        (TicketReplied, replied(ticket_id=ticket_id, seq=seq)) for seq in range(2, length + 1)
    ]
    return [dump_event(schema, uuid7(), str(ticket_id), utc_now(), data) for schema, data in facts]


def handling_of(hooks: Hooks) -> Handling:
    """With the webhooks' handler alone."""
    handling = Handling(hooks.database)

    def feed(uow: UnitOfWork, events: Sequence[Event]) -> None:
        feed_webhooks(uow, events, hooks.now)

    handler = Handler("feed_webhooks", feed)
    for one in event_types():
        handling.add_beside(one.name, handler)
    return handling


def test_what_is_delivered_again_in_another_order_is_told_once_and_in_order(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver)
    handling, story = handling_of(hooks), bodies(4)
    for batch in (story[2:], story[:1] + story[3:], story[::-1], story):
        handling.apply(batch)
        hooks.round()
    assert len(receiver.events) == 4
    assert receiver.seqs(receiver.events[0]["subject"]) == [1, 2, 3, 4]


def test_a_handler_beside_another_hears_what_that_one_hears(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver)
    heard: list[Event] = []
    handling = Handling(hooks.database)
    handling.add(
        "ticket.created", Handler("acknowledge", lambda _uow, events: heard.extend(events))
    )
    handling.add_beside(
        "ticket.created",
        Handler("feed", lambda uow, events: feed_webhooks(uow, events, hooks.now)),
    )
    handling.apply(bodies(1) + bodies(1))
    hooks.round()
    assert sorted(str(one.id) for one in heard) == sorted(receiver.ids())


def test_if_the_one_fails_neither_has_happened_and_both_are_tried_again(
    hooks: Hooks, receiver: Receiver
) -> None:
    hooks.register(receiver)
    is_down = True

    def acknowledge(_uow: UnitOfWork, _events: Sequence[Event]) -> None:
        if is_down:
            raise LookupError("not today")

    handling = Handling(hooks.database)
    handling.add("ticket.created", Handler("acknowledge", acknowledge))
    handling.add_beside(
        "ticket.created",
        Handler("feed", lambda uow, events: feed_webhooks(uow, events, hooks.now)),
    )
    handling.apply(bodies(1))
    assert hooks.rows() == []
    with hooks.database.engine.begin() as connection:
        assert count_failures(connection) == (1, 0)
        connection.execute(text("UPDATE inbox_failures SET next_at = now()"))
    is_down = False
    assert handling.retry_due_failures() == 1
    assert hooks.statuses() == ["waiting"]


def test_notify_hears_every_type_that_others_may_hear() -> None:
    heard = {
        schema.type
        for subscription in subscriptions_of(Service)
        if subscription.beside
        for schema in subscription.schemas
    }
    assert heard == {one.name for one in event_types()}
