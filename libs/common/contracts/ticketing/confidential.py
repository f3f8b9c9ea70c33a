"""What becomes of confidential tickets."""

from marshmallow import fields

from libs.common.contracts.ticketing.header import TicketEvent


class TicketIdentityChecked(TicketEvent):
    """Somebody has checked who the customer of a confidential ticket is, before reading it.

    `method`: document, call_back, known_answer, account, in_person. `result`: passed or failed;
    a failed check ends an earlier one, and `valid_until` is null. What was noted stays inside.
    """

    type = "ticket.identity_checked"

    method = fields.String(required=True)
    result = fields.String(required=True)
    valid_until = fields.AwareDateTime(allow_none=True, load_default=None)
