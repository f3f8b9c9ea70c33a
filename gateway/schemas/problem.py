"""The shape of every refusal and failure."""

from marshmallow import Schema, fields


class Problem(Schema):
    """RFC 9457, and what we add to it."""

    class Meta:
        """Some codes bring details of their own."""

        unknown = "include"

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(allow_none=True)
    code = fields.String(required=True, metadata={"description": "Stable: `<noun>.<problem>`."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "What is wrong, by the field's (dotted) name."},
    )
    request_id = fields.String(required=True)
    outcome = fields.String(metadata={"description": "`unknown`: repeat with command_id."})
    command_id = fields.String()
