"""Logging in and who is logged in."""

from marshmallow import fields, validate

from gateway.schemas.pieces import ROLES, Body, Line, Text, View, one_of


class Login(Body):
    """A person's login and password."""

    login = Line(required=True, longest=100)
    password = Text(required=True, validate=validate.Length(min=1, max=256))


class TokenRequest(Login):
    """A login for an app; `name` says which one, for the person's list of sessions."""

    name = Line(longest=100)


class Person(View):
    """A member of staff."""

    person_id = fields.UUID(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    role = one_of(*ROLES, required=True)
    language = fields.String()
    is_active = fields.Boolean()


class PersonPage(View):
    """People by login."""

    items = fields.List(fields.Nested(Person), required=True)


class Session(View):
    """Who is logged in, until when, and what they may do."""

    person = fields.Nested(Person, required=True)
    permissions = fields.List(fields.String(), required=True)
    expires_at = fields.AwareDateTime(required=True)


class Token(View):
    """A bearer token, shown once."""

    token = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    person = fields.Nested(Person, required=True)
