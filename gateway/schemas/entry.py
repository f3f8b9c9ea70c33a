"""The timeline: messages, notes and what happened, with their attachments."""

from marshmallow import fields, validate

from gateway.schemas.pieces import (
    Body,
    LongText,
    Text,
    View,
    Withheld,
    attachment_ids,
    limit,
    one_of,
)


class Attachment(View):
    """A file; its bytes are at /attachments/{attachment_id}."""

    attachment_id = fields.UUID(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    safety = one_of(
        *("clean", "harmful", "unscannable", "waiting"),
        allow_none=True,
        metadata={"description": "What the virus scanner says; null where there is none."},
    )
    has_thumbnail = fields.Boolean(
        metadata={"description": "A small picture is at /attachments/{attachment_id}/thumbnail."}
    )


class Author(View):
    """Who wrote or did it."""

    kind = one_of("customer", "agent", "system", required=True)
    id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)


class Mention(View):
    """A colleague whom a note is meant for (@)."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)


class Entry(View):
    """One thing in a ticket's timeline."""

    entry_id = fields.UUID(required=True)
    seq = fields.Integer(required=True)
    kind = one_of("message", "note", "event", required=True)
    direction = one_of("in", "out", required=True, allow_none=True)
    author = fields.Nested(Author, required=True)
    text = fields.String(required=True, allow_none=True)
    html = fields.String(required=True, allow_none=True)
    attachments = fields.List(fields.Nested(Attachment), required=True)
    event = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    is_auto_reply = fields.Boolean(required=True)
    mentions = fields.List(fields.Nested(Mention))
    is_withheld = fields.Boolean(metadata={"description": "Confidential, and not shown."})
    created_at = fields.AwareDateTime(required=True)


class TimelinePage(Withheld):
    """Entries in ascending order; `previous_cursor` leads to older ones."""

    items = fields.List(fields.Nested(Entry), required=True)
    previous_cursor = fields.String(required=True, allow_none=True)


class TimelineQuery(Body):
    """Which page."""

    cursor = Text()
    limit = limit(50)


class NewNote(Body):
    """An internal note; `mentions` are people whom it is meant for (@)."""

    text = LongText(required=True)
    attachment_ids = attachment_ids()
    mentions = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=20))


class NewReply(Body):
    """An answer to the customer; `status` moves the ticket along with it."""

    text = LongText(required=True)
    attachment_ids = attachment_ids()

    status = Text()
