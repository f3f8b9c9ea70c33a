"""Pieces that several events share."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

private = {"private": True}


def private_list(item: fields.Field) -> fields.List:
    """A list that stays on the private exchange; empty where the producer sent none."""
    return fields.List(item, load_default=list, metadata=private)


class Piece(Schema):
    """A part of an event's data; tolerant of newer producers, as the event itself."""

    class Meta:
        """Fields are only added."""

        unknown = EXCLUDE


class Attachment(Piece):
    """A file in the blob store. `size` in bytes, `sha256` in hex."""

    attachment_id = fields.UUID(required=True)
    blob_key = fields.String(required=True)
    name = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)


class ActorFact(Piece):
    """Who did it: information, never authority. `kind` is staff, customer or system.

    A customer is `客户` here: only private fields may hold the name.
    """

    kind = fields.String(required=True)
    id = fields.UUID(allow_none=True)
    name = fields.String(required=True)


class TicketScope(Piece):
    """Whom the ticket concerns: what the shared scope predicate needs to know of it."""

    assignee = fields.UUID(allow_none=True)
    group = fields.UUID(allow_none=True)
    department = fields.UUID(allow_none=True)
    region = fields.UUID(allow_none=True)
    pool = fields.UUID(allow_none=True)
    cc = fields.List(fields.UUID(), load_default=list)
    collaborators = fields.List(fields.UUID(), load_default=list)
    requester = fields.UUID(allow_none=True)
    confidential = fields.Boolean(load_default=False)


def nested(piece: type[Schema], **options: Any) -> fields.Nested:
    """A required piece."""
    return fields.Nested(piece, required=True, **options)
