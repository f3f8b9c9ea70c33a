"""The public help centre."""

from marshmallow import fields, validate

from gateway.schemas.article import KINDS, LANGUAGES, VideoView
from gateway.schemas.pieces import Body, Line, Text, View, limit, one_of


class HelpQuery(Body):
    """What to look for. Without words the latest come first."""

    q = Text(validate=validate.Length(max=200))
    kind = one_of(*KINDS)
    category_id = fields.UUID()
    tag = Line(longest=40)
    language = one_of(*LANGUAGES)
    sort = one_of("relevance", "updated", "popular")
    limit = limit(20, most=50)
    cursor = Text(validate=validate.Length(max=500))


class HelpRow(View):
    """An article in a list."""

    article_id = fields.UUID(required=True)
    kind = one_of(*KINDS, required=True)
    language = one_of(*LANGUAGES, required=True)
    category_id = fields.UUID(required=True, allow_none=True)
    tags = fields.List(fields.String(), required=True)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    title_html = fields.String(required=True)
    snippet = fields.String(required=True)
    updated_at = fields.AwareDateTime(required=True)


class HelpPage(View):
    """A page."""

    items = fields.List(fields.Nested(HelpRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class HelpArticle(View):
    """An article as everybody may read it; `body_html` is safe to show."""

    article_id = fields.UUID(required=True)
    title = fields.String(required=True)
    kind = one_of(*KINDS, required=True)
    language = one_of(*LANGUAGES, required=True)
    summary = fields.String(required=True)
    slug = fields.String(required=True, allow_none=True)
    category_id = fields.UUID(required=True, allow_none=True)
    tags = fields.List(fields.String(), required=True)
    body_html = fields.String(required=True)
    videos = fields.List(fields.Nested(VideoView), required=True)
    version = fields.Integer(required=True)
    published_at = fields.AwareDateTime(required=True)


class HelpJudgement(Body):
    """Whether the article helped. `visitor`: something of the page's own, the same all day."""

    is_helpful = fields.Boolean(required=True)
    visitor = Line(longest=64, load_default=None, allow_none=True)
