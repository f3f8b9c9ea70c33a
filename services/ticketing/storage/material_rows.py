"""Finds requests for material: by their token's hash, or among those of a ticket."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from libs.common.crypto.tokens import hash_token
from services.ticketing.domain.material import MaterialRequest
from services.ticketing.storage.together_tables import material_requests
from services.ticketing.storage.worded_rows import hold_ticket, read_row

_ALL = select(material_requests)


def find_by_token(session: Session, token: str) -> MaterialRequest | None:
    """What a link leads to."""
    return _one(session, _ALL.where(material_requests.c.token_hash == hash_token(token)))


def lock_by_token(session: Session, token: str) -> MaterialRequest | None:
    """The same, locked: two files at once are counted one after the other. Its ticket before it."""
    known = find_by_token(session, token)
    if known is None:
        return None
    hold_ticket(session, known.ticket_id)
    found = _ALL.where(material_requests.c.token_hash == hash_token(token))
    return _one(session, found.with_for_update(key_share=True))


def lock_request(session: Session, ticket_id: UUID, request_id: UUID) -> MaterialRequest | None:
    """One of a ticket's, locked."""
    found = _ALL.where(
        material_requests.c.request_id == request_id, material_requests.c.ticket_id == ticket_id
    )
    return _one(session, found.with_for_update(key_share=True))


def _one(session: Session, statement: Select[tuple[object, ...]]) -> MaterialRequest | None:
    row = session.execute(statement).one_or_none()
    return None if row is None else read_row(session, material_requests, row, MaterialRequest)
