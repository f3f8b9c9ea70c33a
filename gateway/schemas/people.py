"""Asking for people."""

from marshmallow import fields

from gateway.schemas.pieces import Body, Line, Text, limit


class PeopleQuery(Body):
    """Part of a login or name, a role, a group."""

    q = Text()
    role = Line(longest=64)
    group_id = fields.UUID()
    limit = limit(50)
