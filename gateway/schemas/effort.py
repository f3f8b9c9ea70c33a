"""Time spent on tickets."""

from marshmallow import fields, validate

from gateway.schemas.pieces import Body, Remark, Text, View, limit
from gateway.schemas.ticket import Assignee


class Effort(View):
    """What one person has spent on one day."""

    effort_id = fields.UUID(required=True)
    person = fields.Nested(Assignee, required=True)
    minutes = fields.Integer(required=True)
    worked_on = fields.Date(required=True)
    note = fields.String(required=True, allow_none=True)
    is_withheld = fields.Boolean(metadata={"description": "Confidential, and not shown."})
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)


class EffortTotal(View):
    """What one person has spent altogether."""

    person = fields.Nested(Assignee, required=True)
    minutes = fields.Integer(required=True)


class EffortPage(View):
    """Some, the newest first, with the totals of all; the person with the most first."""

    items = fields.List(fields.Nested(Effort), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    total_minutes = fields.Integer(required=True)
    people = fields.List(fields.Nested(EffortTotal), required=True)


class EffortQuery(Body):
    """Which page."""

    limit = limit(25)
    cursor = Text()


class NewEffort(Body):
    """So many minutes, on a day of the business's zone; without one today."""

    minutes = fields.Integer(strict=True, required=True, validate=validate.Range(min=1, max=1440))
    worked_on = fields.Date()
    note = Remark(allow_none=True)
