"""The tables of working together: collaborations, efforts, requests for material, drafts.

And of checking who a customer is, which has words likewise.
"""

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.ticketing.storage.tables import metadata


def _instant(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True))


def _words() -> tuple[Column[object], Column[bytes]]:
    """What people wrote, plain or sealed: never both."""
    return Column("words", JSONB(none_as_null=True)), Column("sealed", LargeBinary)


collaborations = Table(
    "collaborations",
    metadata,
    Column("collaboration_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid),
    Column("target_kind", Text),
    Column("target_id", Uuid),
    Column("target_name", Text),
    Column("requester_id", Uuid),
    Column("requester_name", Text),
    Column("state", Text),
    Column("round", Integer),
    _instant("due_at"),
    Column("is_overdue", Boolean),
    Column("taker_id", Uuid),
    Column("taker_name", Text),
    _instant("asked_at"),
    _instant("taken_at"),
    _instant("answered_at"),
    _instant("ended_at"),
    _instant("updated_at"),
    Column("materials", JSONB),
    Column("answer_files", JSONB),
    Column("score", Integer),
    _instant("rated_at"),
    *_words(),
)

efforts = Table(
    "efforts",
    metadata,
    Column("effort_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid),
    Column("person_id", Uuid),
    Column("person_name", Text),
    Column("minutes", Integer),
    Column("worked_on", Date),
    _instant("created_at"),
    _instant("updated_at"),
    *_words(),
)

material_requests = Table(
    "material_requests",
    metadata,
    Column("request_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid),
    Column("token_hash", LargeBinary),
    Column("kinds", ARRAY(Text)),
    Column("max_files", Integer),
    Column("uploads", Integer),
    Column("state", Text),
    Column("requester_id", Uuid),
    Column("requester_name", Text),
    _instant("created_at"),
    _instant("expires_at"),
    _instant("received_at"),
    _instant("revoked_at"),
    *_words(),
)

drafts = Table(
    "drafts",
    metadata,
    Column("draft_id", Uuid, primary_key=True),
    Column("person_id", Uuid),
    Column("ticket_id", Uuid),
    Column("kind", Text),
    _instant("updated_at"),
    *_words(),
)

identity_checks = Table(
    "identity_checks",
    metadata,
    Column("check_id", Uuid, primary_key=True),
    Column("ticket_id", Uuid),
    Column("method", Text),
    Column("result", Text),
    Column("person_id", Uuid),
    Column("person_name", Text),
    _instant("checked_at"),
    _instant("valid_until"),
    *_words(),
)

TOGETHER = (collaborations, efforts, material_requests, drafts, identity_checks)
