"""An answer that says only who gave it."""

from marshmallow import fields

from gateway.schemas.pieces import View


class Pong(View):
    """The service that answered."""

    pong = fields.String(required=True)
