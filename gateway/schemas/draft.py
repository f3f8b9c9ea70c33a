"""What somebody is writing."""

from marshmallow import fields, validate

from gateway.schemas.entry import Mention
from gateway.schemas.pieces import MAX_TEXT, Body, Line, Text, View, one_of


class Draft(View):
    """Without text, and never written, where there is none."""

    text = fields.String(required=True)
    mentions = fields.List(fields.Nested(Mention), required=True)
    updated_at = fields.AwareDateTime(required=True, allow_none=True)


class DraftQuery(Body):
    """Of what: a reply to the customer, or an internal note."""

    kind = one_of("reply", "note", required=True)


class DraftMention(Body):
    """A colleague whom the note is meant for."""

    person_id = fields.UUID(required=True)
    name = Line(required=True, longest=200)


class DraftChange(Body):
    """All of it, in place of what was there; nothing written is no draft."""

    text = Text(required=True, validate=validate.Length(max=MAX_TEXT))
    mentions = fields.List(
        fields.Nested(DraftMention), load_default=list, validate=validate.Length(max=20)
    )
