"""What people prove who they are with, and the sessions they have."""

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.pieces import Body, Line, Text, View, limit
from gateway.schemas.session import Session


class PasswordChange(Body):
    """The present password and the new one; the rules are told where one is broken."""

    current = Text(required=True, validate=validate.Length(min=1, max=256))
    new = Text(required=True, validate=validate.Length(min=1, max=256))


class PasswordAgain(Body):
    """The present password; not needed within ten minutes of logging in."""

    password = Text(validate=validate.Length(min=1, max=256))


class AppCode(Body):
    """Six digits of the authenticator app."""

    code = Line(required=True, longest=20)


class FactorProof(Body):
    """The password (not where the login was by single sign-on) and one of the two codes."""

    password = Text(validate=validate.Length(min=1, max=256))
    code = Line(longest=20)
    recovery_code = Line(longest=40)

    @validates_schema
    def _demand_one(self, values: dict[str, str], **_: object) -> None:
        if ("code" in values) == ("recovery_code" in values):
            raise ValidationError("Send code or recovery_code.", "code")


class SecondFactorView(View):
    """Whether an authenticator app is asked for, and how many recovery codes are left."""

    is_enabled = fields.Boolean(required=True)
    confirmed_at = fields.AwareDateTime(required=True, allow_none=True)
    recovery_codes_left = fields.Integer(required=True)


class EnrolmentView(View):
    """What the app must be told: the secret, as an address, and as a picture (SVG data URI)."""

    secret = fields.String(required=True)
    uri = fields.String(required=True)
    qr = fields.String(required=True)


class RecoveryCodes(View):
    """Each good once; shown only now."""

    recovery_codes = fields.List(fields.String(), required=True)


class EnrolledSession(Session):
    """The session goes on with the second factor; the codes are shown only now."""

    recovery_codes = fields.List(fields.String(), required=True)


class PhoneNumber(Body):
    """A number as people write it."""

    phone = Line(required=True, longest=40)


class PhoneView(View):
    """One's own phone; `can_verify`: this installation sends text messages."""

    phone = fields.String(required=True, allow_none=True)
    is_verified = fields.Boolean(required=True)
    can_verify = fields.Boolean(required=True)


class SessionView(View):
    """A login that lasts. `place`: local, inside (a private network) or outside."""

    session_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    method = fields.String(required=True)
    has_second_factor = fields.Boolean(required=True)
    name = fields.String(required=True, allow_none=True)
    device = fields.String(required=True, allow_none=True)
    user_agent = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    place = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    last_used_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)


class OwnSessionView(SessionView):
    """One's own; `is_current` is the one that asks."""

    is_current = fields.Boolean(required=True)


class OwnSessionPage(View):
    """The most recently used first."""

    items = fields.List(fields.Nested(OwnSessionView), required=True)


class SessionOwner(View):
    """Whose session it is."""

    person_id = fields.UUID(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)


class ForeignSessionView(SessionView):
    """Somebody's session."""

    person = fields.Nested(SessionOwner, required=True)


class SessionPage(View):
    """The newest first."""

    items = fields.List(fields.Nested(ForeignSessionView), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SessionQuery(Body):
    """One person's, or those whose login, name or address is asked for."""

    person_id = fields.UUID()
    q = Text(validate=validate.Length(max=100))
    cursor = Text()
    limit = limit(50)
