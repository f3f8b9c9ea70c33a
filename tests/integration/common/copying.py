"""Copies that services keep by events, fed as the bus may feed them."""

from hypothesis import strategies as st

from libs.common.bus.handling import Handler, Handling
from libs.common.bus.subscribe import subscriptions_of
from libs.common.contracts.envelope import Event, dump_event, schema_of
from libs.common.database.unit_of_work import Database


def handling_of(database: Database, copy: type, method: str) -> Handling:
    """The handling of a service that does nothing but keep this copy."""
    keep, handled = getattr(copy(), method), Handling(database)
    [subscription] = subscriptions_of(copy)
    for schema in subscription.schemas:
        handled.add(schema.type, Handler("copy", lambda uow, events: keep(uow, list(events))))
    return handled


def deliver_oddly(data: st.DataObject, history: list[Event], handled: Handling) -> None:
    """All of a history in two batches, in any order, some of it more than once."""
    repeated = history + data.draw(st.lists(st.sampled_from(history), max_size=5))
    deliveries = data.draw(st.permutations(repeated))
    cut = data.draw(st.integers(0, len(deliveries)))
    for batch in (deliveries[:cut], deliveries[cut:]):
        handled.apply([_body(event) for event in batch])


def _body(event: Event) -> bytes:
    schema = type(schema_of(event.type))
    return dump_event(schema, event.id, event.subject, event.time, event.data)
