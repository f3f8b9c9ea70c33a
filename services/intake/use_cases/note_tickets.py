"""What ticketing tells: tickets have numbers, and closed ones are carried on in others."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from libs.common.contracts.envelope import Event
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.intake.domain.belonging import is_newer
from services.intake.storage import ticket_links as links
from services.intake.storage.conversations import (
    find_by_messages,
    find_by_tickets,
    insert_conversations,
    lock_conversations,
)
from services.intake.storage.tables import ConversationRow


def note_created(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Conversations and receipts learn the numbers of new tickets; repeats change nothing."""
    session = uow.session
    created = {event.data["ticket_id"]: event.data for event in events}
    known = find_by_tickets(session, created)
    unknown = {ticket_id: fact for ticket_id, fact in created.items() if ticket_id not in known}
    openers = {fact["message_id"]: t for t, fact in unknown.items() if fact.get("message_id")}
    messages = find_by_messages(session, openers)
    touched = {*known.values(), *(message.conversation_id for message in messages.values())}
    locked = lock_conversations(session, touched)
    # Ticketing opened a follow-up for such a message: its conversation goes on there.
    for message_id, message in messages.items():
        ticket_id = openers[message_id]
        if conversation := locked.get(message.conversation_id):
            _carry_on(session, conversation, unknown.pop(ticket_id))
            links.move_message(session, message_id, ticket_id)
    insert_conversations(session, [_row(fact) for fact in unknown.values()])
    links.set_numbers(session, {t: (f["number"], f["customer_id"]) for t, f in created.items()})


def note_followed_up(uow: UnitOfWork, event: Event) -> None:
    """The conversation of a closed ticket goes on in another one."""
    session, fact = uow.session, event.data
    old, new = fact["old_ticket_id"], fact["new_ticket_id"]
    known = find_by_tickets(session, {old, new})
    locked = lock_conversations(session, set(known.values()))
    source, target = known.get(old), known.get(new)
    if source in locked and target is None:
        if locked[source].ticket_id == old:
            links.repoint(session, source, new)
        else:
            links.add_former(session, source, new)
    elif source in locked and target in locked and source != target:
        links.merge(session, source, target)
    links.move_message(session, fact["message_id"], new)


def _carry_on(session: Session, conversation: ConversationRow, fact: dict[str, Any]) -> None:
    """Events of tickets may overtake one another: the newest ticket has the conversation."""
    if conversation.number is None or is_newer(fact["number"], conversation.number):
        links.repoint(session, conversation.conversation_id, fact["ticket_id"])
    else:
        links.add_former(session, conversation.conversation_id, fact["ticket_id"])


def _row(fact: dict[str, Any]) -> dict[str, Any]:
    """The conversation of a ticket that began elsewhere: by phone, or registered by hand."""
    return {
        "conversation_id": uuid7(),
        "customer_id": fact["customer_id"],
        "channel": fact["channel"],
        "account_id": None,
        "ticket_id": fact["ticket_id"],
        "subject": fact["subject"],
        "last_message_at": fact["created_at"],
    }
