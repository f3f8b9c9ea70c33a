"""Asking for a file."""

from marshmallow import fields

from gateway.schemas.pieces import Body


class DownloadQuery(Body):
    """Shown in the browser, or saved."""

    inline = fields.Boolean(load_default=False)
