"""Who names a thing that somebody may want to put away."""

from marshmallow import fields

from gateway.schemas.pieces import View, one_of

USING = (
    *("trigger", "automation", "quality_rule", "macro", "canned_reply", "category", "template"),
    *("view", "sla_policy", "sla_setting", "dispatch_rule"),
)


class Use(View):
    """What names it; `name` is null for what others keep for themselves, `id` for settings, of
    which there is one; their `name` is the setting's."""

    kind = one_of(*USING, required=True)
    id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)


# Who is asked beside ticketing.
ELSEWHERE = ("sla", "dispatch")


def unanswered() -> fields.List:
    """Services that were asked and have not answered: what they know of is missing."""
    return fields.List(
        one_of(*ELSEWHERE),
        metadata={"description": "Have not answered: what they know of is missing in `uses`."},
    )


def uses(*, required: bool = False) -> fields.List:
    """All that name it, to 200."""
    return fields.List(fields.Nested(Use), required=required)
