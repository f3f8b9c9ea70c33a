"""Single sign-on."""

from marshmallow import fields, validate

from gateway.schemas.pieces import Body, Text, View


class SsoDeparture(Body):
    """The page of the console that was wanted."""

    next = Text(load_default="/", validate=validate.Length(max=500))


class SsoReturn(View):
    """What the provider sends along (RFC 6749, 4.1.2; RFC 9207); it may add more."""

    code = Text(validate=validate.Length(max=4_000))
    state = Text(validate=validate.Length(max=200))
    iss = Text(validate=validate.Length(max=500))
    error = Text(validate=validate.Length(max=200))
    error_description = fields.Raw()
