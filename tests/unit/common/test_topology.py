"""What stands at the broker follows from what services subscribe to."""

import json
from dataclasses import replace
from typing import Any

import pytest

from libs.common.bus import replay_stream
from libs.common.bus.subscribe import subscribe, subscriptions_of
from libs.common.bus.topology import RPC_EXCHANGE, Topology, declare, retire
from libs.common.contracts.intake import CustomerContactAdded, CustomerRegistered, MessageReceived
from libs.common.contracts.ticketing import TicketCreated

CREATED, SOLVED = ("ticketing.private", "ticket.created"), ("ticketing.private", "ticket.solved")
OPENED = ("intake.private", "message.received")
NOW = Topology(
    exchanges=("intake.private", "ticketing.private"),
    queues={"notify.inbox": (CREATED, SOLVED), "ticketing.urgent": (OPENED,)},
    retired={},
    callees=("notify",),
    streams={"tidedesk.replay": (("ticketing.events", "#"),)},
)


class Listener:
    """A service class as services write it."""

    name = "kb"

    @subscribe(CustomerRegistered, CustomerContactAdded, batch=True)
    def copy_customers(self, uow: Any, events: Any) -> None: ...

    @subscribe(MessageReceived, urgent=True)
    def suggest_answers(self, uow: Any, event: Any) -> None: ...

    def not_an_entrypoint(self) -> None: ...


class Channel:
    """Notes in order what a real channel would be told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def exchange_declare(self, name: str, kind: str, **options: Any) -> None:
        self.told.append(("exchange", name, kind, options["durable"]))

    def queue_declare(self, name: str, **options: Any) -> None:
        self.told.append(("queue", name, options["durable"], options.get("arguments")))

    def queue_bind(self, queue: str, exchange: str, key: str) -> None:
        self.told.append(("binding", queue, exchange, key))


def test_a_class_s_subscriptions_are_found_by_its_methods() -> None:
    found = {one.schemas: (one.batch, one.queue_of("kb")) for one in subscriptions_of(Listener)}
    assert found == {
        (CustomerRegistered, CustomerContactAdded): (True, "kb.inbox"),
        (MessageReceived,): (False, "kb.urgent"),
    }


def test_the_types_that_somebody_must_receive_are_those_that_are_bound() -> None:
    assert NOW.subscribed_types() == {"ticket.created", "ticket.solved", "message.received"}
    assert TicketCreated.type in NOW.subscribed_types()


def test_a_service_knows_what_it_wants_no_more() -> None:
    later = Topology((), {}, NOW.queues)
    assert later.retired_types("notify") == {"ticket.created", "ticket.solved"}
    assert later.retired_types("kb") == frozenset()


def test_the_committed_form_is_stable() -> None:
    form = json.loads(NOW.dump())
    assert form["queues"]["ticketing.urgent"] == [["intake.private", "message.received"]]
    assert NOW.dump().endswith("}\n")


def test_queues_are_durable_and_have_no_argument_but_their_type_except_for_the_stream() -> None:
    channel = Channel()
    declare(channel, NOW)
    queues = [told for told in channel.told if told[0] == "queue"]
    assert queues == [
        ("queue", "notify.inbox", True, {"x-queue-type": "quorum"}),
        ("queue", "ticketing.urgent", True, {"x-queue-type": "quorum"}),
        ("queue", "tidedesk.replay", True, replay_stream.ARGUMENTS),
        # As nameko itself declares it.
        ("queue", "rpc-notify", True, None),
    ]
    assert ("binding", "rpc-notify", RPC_EXCHANGE, "notify.*") in channel.told


def test_an_exchange_is_there_before_anything_is_bound_to_it() -> None:
    channel = Channel()
    declare(channel, NOW)
    *order, _mark = [told[0] for told in channel.told]
    assert order.index("queue") > max(at for at, one in enumerate(order) if one == "exchange")
    assert ("binding", "notify.inbox", *SOLVED) in channel.told


def test_the_mark_is_declared_when_all_the_rest_stands() -> None:
    channel = Channel()
    declare(channel, NOW)
    assert channel.told[-1] == ("exchange", NOW.mark, "topic", True)


def test_what_is_bound_differently_has_another_mark() -> None:
    queues = {**NOW.queues, "notify.inbox": (CREATED,)}
    others = [
        replace(NOW, queues=queues),
        NOW.with_callee("kb"),
        replace(NOW, streams={"tidedesk.replay": ()}),
    ]
    assert len({NOW.mark, *(other.mark for other in others)}) == 4


def test_the_stream_keeps_what_is_public_of_every_producer_and_is_bounded() -> None:
    assert replay_stream.bindings_of(("sla.private", "sla.events", "kb.events")) == (
        ("kb.events", "#"),
        ("sla.events", "#"),
    )
    assert {"x-max-age", "x-max-length-bytes", "x-stream-max-segment-size-bytes"} < set(
        replay_stream.ARGUMENTS
    )


def test_a_queue_that_is_known_already_changes_nothing() -> None:
    assert NOW.with_queue("notify.inbox", (SOLVED,)) == NOW
    assert NOW.with_callee("notify") == NOW
    assert NOW.with_queue("kb.inbox", (OPENED, CREATED)).queues["kb.inbox"] == (OPENED, CREATED)


def test_a_binding_that_is_not_wanted_any_more_is_retired() -> None:
    assert retire(NOW, {"notify.inbox": (CREATED,)}) == {
        "notify.inbox": (SOLVED,),
        "ticketing.urgent": (OPENED,),
    }


def test_what_is_retired_stays_so_until_somebody_wants_it_again() -> None:
    before = Topology((), {"notify.inbox": (CREATED,)}, {"notify.inbox": (OPENED, SOLVED)})
    assert retire(before, {"notify.inbox": (SOLVED,)}) == {"notify.inbox": (OPENED, CREATED)}
    assert retire(before, {"notify.inbox": (CREATED, SOLVED, OPENED)}) == {}


@pytest.mark.parametrize("queues", [NOW.queues, {**NOW.queues, "kb.inbox": (CREATED,)}])
def test_nothing_is_retired_while_all_is_wanted(queues: dict[str, Any]) -> None:
    assert retire(NOW, queues) == {}


def test_queues_that_only_an_earlier_release_has_are_their_services() -> None:
    later = Topology((), {"notify.inbox": (CREATED,)}, {**NOW.queues, "notify.events": (SOLVED,)})
    assert later.retired_queues("notify") == ("notify.events",)
    assert later.retired_queues("ticketing") == ("ticketing.urgent",)
    assert later.retired_queues("kb") == ()
