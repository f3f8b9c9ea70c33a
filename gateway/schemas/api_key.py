"""API keys."""

from marshmallow import fields, validate

from gateway.schemas.pieces import Body, Line, View


class ApiKeyView(View):
    """A program's key; its token is shown only when it is made. `hint` are its last characters."""

    api_key_id = fields.UUID(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    permissions = fields.List(fields.String(), required=True, allow_none=True)
    hint = fields.String(required=True)
    allowed_networks = fields.List(fields.String(), required=True)
    rate_per_minute = fields.Integer(required=True, allow_none=True)
    created_by = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    last_used_at = fields.AwareDateTime(required=True, allow_none=True)
    last_used_from = fields.String(required=True, allow_none=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


class ApiKeyPage(View):
    """The newest first; revoked ones stay for the record."""

    items = fields.List(fields.Nested(ApiKeyView), required=True)


class NewApiKeyView(ApiKeyView):
    """A key that has just been made, with the token that nobody will see again."""

    token = fields.String(required=True)


class NewApiKey(Body):
    """A role, narrowed to some of its permissions if they are named."""

    name = Line(required=True, longest=80)
    role = Line(required=True, longest=64)
    permissions = fields.List(
        Line(longest=64), allow_none=True, load_default=None, validate=validate.Length(max=200)
    )
    allowed_networks = fields.List(
        Line(longest=64), load_default=list, validate=validate.Length(max=50)
    )
    rate_per_minute = fields.Integer(
        allow_none=True, load_default=None, validate=validate.Range(min=1, max=1_000_000)
    )
    expires_at = fields.AwareDateTime(allow_none=True, load_default=None)
