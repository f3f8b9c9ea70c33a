"""Articles and their versions."""

from marshmallow import fields, validate

from gateway.schemas.pieces import (
    MAX_TEXT,
    Body,
    Line,
    Remark,
    Text,
    View,
    limit,
    one_of,
)

KINDS = ("faq", "solution", "document", "training")
LANGUAGES = ("zh", "en")
AUDIENCES = ("public", "staff")
STATES = ("draft", "review", "published", "expired", "archived")
VERSION_STATES = ("draft", "review", "published", "superseded")
_MARKED = {"description": "HTML: all escaped but <mark> around what was looked for."}
_BODY = {"description": "HTML; what is not allowed is taken out."}


class Video(Body):
    """A guide elsewhere, shown as a link."""

    url = fields.Url(required=True, schemes={"https"}, validate=validate.Length(max=500))
    title = Line(required=True, longest=200)


class ArticleChanges(Body):
    """What an author writes; what is not given stays. Only solutions have steps and cautions."""

    title = Line(longest=200)
    kind = one_of(*KINDS)
    language = one_of(*LANGUAGES)
    audience = one_of(*AUDIENCES)
    summary = Text(validate=validate.Length(max=500))
    body_html = Text(validate=validate.Length(max=MAX_TEXT), metadata=_BODY)
    steps = fields.List(Line(longest=1_000), validate=validate.Length(max=50))
    cautions = fields.List(Line(longest=1_000), validate=validate.Length(max=20))
    videos = fields.List(fields.Nested(Video), validate=validate.Length(max=10))
    category_id = fields.UUID(allow_none=True)
    tags = fields.List(Line(longest=40), validate=validate.Length(max=20))
    slug = Line(longest=80, allow_none=True)
    valid_until = fields.AwareDateTime(allow_none=True)


class NewArticle(ArticleChanges):
    """A draft; without more words it is a question and answer in Chinese for the staff."""

    title = Line(required=True, longest=200)


class VideoView(View):
    """A guide elsewhere."""

    url = fields.String(required=True)
    title = fields.String(required=True)


class ArticleWords(View):
    """What an author has written."""

    title = fields.String(required=True)
    kind = one_of(*KINDS, required=True)
    language = one_of(*LANGUAGES, required=True)
    audience = one_of(*AUDIENCES, required=True)
    summary = fields.String(required=True)
    body_html = fields.String(required=True)
    steps = fields.List(fields.String(), required=True)
    cautions = fields.List(fields.String(), required=True)
    videos = fields.List(fields.Nested(VideoView), required=True)
    category_id = fields.UUID(required=True, allow_none=True)
    tags = fields.List(fields.String(), required=True)
    slug = fields.String(required=True, allow_none=True)
    valid_until = fields.AwareDateTime(required=True, allow_none=True)


class ArticleAuthor(View):
    """Who wrote it."""

    id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)


class VersionHead(View):
    """Who has written it when, and where it stands."""

    number = fields.Integer(required=True)
    state = one_of(*VERSION_STATES, required=True)
    author = fields.Nested(ArticleAuthor, required=True)
    editor_ids = fields.List(fields.UUID(), required=True)
    comment = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    published_at = fields.AwareDateTime(required=True, allow_none=True)


class ArticleVersion(VersionHead, ArticleWords):
    """A version with its words."""


class Article(ArticleWords):
    """What is read of an article, or written where nothing is; `draft`: what is being written."""

    article_id = fields.UUID(required=True)
    state = one_of(*STATES, required=True)
    version = fields.Integer(required=True)
    number = fields.Integer(required=True)
    author = fields.Nested(ArticleAuthor, required=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    published_at = fields.AwareDateTime(required=True, allow_none=True)
    draft = fields.Nested(ArticleVersion, required=True, allow_none=True)


class ArticleRow(View):
    """An article in a list; a draft of a published one is a row of its own."""

    article_id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    state = one_of(*STATES, required=True)
    kind = one_of(*KINDS, required=True)
    language = one_of(*LANGUAGES, required=True)
    audience = one_of(*AUDIENCES, required=True)
    category_id = fields.UUID(required=True, allow_none=True)
    tags = fields.List(fields.String(), required=True)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    title_html = fields.String(required=True, metadata=_MARKED)
    snippet = fields.String(required=True, metadata=_MARKED)
    updated_at = fields.AwareDateTime(required=True)


class ArticlePage(View):
    """A page; of a search's results the best 200 can be reached."""

    items = fields.List(fields.Nested(ArticleRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ArticleQuery(Body):
    """What to look for. Without words the latest come first."""

    q = Text(validate=validate.Length(max=200))
    kind = one_of(*KINDS)
    category_id = fields.UUID(metadata={"description": "With all categories below it."})
    tag = Line(longest=40)
    language = one_of(*LANGUAGES)
    audience = one_of(*AUDIENCES)
    state = one_of(*STATES, metadata={"description": "Other than published: for writers."})
    own = fields.Boolean(metadata={"description": "Only those the caller has written on."})
    sort = one_of("relevance", "updated", "popular")
    limit = limit(20)
    cursor = Text(validate=validate.Length(max=500))


class ArticleReadQuery(Body):
    """`counts=false` for pages that show an article to be worked on, not to be read."""

    counts = fields.Boolean(load_default=True)


class ReviewView(View):
    """A step of a review."""

    number = fields.Integer(required=True)
    verdict = one_of("requested", "approved", "declined", required=True)
    comment = fields.String(required=True, allow_none=True)
    person = fields.Nested(ArticleAuthor, required=True)
    created_at = fields.AwareDateTime(required=True)


class VersionRow(VersionHead):
    """A version without its words."""

    title = fields.String(required=True)


class VersionPage(View):
    """The newest 200 versions and reviews, newest first."""

    items = fields.List(fields.Nested(VersionRow), required=True)
    reviews = fields.List(fields.Nested(ReviewView), required=True)


class DiffQuery(Body):
    """Two versions by their numbers."""

    old = fields.Integer(
        required=True, data_key="from", strict=False, validate=validate.Range(min=1, max=10**6)
    )
    new = fields.Integer(
        required=True, data_key="to", strict=False, validate=validate.Range(min=1, max=10**6)
    )


class DiffSegment(View):
    """Words that stay, go or come."""

    op = one_of("equal", "insert", "delete", required=True)
    text = fields.String(required=True)


class FieldDiff(View):
    """A field of an article, from the one version to the other."""

    field = fields.String(required=True)
    is_changed = fields.Boolean(required=True)
    segments = fields.List(fields.Nested(DiffSegment), required=True)


class ArticleDiff(View):
    """What has changed, word by word."""

    old = fields.Integer(required=True, data_key="from")
    new = fields.Integer(required=True, data_key="to")
    fields_ = fields.List(fields.Nested(FieldDiff), required=True, data_key="fields")


class Restoring(Body):
    """The version to take up again."""

    number = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=10**6))


class ReviewComment(Body):
    """What to say to the others, if anything."""

    comment = Remark(load_default=None, allow_none=True)


class ReviewReason(Body):
    """Why it goes back."""

    comment = Remark(required=True)


class Judgement(Body):
    """Whether the article helped."""

    is_helpful = fields.Boolean(required=True)
