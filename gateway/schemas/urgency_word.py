"""Scales of urgency, and what hints at one."""

from marshmallow import fields, validate

from gateway.schemas.changes import Changes
from gateway.schemas.pieces import KINDS, URGENCIES, Body, Line, View, one_of


class UrgencyWord(Body):
    """A word of a scale, and the urgency that it stands for."""

    key = Line(required=True, longest=40)
    label_zh = Line(required=True, longest=30)
    label_en = Line(required=True, longest=30)
    urgency = one_of(*URGENCIES, required=True)


class UrgencyScale(Body):
    """Words from the most urgent down; requests of these `kinds` are judged by it."""

    key = Line(required=True, longest=40)
    name_zh = Line(required=True, longest=30)
    name_en = Line(required=True, longest=30)
    kinds = fields.List(one_of(*KINDS), load_default=list)
    words = fields.List(
        fields.Nested(UrgencyWord), required=True, validate=validate.Length(min=1, max=10)
    )


class UrgencyHint(Body):
    """What customers write when it is urgent: it proposes an urgency, and never sets it."""

    word = Line(required=True, longest=40)
    urgency = one_of(*URGENCIES[1:], required=True)


class UrgencyWords(View):
    """All scales, the usual one first, and all hints."""

    scales = fields.List(fields.Nested(UrgencyScale), required=True)
    hints = fields.List(fields.Nested(UrgencyHint), required=True)
    version = fields.Integer(required=True)


class UrgencyWordChanges(Changes):
    """Other scales or hints in place of the old."""

    scales = fields.List(fields.Nested(UrgencyScale), validate=validate.Length(min=1, max=20))
    hints = fields.List(fields.Nested(UrgencyHint), validate=validate.Length(max=300))


class HintAnswer(Body):
    """采纳 or 忽略."""

    is_accepted = fields.Boolean(required=True)
