"""Texts of one's own, and what they would say."""

from typing import Any

from marshmallow import fields, validate

from gateway.schemas.notification_rule import AUDIENCES, LANGUAGES, TEXTS
from gateway.schemas.pieces import Body, Line, Text, View, one_of

_BODY, _HTML, _SUBJECT = 20_000, 60_000, 300


def _text(longest: int, **options: Any) -> Text:
    return Text(validate=validate.Length(max=longest), **options)


class _Words(Body):
    """What a text is about, and its words."""

    occasion = Line(required=True, longest=40)
    channel = one_of(*TEXTS, required=True)
    language = one_of(*LANGUAGES, required=True)
    subject = _text(_SUBJECT, allow_none=True, load_default=None)
    body = _text(_BODY, required=True)
    html = _text(_HTML, allow_none=True, load_default=None)


class NewNotificationTemplate(_Words):
    """Jinja's `{{ variable }}` and `{% if %}`, no loops and no calls.

    `key`: the occasion's own by default, which replaces the shipped text; under another one it is
    for rules that name it. `provider_code` is the id of a text that the SMS provider keeps, and
    `provider_params` are its variables in its order.
    """

    key = Line(longest=60, allow_none=True, load_default=None)
    provider_code = Line(longest=100, allow_none=True, load_default=None)
    provider_params = fields.List(
        Line(longest=40), load_default=list, validate=validate.Length(max=20)
    )


class NotificationTemplate(View):
    """A text of one's own."""

    template_id = fields.UUID(required=True)
    key = fields.String(required=True)
    occasion = fields.String(required=True)
    channel = one_of(*TEXTS, required=True)
    language = one_of(*LANGUAGES, required=True)
    subject = fields.String(required=True, allow_none=True)
    body = fields.String(required=True)
    html = fields.String(required=True, allow_none=True)
    provider_code = fields.String(required=True, allow_none=True)
    provider_params = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)
    updated_at = fields.AwareDateTime(required=True)


class NotificationTemplatePage(View):
    """All of them; where there is none the shipped text holds."""

    items = fields.List(fields.Nested(NotificationTemplate), required=True)


class NotificationTemplateQuery(Body):
    """Which ones."""

    occasion = Line(longest=40)


class TemplatePreview(_Words):
    """A text to be tried, on a ticket by its number or on a sample."""

    audience = one_of(*AUDIENCES)
    number = Line(longest=32)


class TemplateFault(View):
    """What is wrong with a text, and in which line of which field."""

    field = fields.String(required=True)
    line = fields.Integer(required=True)
    message = fields.String(required=True)


class RenderedText(View):
    """What would be read."""

    subject = fields.String(required=True)
    text = fields.String(required=True)
    html = fields.String(required=True, allow_none=True)


class TemplatePreviewed(View):
    """The words, or what is wrong."""

    rendered = fields.Nested(RenderedText, required=True, allow_none=True)
    errors = fields.List(fields.Nested(TemplateFault), required=True)
