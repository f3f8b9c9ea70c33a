"""The table of surveys; `*_encrypted` columns hold sealed values, bound to their row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.storage.tables import Base


class SurveyRow(Base):
    """One survey about one solving of a ticket.

    `agent_id` had the ticket when it was solved; `assignee_id` and the units follow the ticket.
    `ordered_at`: told to whoever sends; `next_look_at`: when to see whether that has been done.
    """

    __tablename__ = "surveys"

    survey_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID]
    number: Mapped[str]
    solved_seq: Mapped[int]
    customer_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    kind: Mapped[str]
    agent_id: Mapped[UUID | None]
    assignee_id: Mapped[UUID | None]
    group_id: Mapped[UUID | None]
    department_id: Mapped[UUID | None]
    region_id: Mapped[UUID | None]
    scope_seq: Mapped[int]
    status: Mapped[str]
    channel: Mapped[str | None]
    language: Mapped[str]
    code: Mapped[str]
    header_encrypted: Mapped[bytes | None]
    created_at: Mapped[datetime]
    send_at: Mapped[datetime]
    ordered_at: Mapped[datetime | None]
    next_look_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    score: Mapped[int | None]
    nps: Mapped[int | None]
    is_satisfied: Mapped[bool | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    comment_encrypted: Mapped[bytes | None]
