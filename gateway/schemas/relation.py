"""How tickets belong together."""

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.pieces import (
    CATEGORIES,
    KINDS,
    URGENCIES,
    Body,
    Line,
    LongText,
    Remark,
    View,
    one_of,
)

_RELATIONS = (
    *("relates_to", "duplicates", "duplicated_by", "causes", "caused_by"),
    *("blocks", "blocked_by"),
)


class RelatedTicket(View):
    """Another ticket in brief."""

    number = fields.String(required=True)
    subject = fields.String(required=True)
    status = fields.String(required=True)
    status_category = one_of(*CATEGORIES, required=True)
    own_status = fields.String(allow_none=True)
    is_finished = fields.Boolean(required=True)
    assignee_name = fields.String(required=True, allow_none=True)
    merged_at = fields.AwareDateTime(required=True, allow_none=True)


class SingleRelation(View):
    """Another ticket, unless the caller may not see it."""

    is_hidden = fields.Boolean(required=True)
    ticket = fields.Nested(RelatedTicket, required=True, allow_none=True)


class RelatedTickets(View):
    """Other tickets that the caller may see, and how many more there are."""

    items = fields.List(fields.Nested(RelatedTicket), required=True)
    hidden = fields.Integer(required=True)


class Children(RelatedTickets):
    """Children; `open` counts the unfinished, hidden ones included."""

    open = fields.Integer(required=True)


class TicketRelation(View):
    """A link as this ticket calls it."""

    link_id = fields.UUID(required=True)
    relation = one_of(*_RELATIONS, required=True)
    ticket = fields.Nested(RelatedTicket, required=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.String(required=True)


class TicketRelations(View):
    """Links that the caller may see, and how many more there are."""

    items = fields.List(fields.Nested(TicketRelation), required=True)
    hidden = fields.Integer(required=True)


class ProblemName(View):
    """The problem record behind the ticket."""

    number = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.String(required=True)


class Relations(View):
    """All that a ticket belongs with. `problem` only for who may read problems."""

    links = fields.Nested(TicketRelations, required=True)
    parent = fields.Nested(SingleRelation, required=True, allow_none=True)
    children = fields.Nested(Children, required=True)
    merged_into = fields.Nested(SingleRelation, required=True, allow_none=True)
    merged_from = fields.Nested(RelatedTickets, required=True)
    split_from = fields.Nested(SingleRelation, required=True, allow_none=True)
    split_into = fields.Nested(RelatedTickets, required=True)
    problem = fields.Nested(ProblemName, required=True, allow_none=True)


class NewLink(Body):
    """How this ticket is linked with another."""

    number = Line(required=True, longest=40)
    relation = one_of(*_RELATIONS, required=True)


class NewChild(Body):
    """An existing ticket by `number`, or a new one by `subject` and `text`."""

    number = Line(longest=40)
    subject = Line(longest=200)
    text = LongText()
    urgency = one_of(*URGENCIES)
    group_id = fields.UUID()

    @validates_schema
    def choose_one(self, child: dict[str, object], **_: object) -> None:
        """Neither both nor neither."""
        if "number" in child:
            if len(child) > 1:
                raise ValidationError("An existing ticket is named alone.", "number")
            return
        for name in ("subject", "text"):
            if name not in child:
                raise ValidationError("Missing data for required field.", name)


class Merge(Body):
    """Which tickets become part of this one. Those of another customer need `is_confirmed`."""

    numbers = fields.List(Line(longest=40), required=True, validate=validate.Length(min=1, max=20))
    reason = Remark()
    is_confirmed = fields.Boolean(load_default=False)


class Unmerge(Body):
    """Why it is a ticket of its own after all."""

    reason = Remark()


class Split(Body):
    """Which messages and notes become a ticket of their own."""

    entry_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=50))
    subject = Line(required=True, longest=200)
    kind = one_of(*KINDS)
    urgency = one_of(*URGENCIES)
