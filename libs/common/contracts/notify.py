"""Events of notify: what became of telling people, and what customers answered when asked."""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema
from libs.common.contracts.pieces import private


class NoticeFailed(EventSchema):
    """A customer could not be told, finally; `reason` is for staff to read."""

    type = "notice.failed"
    producer = "notify"

    delivery_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    channel = fields.String(required=True)
    occasion = fields.String(required=True)
    reason = fields.String(required=True, metadata=private)


class NoticeRaised(EventSchema):
    """Somebody of the staff has a new line in their console.

    `is_urgent`: it is to stand in their way (popup) and no quiet hours hold it back.
    """

    type = "notice.raised"
    producer = "notify"

    notice_id = fields.UUID(required=True)
    recipient_id = fields.UUID(required=True)
    occasion = fields.String(required=True)
    ticket_id = fields.UUID(allow_none=True)
    number = fields.String(allow_none=True)
    is_urgent = fields.Boolean(load_default=False)
    raised_at = fields.AwareDateTime(required=True)
    title = fields.String(required=True, metadata=private)
    text = fields.String(allow_none=True, metadata=private)


class SurveyEvent(EventSchema):
    """A survey about one solving of a ticket: `solved_seq` is the `seq` of its `ticket.solved`."""

    producer = "notify"

    survey_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    customer_id = fields.UUID(required=True)
    solved_seq = fields.Integer(required=True)


class SurveySent(SurveyEvent):
    """The customer was asked; `channel` is how: mail, sms."""

    type = "survey.sent"

    channel = fields.String(required=True)
    sent_at = fields.AwareDateTime(required=True)


class SurveyAnswered(SurveyEvent):
    """The customer answered. `score` 1–5 (5 is very satisfied), `nps` 0–10.

    `is_low`: the score is one that the survey's settings call low, so that the ticket is taken up
    again. `is_satisfied` is null where the score says neither.
    """

    type = "survey.answered"

    score = fields.Integer(required=True)
    nps = fields.Integer(allow_none=True)
    tags = fields.List(fields.String(), load_default=list)
    comment = fields.String(allow_none=True, metadata=private)
    is_low = fields.Boolean(required=True)
    is_satisfied = fields.Boolean(allow_none=True)
    answered_at = fields.AwareDateTime(required=True)
