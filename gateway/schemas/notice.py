"""Notices to staff."""

from marshmallow import fields

from gateway.schemas.pieces import Body, View, limit


class Notice(View):
    """Something that the caller should know of, of a ticket or not; at once, if it `is_urgent`.

    `facts` of the occasion `security`: the alert's `kind`, `severity`, `person_name`, `address`.
    """

    notice_id = fields.UUID(required=True)
    occasion = fields.String(required=True)
    ticket_id = fields.UUID(required=True, allow_none=True)
    ticket_number = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    facts = fields.Dict(
        keys=fields.String(), values=fields.String(allow_none=True), allow_none=True
    )
    is_urgent = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)
    read_at = fields.AwareDateTime(required=True, allow_none=True)


class NoticePage(View):
    """The newest, and how many are unread in all."""

    items = fields.List(fields.Nested(Notice), required=True)
    unread_count = fields.Integer(required=True)


class NoticeQuery(Body):
    """Which ones."""

    unread = fields.Boolean(load_default=False)
    limit = limit(50)
