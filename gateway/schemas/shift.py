"""Shifts: the hours in which people can be given work."""

from marshmallow import fields

from gateway.schemas.changes import Changes
from gateway.schemas.hours import weekly
from gateway.schemas.pieces import Body, Line, View


class NewShift(Body):
    """A week's hours in a time zone."""

    name = Line(required=True, longest=100)
    zone = Line(longest=64, load_default="Asia/Shanghai")
    weekly = weekly(required=True)


class ShiftChanges(Changes):
    """What may be changed of a shift."""

    name = Line(longest=100)
    zone = Line(longest=64)
    weekly = weekly()


class Shift(View):
    """A week's hours."""

    shift_id = fields.UUID(required=True)
    name = fields.String(required=True)
    zone = fields.String(required=True)
    weekly = weekly(required=True)
    version = fields.Integer(required=True)


class ShiftPage(View):
    """All shifts by name."""

    items = fields.List(fields.Nested(Shift), required=True)
