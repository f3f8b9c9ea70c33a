"""Logging in and who is logged in."""

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.pieces import Body, Line, Text, View


class CaptchaAnswer(Body):
    """What is read in a picture of POST /captchas."""

    captcha_id = fields.UUID(required=True)
    answer = Line(required=True, longest=20)


class Login(Body):
    """A person's login and password; a captcha's answer where it was demanded."""

    login = Line(required=True, longest=100)
    password = Text(required=True, validate=validate.Length(min=1, max=256))
    captcha = fields.Nested(CaptchaAnswer)


class TokenRequest(Login):
    """A login for an app; `name` says which one, for the person's list of sessions."""

    name = Line(longest=100)


class SecondFactorAnswer(Body):
    """The challenge of `second_factor.required`, and one of the two codes."""

    challenge = Line(required=True, longest=100)
    code = Line(longest=20)
    recovery_code = Line(longest=40)

    @validates_schema
    def _demand_one(self, values: dict[str, str], **_: object) -> None:
        if ("code" in values) == ("recovery_code" in values):
            raise ValidationError("Send code or recovery_code.", "code")


class SmsCodeRequest(Body):
    """Who wants a code: a login or a phone number."""

    login = Line(longest=100)
    phone = Line(longest=40)
    captcha = fields.Nested(CaptchaAnswer)

    @validates_schema
    def _demand_one(self, values: dict[str, str], **_: object) -> None:
        if ("login" in values) == ("phone" in values):
            raise ValidationError("Send login or phone.", "login")


class CodeAnswer(Body):
    """A challenge and the code that was sent."""

    challenge = Line(required=True, longest=100)
    code = Line(required=True, longest=20)


class Challenge(View):
    """To be answered with a code within so many seconds."""

    challenge = fields.String(required=True)
    valid_seconds = fields.Integer(required=True)


class RefreshRequest(Body):
    """The newest refresh token."""

    refresh_token = Line(required=True, longest=100)


class RoleName(View):
    """What a role is called."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class Person(View):
    """A member of staff."""

    person_id = fields.UUID(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True, metadata={"description": "The role's key."})
    role_name = fields.Nested(RoleName)
    language = fields.String()
    is_active = fields.Boolean()


class PersonPage(View):
    """People by login."""

    items = fields.List(fields.Nested(Person), required=True)


class RenewedTokens(View):
    """An app's tokens, shown once; earlier ones are worth nothing."""

    token = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    refresh_token = fields.String(required=True)
    refresh_expires_at = fields.AwareDateTime(required=True)


class Session(View):
    """Who is logged in, until when, and what they may do.

    Until a new password is chosen, or an authenticator app set up, hardly anything is allowed.
    """

    person = fields.Nested(Person, required=True)
    permissions = fields.List(fields.String(), required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    must_change_password = fields.Boolean(required=True)
    must_enrol = fields.Boolean(required=True)
    tokens = fields.Nested(
        RenewedTokens, metadata={"description": "For apps, after a change that replaced them."}
    )


class Token(RenewedTokens):
    """A bearer token and what refreshes it, shown once."""

    person = fields.Nested(Person, required=True)


class SsoOption(View):
    """The company's sign-on."""

    label = fields.String(required=True)


class LoginOptions(View):
    """What the login page offers."""

    sms = fields.Boolean(required=True)
    sso = fields.Nested(SsoOption, required=True, allow_none=True)
    password_min_length = fields.Integer(required=True)


class CaptchaView(View):
    """A picture (PNG as a data URI) of a few characters, good for one answer."""

    captcha_id = fields.UUID(required=True)
    image = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
