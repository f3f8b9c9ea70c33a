"""What becomes of quality checks (质检): results, appeals, confirmations."""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema
from libs.common.contracts.pieces import ActorFact, nested


class QualityEvent(EventSchema):
    """A review after the event; of two events of a review the one with the higher `version` holds.

    `total` is 0 to 100. `source`: rule, sample, manual. `state`: scored, appealed, upheld, changed,
    confirmed. Handler, group, department and region are those of the ticket when it was drawn.
    `due_at`: when the result is confirmed by itself. What was written about it is never told.
    """

    producer = "ticketing"

    review_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    source = fields.String(required=True)
    rule_id = fields.UUID(allow_none=True)
    sheet_id = fields.UUID(required=True)
    sheet_number = fields.Integer(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    handler_id = fields.UUID(required=True)
    reviewer_id = fields.UUID(required=True)
    group_id = fields.UUID(allow_none=True)
    department_id = fields.UUID(allow_none=True)
    region_id = fields.UUID(allow_none=True)
    total = fields.Integer(required=True)
    is_passed = fields.Boolean(required=True)
    is_fatal = fields.Boolean(required=True)
    scored_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(allow_none=True)
    occurred_at = fields.AwareDateTime(required=True)
    actor = nested(ActorFact)


class QualityReviewScored(QualityEvent):
    """A ticket's handling was judged by a score sheet."""

    type = "quality.review_scored"


class QualityReviewAppealed(QualityEvent):
    """Who handled the ticket disputes the result."""

    type = "quality.review_appealed"


class QualityAppealDecided(QualityEvent):
    """The result stands (`state` upheld), or became another (changed)."""

    type = "quality.appeal_decided"


class QualityReviewConfirmed(QualityEvent):
    """The result is final: the handler agreed, or did not dispute it in time."""

    type = "quality.review_confirmed"


QUALITY_EVENTS = (
    QualityReviewScored,
    QualityReviewAppealed,
    QualityAppealDecided,
    QualityReviewConfirmed,
)
