"""Events of kb: what was published, what was asked of reviewers, what was of use.

`article` events carry the article's header; texts stay in kb.
"""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema
from libs.common.contracts.pieces import ActorFact, nested, private


class ArticleEvent(EventSchema):
    """An article's header after the event; of two events the one with the higher `revision` holds.

    `kind`: faq, solution, document, training. `audience`: public, staff. `state`: draft, review,
    published, expired, archived. `number` counts the published versions from 1.
    """

    producer = "kb"

    article_id = fields.UUID(required=True)
    revision = fields.Integer(required=True)
    kind = fields.String(required=True)
    language = fields.String(required=True)
    audience = fields.String(required=True)
    state = fields.String(required=True)
    title = fields.String(required=True, metadata=private)
    category_id = fields.UUID(allow_none=True)
    tags = fields.List(fields.String(), load_default=list)
    version_id = fields.UUID(allow_none=True)
    number = fields.Integer(allow_none=True)
    occurred_at = fields.AwareDateTime(required=True)
    actor = nested(ActorFact)


class ArticleReviewRequested(ArticleEvent):
    """A draft waits for somebody who may approve it."""

    type = "article.review_requested"

    comment = fields.String(allow_none=True, metadata=private)


class ArticleReviewDeclined(ArticleEvent):
    """The reviewer sent the draft back to `author_id`, and says why."""

    type = "article.review_declined"

    author_id = fields.UUID(allow_none=True)
    comment = fields.String(allow_none=True, metadata=private)


class ArticlePublished(ArticleEvent):
    """A version can be read by its audience."""

    type = "article.published"

    valid_until = fields.AwareDateTime(allow_none=True)
    author_id = fields.UUID(allow_none=True)


class ArticleWithdrawn(ArticleEvent):
    """The article can no longer be read by its audience. `cause`: expired, archived, withdrawn."""

    type = "article.withdrawn"

    cause = fields.String(required=True)
    author_id = fields.UUID(allow_none=True)


class ArticleExpiring(ArticleEvent):
    """In a week nobody will read the article any more unless somebody looks it through again."""

    type = "article.expiring"

    valid_until = fields.AwareDateTime(required=True)
    author_id = fields.UUID(allow_none=True)


class ArticleJudged(EventSchema):
    """A reader said whether the article helped; `reader`: customer or staff."""

    type = "article.judged"
    producer = "kb"

    article_id = fields.UUID(required=True)
    is_helpful = fields.Boolean(required=True)
    reader = fields.String(required=True)
    judged_at = fields.AwareDateTime(required=True)


class SuggestionUsed(EventSchema):
    """A member of staff put an article into an answer to a ticket."""

    type = "suggestion.used"
    producer = "kb"

    use_id = fields.UUID(required=True)
    article_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    person_id = fields.UUID(required=True)
    rank = fields.Integer(allow_none=True)
    used_at = fields.AwareDateTime(required=True)
