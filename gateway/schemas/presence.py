"""Whether people can be given work now."""

from marshmallow import fields

from gateway.schemas.pieces import Body, View, one_of

STATES = ("online", "busy", "away", "offline")


class PresenceChange(Body):
    """What somebody says of themselves, or a supervisor of them."""

    state = one_of(*STATES, required=True)


class PresenceView(View):
    """What is known of somebody's presence. `reasons` say why they get no work by rules."""

    state = one_of(*STATES, required=True)
    since = fields.AwareDateTime(required=True, allow_none=True)
    is_available = fields.Boolean(required=True)
    reasons = fields.List(fields.String(), required=True)


class OwnPresence(PresenceView):
    """The same with the work at hand: `load` of `capacity` points, `active` tickets.

    Whose console is silent for `heartbeat_seconds` gets no more work.
    """

    load_ = fields.Integer(required=True, data_key="load", attribute="load")
    capacity = fields.Integer(required=True)
    active = fields.Integer(required=True)
    grabbed = fields.Integer(required=True)
    grab_quota = fields.Integer(required=True)
    heartbeat_seconds = fields.Integer(required=True)
