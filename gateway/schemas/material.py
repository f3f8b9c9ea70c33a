"""Documents that customers are asked for by a link (R76)."""

from marshmallow import fields, validate

from gateway.schemas.pieces import Body, Remark, Text, View, one_of
from gateway.schemas.ticket import Assignee

_KINDS = ("image", "pdf", "document", "spreadsheet", "video")
_STATES = ("open", "received", "revoked", "expired")


class UploadRequest(View):
    """What was asked for. `link` is told once, to who has made it."""

    request_id = fields.UUID(required=True)
    text = fields.String(required=True)
    is_withheld = fields.Boolean(metadata={"description": "Confidential, and not shown."})
    kinds = fields.List(one_of(*_KINDS), required=True)
    max_files = fields.Integer(required=True)
    state = one_of(*_STATES, required=True)
    requester = fields.Nested(Assignee, required=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    received_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)
    link = fields.String()


class UploadRequestList(View):
    """Those of a ticket, the newest first."""

    items = fields.List(fields.Nested(UploadRequest), required=True)


class NewUploadRequest(Body):
    """What is wanted, of which kinds, how many files, for how many days; `status` as of a reply."""

    text = Text(required=True, validate=validate.Length(min=1, max=1_000))
    kinds = fields.List(
        one_of(*_KINDS), load_default=["image", "pdf"], validate=validate.Length(min=1, max=5)
    )
    max_files = fields.Integer(strict=True, load_default=5, validate=validate.Range(min=1, max=10))
    days = fields.Integer(strict=True, load_default=7, validate=validate.Range(min=1, max=30))
    status = Text()


class UploadPage(View):
    """What a link leads to: nothing of the ticket but its number."""

    number = fields.String(required=True)
    state = one_of(*_STATES, required=True)
    text = fields.String(required=True)
    kinds = fields.List(one_of(*_KINDS), required=True)
    max_files = fields.Integer(required=True)
    expires_at = fields.AwareDateTime(required=True)


class UploadSubmission(Body):
    """The files that were sent by the link and are meant, with a word if wanted."""

    attachment_ids = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=10)
    )
    note = Remark(allow_none=True)
