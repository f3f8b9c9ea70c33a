"""Confidential tickets: what is withheld and why, and checks of who the customer is."""

from marshmallow import fields

from gateway.schemas.pieces import Body, Remark, View, one_of
from gateway.schemas.ticket import Assignee

METHODS = ("document", "call_back", "known_answer", "account", "in_person")
RESULTS = ("passed", "failed")


class IdentityCheck(View):
    """How somebody made sure, or could not. `note` is null where the ticket is withheld."""

    check_id = fields.UUID(required=True)
    method = one_of(*METHODS, required=True)
    result = one_of(*RESULTS, required=True)
    note = fields.String(required=True, allow_none=True)
    person = fields.Nested(Assignee, required=True)
    checked_at = fields.AwareDateTime(required=True)
    valid_until = fields.AwareDateTime(required=True, allow_none=True)


class IdentityChecks(View):
    """The newest first. `valid_until`: how long the last one holds; null if none does."""

    is_needed = fields.Boolean(required=True)
    valid_until = fields.AwareDateTime(required=True, allow_none=True)
    items = fields.List(fields.Nested(IdentityCheck), required=True)


class NewIdentityCheck(Body):
    """What came out; a failed check ends an earlier one that still holds."""

    method = one_of(*METHODS, required=True)
    result = one_of(*RESULTS, required=True)
    note = Remark(allow_none=True)
