"""Which ticket a conversation belongs to, as ticketing tells it: numbers, and what carries on."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from services.intake.storage.tables import ConversationRow

_MOVE_ON = text(
    "INSERT INTO former_tickets (ticket_id, number, conversation_id) "
    "SELECT ticket_id, number, conversation_id FROM conversations "
    "WHERE conversation_id = CAST(:conversation AS uuid) ON CONFLICT DO NOTHING"
)


def repoint(session: Session, conversation_id: UUID, ticket_id: UUID) -> None:
    """Messages go to this ticket from now on; the old one still leads to the conversation."""
    session.execute(_MOVE_ON, {"conversation": str(conversation_id)})
    row = ConversationRow
    session.execute(
        update(row)
        .where(row.conversation_id == conversation_id)
        .values(ticket_id=ticket_id, number=None)
    )


_ADD_FORMER = text(
    "INSERT INTO former_tickets (ticket_id, conversation_id) "
    "VALUES (CAST(:ticket AS uuid), CAST(:conversation AS uuid)) ON CONFLICT DO NOTHING"
)


def add_former(session: Session, conversation_id: UUID, ticket_id: UUID) -> None:
    """The conversation was this ticket's, and has moved on already."""
    session.execute(_ADD_FORMER, {"ticket": str(ticket_id), "conversation": str(conversation_id)})


_MERGE = (
    "UPDATE former_tickets SET conversation_id = CAST(:target AS uuid) "
    "WHERE conversation_id = CAST(:source AS uuid)",
    "UPDATE mail_references SET conversation_id = CAST(:target AS uuid) "
    "WHERE conversation_id = CAST(:source AS uuid)",
    "UPDATE messages SET conversation_id = CAST(:target AS uuid) "
    "WHERE conversation_id = CAST(:source AS uuid)",
    "UPDATE receipts SET conversation_id = CAST(:target AS uuid) "
    "WHERE receipt_id IN (SELECT receipt_id FROM messages "
    "                     WHERE conversation_id = CAST(:target AS uuid))",
    "WITH gone AS (DELETE FROM conversations WHERE conversation_id = CAST(:source AS uuid) "
    "              RETURNING ticket_id, number) "
    "INSERT INTO former_tickets (ticket_id, number, conversation_id) "
    "SELECT ticket_id, number, CAST(:target AS uuid) FROM gone",
)


def merge(session: Session, source: UUID, target: UUID) -> None:
    """Two rows turned out to be one conversation: the target's ticket goes on."""
    for statement in _MERGE:
        session.execute(text(statement), {"source": str(source), "target": str(target)})


_SET_NUMBERS = (
    "UPDATE conversations SET number = t.number, customer_id = t.customer_id FROM {} "
    "WHERE conversations.ticket_id = t.ticket_id",
    "UPDATE former_tickets SET number = t.number FROM {} "
    "WHERE former_tickets.ticket_id = t.ticket_id",
    "UPDATE receipts SET number = t.number FROM {} "
    "WHERE receipts.ticket_id = t.ticket_id AND receipts.state = 'filed' "
    "  AND receipts.number IS NULL",
)
_TICKETS = (
    "unnest(CAST(:tickets AS uuid[]), CAST(:numbers AS text[]), CAST(:customers AS uuid[])) "
    "AS t (ticket_id, number, customer_id)"
)


def set_numbers(session: Session, tickets: Mapping[UUID, tuple[str, UUID]]) -> None:
    """(number, customer) of tickets, on conversations and on the receipts that wait for them.

    Receipts last: only then all are seen that were filed before the conversation was locked.
    """
    columns = {
        "tickets": [str(ticket_id) for ticket_id in tickets],
        "numbers": [number for number, _ in tickets.values()],
        "customers": [str(customer_id) for _, customer_id in tickets.values()],
    }
    for statement in _SET_NUMBERS:
        session.execute(text(statement.format(_TICKETS)), columns)


_MOVE_MESSAGE = (
    "UPDATE messages SET ticket_id = CAST(:ticket AS uuid) "
    "WHERE message_id = CAST(:message AS uuid)",
    "UPDATE receipts SET ticket_id = CAST(:ticket AS uuid), "
    "  number = coalesce("
    "    (SELECT number FROM conversations WHERE ticket_id = CAST(:ticket AS uuid)), "
    "    (SELECT number FROM former_tickets WHERE ticket_id = CAST(:ticket AS uuid))) "
    "WHERE receipt_id = (SELECT receipt_id FROM messages "
    "                    WHERE message_id = CAST(:message AS uuid))",
)


def move_message(session: Session, message_id: UUID, ticket_id: UUID) -> None:
    """The message was carried over into this ticket."""
    for statement in _MOVE_MESSAGE:
        session.execute(text(statement), {"message": str(message_id), "ticket": str(ticket_id)})
