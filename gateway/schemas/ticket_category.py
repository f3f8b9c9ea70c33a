"""Categories of tickets and their defaults."""

from marshmallow import fields, validate

from gateway.schemas.changes import Changes
from gateway.schemas.condition import order
from gateway.schemas.pieces import KINDS, URGENCIES, Body, Line, View, one_of
from gateway.schemas.ticket import CategoryNames, CountValue
from gateway.schemas.use import unanswered, uses


class CategoryDefaults(Body):
    """What tickets begin with where nothing more explicit is said."""

    kind = one_of(*KINDS, allow_none=True)
    template_key = Line(longest=40, allow_none=True)
    urgency = one_of(*URGENCIES, allow_none=True)
    scale = Line(
        longest=40,
        allow_none=True,
        metadata={"description": "By which words of urgency its tickets are judged."},
    )
    group_id = fields.UUID(allow_none=True)
    tags = fields.List(Line(longest=40), validate=validate.Length(max=30))


class NewTicketCategory(Body):
    """A category behind its siblings; at most four deep."""

    name_zh = Line(required=True, longest=60)
    name_en = Line(longest=60, allow_none=True)
    parent_id = fields.UUID(allow_none=True)
    defaults = fields.Nested(CategoryDefaults)


class TicketCategoryChanges(Changes):
    """Another name, place or defaults; what is not active takes no new tickets."""

    name_zh = Line(longest=60)
    name_en = Line(longest=60, allow_none=True)
    parent_id = fields.UUID(allow_none=True)
    before_id = fields.UUID(
        allow_none=True,
        metadata={
            "description": "The sibling before which it comes to stand, where it lies then; "
            "null: behind all of them."
        },
    )
    is_active = fields.Boolean()
    defaults = fields.Nested(CategoryDefaults)


class KeptDefaults(View):
    """The same as they are kept."""

    kind = one_of(*KINDS)
    template_key = fields.String()
    urgency = one_of(*URGENCIES)
    scale = fields.String()
    group_id = fields.UUID()
    tags = fields.List(fields.String())


class TicketCategory(View):
    """A category. `inherited`: its defaults with those of the categories above it.

    `uses`: of one that has been put away, what still names it or a category below it.
    """

    category_id = fields.UUID(required=True)
    parent_id = fields.UUID(required=True, allow_none=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True, allow_none=True)
    path = fields.List(fields.UUID(), required=True)
    names = fields.Nested(CategoryNames, required=True)
    position = fields.Integer(required=True)
    is_active = fields.Boolean(required=True)
    defaults = fields.Nested(KeptDefaults, required=True)
    inherited = fields.Nested(KeptDefaults)
    version = fields.Integer(required=True)
    uses = uses()
    unanswered = unanswered()


class TicketCategoryPage(View):
    """All of them, siblings in their order."""

    items = fields.List(fields.Nested(TicketCategory), required=True)


class TicketCategoryOrder(Body):
    """All children of a parent (null: of none) by their ids, in the order wanted."""

    parent_id = fields.UUID(allow_none=True, load_default=None)
    category_ids = order()


class TicketCategoryUse(View):
    """Who would miss it: tickets in it and below, to a thousand; views and rules that name it."""

    tickets = fields.Nested(CountValue, required=True)
    unfinished = fields.Nested(CountValue, required=True)
    views = fields.Integer(required=True)
    rules = fields.Integer(required=True)
    uses = uses(required=True)
    unanswered = unanswered()
