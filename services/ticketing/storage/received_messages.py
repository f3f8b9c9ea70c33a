"""Which messages have been filed: what makes filing idempotent beyond the inbox."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

_KNOWN = text(
    "SELECT message_id FROM received_messages WHERE message_id = ANY(CAST(:ids AS uuid[]))"
)


def filed_messages(session: Session, message_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the messages that have an entry already."""
    return set(session.scalars(_KNOWN, {"ids": [str(i) for i in message_ids]}))
