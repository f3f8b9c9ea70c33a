"""Surveys: the page that customers answer on, what they answered, and the settings."""

from marshmallow import fields, validate

from gateway.schemas.changes import Changes
from gateway.schemas.pieces import (
    KINDS,
    Body,
    CommaSeparated,
    Line,
    Text,
    View,
    limit,
    one_of,
)
from gateway.schemas.ticket import Assignee, GroupName

_STATES = ("open", "answered", "expired", "superseded")
_STATUSES = ("waiting", "sent", "answered", "expired", "superseded", "cancelled")
_LANGUAGES = ("zh", "en")
_USES = ("low", "high", "all")


class SurveyPageQuery(Body):
    """In another language than the customer's own."""

    language = one_of(*_LANGUAGES)


class SurveyTagChoice(View):
    """A reason to choose; `for` says for which scores it is offered: low, high or all."""

    key = fields.String(required=True)
    label = fields.String(required=True)
    for_ = one_of(*_USES, required=True, data_key="for", attribute="for")


class SurveyPage(View):
    """What a link leads to; `score` is what was answered, once it is."""

    number = fields.String(required=True)
    company = fields.String(required=True)
    language = one_of(*_LANGUAGES, required=True)
    state = one_of(*_STATES, required=True)
    title = fields.String(required=True)
    question = fields.String(required=True)
    thanks = fields.String(required=True)
    asks_nps = fields.Boolean(required=True)
    tags = fields.List(fields.Nested(SurveyTagChoice), required=True)
    score = fields.Integer(required=True, allow_none=True)
    expires_at = fields.AwareDateTime(required=True)


class SurveyAnswer(Body):
    """`score` 1 to 5, 5 is very satisfied; `nps` 0 to 10; `tags` are keys."""

    score = fields.Integer(strict=True, required=True, validate=validate.Range(min=1, max=5))
    nps = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=0, max=10))
    tags = fields.List(Line(longest=40), validate=validate.Length(max=10))
    comment = Text(allow_none=True, validate=validate.Length(max=2_000))


class SurveyQuery(Body):
    """Which surveys; `from` and `until` bound the answer, or the solution if `status` is given."""

    status = one_of(*_STATUSES)
    score = CommaSeparated(metadata={"description": "Scores from 1 to 5, separated by commas."})
    is_satisfied = fields.Boolean()
    number = Line(longest=40)
    group_id = fields.UUID()
    agent_id = fields.UUID()
    customer_id = fields.UUID()
    from_ = fields.AwareDateTime(data_key="from", attribute="from")
    until = fields.AwareDateTime()
    limit = limit(25)
    cursor = Text()


class Survey(View):
    """One survey; `agent` had the ticket when it was solved, `group` has it now."""

    survey_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    number = fields.String(required=True)
    customer_id = fields.UUID(required=True)
    kind = one_of(*KINDS, required=True)
    status = one_of(*_STATUSES, required=True)
    channel = fields.String(required=True, allow_none=True)
    score = fields.Integer(required=True, allow_none=True)
    nps = fields.Integer(required=True, allow_none=True)
    is_satisfied = fields.Boolean(required=True, allow_none=True)
    tags = fields.List(fields.String(), required=True)
    comment = fields.String(required=True, allow_none=True)
    agent = fields.Nested(Assignee, required=True, allow_none=True)
    group = fields.Nested(GroupName, required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    expires_at = fields.AwareDateTime(required=True)


class SurveyList(View):
    """Newest first; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(Survey), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SurveyTag(Body):
    """A reason that customers may choose; `for`: with low scores, high ones, or all."""

    key = Line(required=True, longest=40)
    zh = Line(required=True, longest=40)
    en = Line(required=True, longest=40)
    for_ = one_of(*_USES, required=True, data_key="for", attribute="for")


class SurveyTagList(View):
    """All of them, in their order."""

    items = fields.List(fields.Nested(SurveyTag), required=True)


class SurveyWords(Body):
    """What the page says in one language."""

    title = Line(required=True, longest=60)
    question = Line(required=True, longest=200)
    thanks = Line(required=True, longest=300)


class SurveyTexts(Body):
    """In both languages."""

    zh = fields.Nested(SurveyWords, required=True)
    en = fields.Nested(SurveyWords, required=True)


class SurveySettings(View):
    """Whether, when and how customers are asked. `kinds` null: about tickets of all kinds."""

    is_active = fields.Boolean(required=True)
    delay_seconds = fields.Integer(required=True)
    valid_days = fields.Integer(required=True)
    low_score = fields.Integer(required=True)
    asks_nps = fields.Boolean(required=True)
    is_sent_for_internal = fields.Boolean(required=True)
    kinds = fields.List(one_of(*KINDS), required=True, allow_none=True)
    tags = fields.List(fields.Nested(SurveyTag), required=True)
    texts = fields.Nested(SurveyTexts, required=True)
    version = fields.Integer(required=True)


class SurveySettingsChanges(Changes):
    """What may be changed; lists and texts are replaced as a whole."""

    is_active = fields.Boolean()
    delay_seconds = fields.Integer(strict=True, validate=validate.Range(min=0, max=30 * 86_400))
    valid_days = fields.Integer(strict=True, validate=validate.Range(min=1, max=90))
    low_score = fields.Integer(
        strict=True,
        validate=validate.Range(min=1, max=3),
        metadata={"description": "This score and lower ones reopen the ticket."},
    )
    asks_nps = fields.Boolean()
    is_sent_for_internal = fields.Boolean()
    kinds = fields.List(one_of(*KINDS), allow_none=True)
    tags = fields.List(fields.Nested(SurveyTag), validate=validate.Length(max=30))
    texts = fields.Nested(SurveyTexts)
