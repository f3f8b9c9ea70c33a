"""Writes down what a batch of events has to tell; repeats and any order do no harm."""

from collections.abc import Sequence
from uuid import UUID

from gateway.live import storage
from gateway.live.updates import tell
from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import UnitOfWork


def hear(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """One update for each ticket, notice and offer of the batch."""
    connection = uow.session.connection()
    # First of all: ids in the order of commits, and nobody else moves the tickets' state.
    storage.take_turn(connection)
    named: set[UUID] = {one for event in events if (one := event.data.get("ticket_id"))}
    told = tell(events, storage.find_tickets(connection, named))
    storage.save_tickets(connection, told.tickets)
    storage.add_updates(connection, told.updates)
