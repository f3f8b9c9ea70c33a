"""Known tags of tickets."""

from marshmallow import fields, validate

from gateway.schemas.changes import Changes
from gateway.schemas.pieces import Body, Line, Text, View
from gateway.schemas.ticket import CountValue
from gateway.schemas.use import unanswered, uses

_MOST = 2_000


def _color() -> Line:
    return Line(
        longest=7, allow_none=True, metadata={"description": "As #1f6feb; null: the usual one."}
    )


class TagQuery(Body):
    """Those that begin so."""

    q = Text(validate=validate.Length(max=40))
    is_active = fields.Boolean()
    limit = fields.Integer(strict=False, load_default=50, validate=validate.Range(min=1, max=_MOST))


class NewTag(Body):
    """A known tag."""

    name = Line(required=True, longest=40)
    color = _color()


class TagChanges(Changes):
    """Another name, which tickets get, too, little by little; what is not active is not offered."""

    name = Line(longest=40)
    color = _color()
    is_active = fields.Boolean()


class TagMerge(Body):
    """The tag that this one becomes."""

    into = fields.UUID(required=True)


class Tag(View):
    """A known tag; while `is_merging`, tickets still have an older name of it.

    `uses`: after a change, what still names what is gone by it.
    """

    tag_id = fields.UUID(required=True)
    name = fields.String(required=True)
    color = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)
    is_merging = fields.Boolean()
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)
    uses = uses()
    unanswered = unanswered()


class TagUse(View):
    """Who would miss it: tickets that have it, to a thousand, and what names it."""

    tickets = fields.Nested(CountValue, required=True)
    uses = uses(required=True)
    unanswered = unanswered()


class TagPage(View):
    """`are_free`: whether tickets may have other tags, too."""

    items = fields.List(fields.Nested(Tag), required=True)
    are_free = fields.Boolean(required=True)
