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

_SORTS = ("updated_at", "created_at", "urgency", "number", "due", "urge_count")
SORTS = (*_SORTS, *(f"-{name}" for name in _SORTS))


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

    view = one_of(
        *("mine", "unassigned", "open", "overdue", "follow_up", "solved", "all", "todo", "done"),
        *("cc", "supervised", "bin"),
    )
    saved_view = fields.UUID(metadata={"description": "Its condition, beside the other filters."})
    status = CommaSeparated(metadata={"description": "Status keys, separated by commas."})
    assignee = Who("me", "none")
    group = Who("none", of="A group")
    department = Who("none", of="A department")
    region = Who("none", of="A region")
    channel = CommaSeparated()
    urgency = CommaSeparated()
    kind = CommaSeparated()
    category = Who("none", of="A category, with all below it")
    tag = Line(longest=40)
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
    is_urged = fields.Boolean()
    close_kind = CommaSeparated()
    sort = one_of(*SORTS, load_default="-updated_at")
    limit = limit(25)
    cursor = Text()


class TicketExportQuery(TicketQuery):
    """The same filters, and the kind of file; in an order that does not change meanwhile."""

    format = one_of("csv", "xlsx", load_default="csv")
    sort = one_of("created_at", "-created_at", "number", "-number", load_default="-created_at")

    class Meta:
        exclude = ("limit", "cursor")


class NewTicket(Body):
    """A ticket registered by staff."""

    customer_id = fields.UUID(required=True)
    subject = Line(required=True, longest=200)
    text = LongText(required=True)
    kind = one_of(*KINDS)
    category_id = fields.UUID(
        metadata={"description": "What it brings counts where nothing is said."}
    )
    urgency = one_of(*URGENCIES)
    urgency_word = Line(longest=40, metadata={"description": "A word of a scale, by its key."})
    tags = fields.List(Line(longest=40), validate=validate.Length(max=30))
    channel = one_of("phone", "manual", load_default="manual")
    template_key = Line(
        longest=40,
        metadata={"description": "Its form is filled in: what it asks for must be there."},
    )
    fields_ = FieldValues(data_key="fields", attribute="fields", load_default=dict)
    attachment_ids = attachment_ids()


class TicketChanges(Body):
    """What staff may edit; at least one."""

    subject = Line(longest=200)
    kind = one_of(
        *KINDS,
        metadata={
            "description": "Alone: the template stays, and judges its fields by the new kind. "
            "Another template: `PUT /tickets/{number}/template`."
        },
    )
    category_id = fields.UUID(allow_none=True)
    urgency = one_of(*URGENCIES)
    urgency_word = Line(longest=40, metadata={"description": "A word of a scale, by its key."})
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
    """Who shall have it (转交): one of a group, a person and a department."""

    group_id = fields.UUID()
    person_id = fields.UUID()
    department_id = fields.UUID()
    note = Remark()

    @validates_schema
    def refuse_several(self, transfer: dict[str, object], **_: object) -> None:
        """It goes to exactly one."""
        if len(transfer.keys() & {"group_id", "person_id", "department_id"}) != 1:
            message = "Name one of group_id, person_id and department_id."
            raise ValidationError(message, "group_id")


class Return(Body):
    """Why the assignee cannot keep it (退回), and to whom it goes back."""

    reason = Remark(required=True)
    to = one_of("group", "previous", "pool", metadata={"description": "The group if not said."})


class StatusMove(Body):
    """Where the ticket goes."""

    status = Line(required=True, longest=64)
    reason = Remark()
    fields_ = FieldValues(data_key="fields", attribute="fields")
    close_kind = one_of(
        *("normal", "duplicate", "invalid", "withdrawn"),
        metadata={"description": "As what it is closed, if it is; `normal` where nothing is said."},
    )
    duplicate_of = Line(
        longest=40, metadata={"description": "Of a duplicate: the other ticket's number."}
    )
    with_children = fields.Boolean(
        metadata={
            "description": "Close its open children, too, as the same, for the same reason: "
            "all of them, or nothing is changed and those that cannot be closed are named."
        }
    )


class Solution(Body):
    """What solved it."""

    text = LongText(required=True)
    notify_customer = fields.Boolean(load_default=True)
    fields_ = FieldValues(
        data_key="fields",
        attribute="fields",
        metadata={"description": "Said with it, as the closing summary is."},
    )


class Reopening(Body):
    """Why it is not solved after all."""

    reason = Remark(required=True)


class Satisfaction(Body):
    """What the customer said of the solution, in their words; how: `channel`."""

    is_satisfied = fields.Boolean(required=True)
    words = Remark(required=True)
    score = fields.Integer(strict=True, validate=validate.Range(min=1, max=5))
    channel = one_of("phone", "visit", "mail", "chat", "other")
    said_at = fields.AwareDateTime(
        metadata={"description": "When they said it: not before the solution; now if not given."}
    )
