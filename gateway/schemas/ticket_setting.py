"""Settings of tickets: how they end, are urged, and leave the bin."""

from marshmallow import fields, validate

from gateway.schemas.changes import Changes
from gateway.schemas.pieces import Line, View


class TicketSettings(View):
    """What holds for all tickets; days that are null: never."""

    reopen_days = fields.Integer(required=True)
    close_days = fields.Integer(required=True, allow_none=True)
    archive_days = fields.Integer(required=True, allow_none=True)
    needs_confirmation = fields.Boolean(required=True)
    needs_transfer_note = fields.Boolean(required=True)
    urge_hours = fields.Integer(required=True)
    urge_words = fields.List(fields.String(), required=True)
    bin_days = fields.Integer(required=True)
    identity_check_hours = fields.Integer(required=True)
    allows_free_tags = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class TicketDemands(View):
    """What the settings want of everybody who works on tickets."""

    needs_confirmation = fields.Boolean(required=True)
    needs_transfer_note = fields.Boolean(required=True)


def _days(least: int, most: int, **options: object) -> fields.Integer:
    bounds = validate.Range(min=least, max=most)
    return fields.Integer(strict=True, validate=bounds, **options)  # type: ignore[arg-type]


class TicketSettingsChanges(Changes):
    """Some of it."""

    reopen_days = _days(
        0, 365, metadata={"description": "An answer so soon after closing reopens; 0: never."}
    )
    close_days = _days(1, 365, allow_none=True)
    archive_days = _days(1, 3650, allow_none=True)
    needs_confirmation = fields.Boolean()
    needs_transfer_note = fields.Boolean()
    urge_hours = _days(1, 168)
    urge_words = fields.List(Line(longest=40), validate=validate.Length(min=1, max=100))
    bin_days = _days(1, 3650)
    identity_check_hours = _days(
        1, 720, metadata={"description": "How long a passed check of a customer holds."}
    )
    allows_free_tags = fields.Boolean()
