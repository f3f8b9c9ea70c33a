"""What people send to find, open and work on tickets."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.pieces import (
    KINDS,
    URGENCIES,
    Body,
    CommaSeparated,
    FieldValues,
    Line,
    LongText,
    Remark,
    Text,
    attachment_ids,
    limit,
    one_of,
)

_SORTS = ("updated_at", "created_at", "urgency", "number", "due")


class Who(Text):
    """A person (or a unit): an id, or a word such as `me`."""

    def __init__(self, *words: str, of: str = "A person", **options: Any) -> None:
        told = {"description": f"{of}'s id, or one of: {', '.join(words)}."}
        super().__init__(metadata=told, **options)
        self._words = words

    def _deserialize(self, value: object, *args: object, **kwargs: object) -> str:
        if value in self._words:
            return str(value)
        try:
            return str(UUID(str(value)))
        except ValueError:
            raise ValidationError(f"Not an id, nor one of: {', '.join(self._words)}.") from None


class TicketQuery(Body):
    """Filters that must all fit, a sort, and a page of it."""

    view = one_of("mine", "unassigned", "open", "overdue", "follow_up", "solved", "all")
    status = CommaSeparated(metadata={"description": "Status keys, separated by commas."})
    assignee = Who("me", "none")
    group = Who("none", of="A group")
    department = Who("none", of="A department")
    region = Who("none", of="A region")
    channel = CommaSeparated()
    urgency = CommaSeparated()
    kind = CommaSeparated()
    customer_id = fields.UUID()
    q = Text(validate=validate.Length(max=100))
    created_from = fields.AwareDateTime()
    created_to = fields.AwareDateTime()
    due = one_of(
        "overdue", "soon", metadata={"description": "What is late, or will be within the hour."}
    )
    score = CommaSeparated(
        metadata={"description": "Scores from 1 to 5, separated by commas, or `none`."}
    )
    is_dissatisfied = fields.Boolean()
    sort = one_of(*_SORTS, *(f"-{name}" for name in _SORTS), load_default="-updated_at")
    limit = limit(25)
    cursor = Text()


class NewTicket(Body):
    """A ticket registered by staff."""

    customer_id = fields.UUID(required=True)
    subject = Line(required=True, longest=200)
    text = LongText(required=True)
    kind = one_of(*KINDS)
    urgency = one_of(*URGENCIES, load_default="normal")
    channel = one_of("phone", "manual", load_default="manual")
    fields_ = FieldValues(data_key="fields", attribute="fields", load_default=dict)
    attachment_ids = attachment_ids()


class TicketChanges(Body):
    """What staff may edit; at least one."""

    subject = Line(longest=200)
    kind = one_of(*KINDS)
    urgency = one_of(*URGENCIES)
    urgency_reason = Remark()
    fields_ = FieldValues(data_key="fields", attribute="fields")
    tags = fields.List(Line(longest=40), validate=validate.Length(max=30))

    @validates_schema
    def refuse_nothing(self, changes: dict[str, object], **_: object) -> None:
        """An empty change would raise the version for nothing."""
        if not changes:
            raise ValidationError("Nothing to change.")


class Assignment(Body):
    """Who shall work on it; `me` takes it."""

    assignee_id = Who("me", required=True)
    note = Remark()


class Transfer(Body):
    """The group that shall have it (转交)."""

    group_id = fields.UUID(required=True)
    note = Remark()


class Return(Body):
    """Why the assignee cannot keep it (退回)."""

    reason = Remark(required=True)


class StatusMove(Body):
    """Where the ticket goes."""

    status = Line(required=True, longest=64)
    reason = Remark()


class Solution(Body):
    """What solved it."""

    text = LongText(required=True)
    notify_customer = fields.Boolean(load_default=True)


class Reopening(Body):
    """Why it is not solved after all."""

    reason = Remark(required=True)


class Satisfaction(Body):
    """What the customer said of the solution, in their words; how: `channel`."""

    is_satisfied = fields.Boolean(required=True)
    words = Remark(required=True)
    score = fields.Integer(strict=True, validate=validate.Range(min=1, max=5))
    channel = one_of("phone", "visit", "mail", "chat", "other")
