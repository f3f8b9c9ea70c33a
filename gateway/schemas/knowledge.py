"""Categories, tags, settings and figures of the knowledge base."""

from marshmallow import fields, validate

from gateway.schemas.article import KINDS, STATES
from gateway.schemas.condition import order
from gateway.schemas.pieces import Body, Line, View, one_of


class ArticleCategoryChanges(Body):
    """Another name or place; categories lie at most four deep."""

    name_zh = Line(longest=60)
    name_en = Line(longest=60)
    parent_id = fields.UUID(allow_none=True)


class NewArticleCategory(Body):
    """A category behind its siblings."""

    name_zh = Line(required=True, longest=60)
    name_en = Line(required=True, longest=60)
    parent_id = fields.UUID(allow_none=True, load_default=None)


class HelpCategory(View):
    """A category; `articles` counts those below it, too."""

    category_id = fields.UUID(required=True)
    parent_id = fields.UUID(required=True, allow_none=True)
    name_zh = fields.String(required=True)
    name_en = fields.String(required=True)
    position = fields.Integer(required=True)
    articles = fields.Integer()


class ArticleCategory(HelpCategory):
    """The same with its version."""

    version = fields.Integer(required=True)


class ArticleCategoryPage(View):
    """All categories, siblings in their order."""

    items = fields.List(fields.Nested(ArticleCategory), required=True)


class HelpCategoryPage(View):
    """Those in which everybody finds something."""

    items = fields.List(fields.Nested(HelpCategory), required=True)


class ArticleCategoryOrder(Body):
    """All children of a parent (null: of none) by their ids, in the order wanted."""

    parent_id = fields.UUID(allow_none=True, load_default=None)
    category_ids = order()


class ArticleTag(View):
    """A tag and how many published articles have it."""

    tag = fields.String(required=True)
    articles = fields.Integer(required=True)


class ArticleTagPage(View):
    """The commonest 300."""

    items = fields.List(fields.Nested(ArticleTag), required=True)


def _words(most: int) -> fields.List:
    word = Line(longest=20)
    return fields.List(word, validate=validate.Length(max=most))


class KnowledgeSettingsChanges(Body):
    """`words`: what the company calls things, never cut in two. `synonyms`: groups of words."""

    needs_other_reviewer = fields.Boolean()
    notice_days = fields.Integer(strict=True, validate=validate.Range(min=0, max=90))
    words = _words(5_000)
    synonyms = fields.List(_words(20), validate=validate.Length(max=500))


class KnowledgeSettings(View):
    """How reviews go, and how texts are cut into words."""

    needs_other_reviewer = fields.Boolean(required=True)
    notice_days = fields.Integer(required=True)
    words = fields.List(fields.String(), required=True)
    synonyms = fields.List(fields.List(fields.String()), required=True)
    version = fields.Integer(required=True)


class FiguresQuery(Body):
    """Days of the business zone, both included, at most 400."""

    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="until")


class ReadingSums(View):
    """Views, uses in answers, judgements."""

    customer_views = fields.Integer(required=True)
    staff_views = fields.Integer(required=True)
    uses = fields.Integer(required=True)
    helpful = fields.Integer(required=True)
    unhelpful = fields.Integer(required=True)


class DaySums(ReadingSums):
    """Those of a day."""

    day = fields.Date(required=True)


class ArticleSums(ReadingSums):
    """Those of an article."""

    article_id = fields.UUID(required=True)
    title = fields.String(required=True)
    kind = one_of(*KINDS, required=True)


class StateCount(View):
    """How many articles stand so."""

    state = one_of(*STATES, required=True)
    count = fields.Integer(required=True)


class MissedSearch(View):
    """What was looked for without any result: perhaps an article is missing."""

    phrase = fields.String(required=True)
    count = fields.Integer(required=True)


class KnowledgeFigures(View):
    """Whether knowledge helps."""

    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="until")
    articles = fields.List(fields.Nested(StateCount), required=True)
    totals = fields.Nested(ReadingSums, required=True)
    days = fields.List(fields.Nested(DaySums), required=True)
    top = fields.List(fields.Nested(ArticleSums), required=True)
    missed = fields.List(fields.Nested(MissedSearch), required=True)
