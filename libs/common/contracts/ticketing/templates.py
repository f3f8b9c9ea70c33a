"""What becomes of tickets whose template changes."""

from marshmallow import fields

from libs.common.contracts.pieces import Piece, nested, private
from libs.common.contracts.ticketing.header import TicketEvent


class TemplateFact(Piece):
    """A version of a template."""

    key = fields.String(required=True)
    version = fields.Integer(required=True)


class TicketTemplateChanged(TicketEvent):
    """The ticket has another template, or another version of it, and perhaps another kind.

    `kept` and `lost` are keys of fields: what the new template has no place for is no longer among
    the custom fields. `lost_category_id`: the category that it had, where the new template does
    not offer it.
    """

    type = "ticket.template_changed"

    from_template = nested(TemplateFact, allow_none=True)
    to_template = nested(TemplateFact)
    from_kind = fields.String(required=True)
    kept = fields.List(fields.String(), load_default=list)
    lost = fields.List(fields.String(), load_default=list)
    lost_category_id = fields.UUID(allow_none=True, load_default=None)
    reason = fields.String(allow_none=True, metadata=private)
