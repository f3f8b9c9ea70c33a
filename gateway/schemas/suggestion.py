"""Articles that may help with a ticket."""

from marshmallow import fields, validate

from gateway.schemas.article import AUDIENCES, KINDS, LANGUAGES
from gateway.schemas.pieces import Body, View, limit, one_of

_FOR_STAFF = {"description": "staff: the text is not for customers as it stands."}
_LONG = {"description": "null where it is too long to be put into a reply."}


class SuggestionQuery(Body):
    """How many, and in which language rather."""

    language = one_of(*LANGUAGES)
    limit = limit(5, most=10)


class Suggestion(View):
    """An article with its answer ready to be put into a reply. `rank` counts from 1."""

    article_id = fields.UUID(required=True)
    title = fields.String(required=True)
    kind = one_of(*KINDS, required=True)
    language = one_of(*LANGUAGES, required=True)
    audience = one_of(*AUDIENCES, required=True, metadata=_FOR_STAFF)
    title_html = fields.String(required=True)
    snippet = fields.String(required=True)
    score = fields.Float(required=True)
    rank = fields.Integer(required=True)
    answer_html = fields.String(required=True, allow_none=True, metadata=_LONG)
    answer_text = fields.String(required=True, allow_none=True, metadata=_LONG)


class SuggestionPage(View):
    """Best first."""

    items = fields.List(fields.Nested(Suggestion), required=True)


class SuggestionUse(Body):
    """The place that the article had in the list."""

    rank = fields.Integer(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(min=1, max=100)
    )


class UsedSuggestion(View):
    """What goes into the reply."""

    article_id = fields.UUID(required=True)
    title = fields.String(required=True)
    audience = one_of(*AUDIENCES, required=True, metadata=_FOR_STAFF)
    language = one_of(*LANGUAGES, required=True)
    answer_html = fields.String(required=True)
    answer_text = fields.String(required=True)
