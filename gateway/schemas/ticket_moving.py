"""What people send to have tickets followed, urged, supervised, deleted."""

from marshmallow import fields, validate

from gateway.schemas.pieces import Body, Line, Remark, one_of


class CopyChoice(Body):
    """A person, a group or a department."""

    kind = one_of("person", "group", "department", required=True)
    id = fields.UUID(required=True)


class CopyChanges(Body):
    """Who follows the ticket from now on, and who no longer (抄送)."""

    added = fields.List(
        fields.Nested(CopyChoice), load_default=list, validate=validate.Length(max=50)
    )
    removed = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=50))
    note = Remark()


class Urge(Body):
    """The customer asks how it goes (催单), perhaps in so many words."""

    note = Remark()


class NewSupervision(Body):
    """Until when it is to be done, and how often people are reminded (督办)."""

    due_at = fields.AwareDateTime(required=True)
    every_hours = fields.Integer(
        strict=True, required=True, validate=validate.Range(min=1, max=720)
    )
    note = Remark()


class SignOff(Body):
    """What the leader says of the result."""

    words = Remark(required=True)


class Cancellation(Body):
    """Why it is not supervised any more."""

    reason = Remark(required=True)


class Deletion(Body):
    """Why it goes into the bin."""

    reason = Remark(required=True)


class Purge(Body):
    """The ticket's number once more: there is no way back."""

    confirmation = Line(required=True, longest=40)
