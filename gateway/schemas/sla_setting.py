"""Settings of sla: what of a ticket is out of the ordinary."""

from marshmallow import fields, validate

from gateway.schemas.changes import Changes
from gateway.schemas.condition import actions, recipients
from gateway.schemas.pieces import Body, View


class RepeatedComplaint(Body):
    """So many complaints of one customer within so many days."""

    is_active = fields.Boolean(required=True)
    count = fields.Integer(strict=True, required=True, validate=validate.Range(min=2, max=100))
    days = fields.Integer(strict=True, required=True, validate=validate.Range(min=1, max=365))
    recipients = recipients(required=True)
    actions = actions(required=True)


class SlaSettings(View):
    """What is looked out for."""

    repeated_complaint = fields.Nested(RepeatedComplaint, required=True)
    version = fields.Integer(required=True)


class SlaSettingsChanges(Changes):
    """What may be changed; a part is replaced as a whole."""

    repeated_complaint = fields.Nested(RepeatedComplaint)
