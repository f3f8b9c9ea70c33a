"""Who else looks at a ticket, or writes."""

from marshmallow import fields

from gateway.schemas.pieces import Body, View, one_of

_STATES = ("viewing", "writing")


class PresenceSign(Body):
    """What the caller does there."""

    state = one_of(*_STATES, required=True)


class PresentPerson(View):
    """Somebody who is there."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    state = one_of(*_STATES, required=True)


class PresentPeople(View):
    """The others, who writes first."""

    people = fields.List(fields.Nested(PresentPerson), required=True)
