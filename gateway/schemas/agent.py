"""People whom dispatch gives work: skills, capacity, leaves."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.account import Matching
from gateway.schemas.changes import Changes
from gateway.schemas.dispatch_rule import SkillLevel
from gateway.schemas.pieces import Body, Line, Remark, Text, View, limit
from gateway.schemas.presence import PresenceView
from gateway.schemas.ticket import GroupName

MOST_POINTS = 1_000


def points(**options: Any) -> fields.Integer:
    """Capacity or quota."""
    span = validate.Range(min=0, max=MOST_POINTS)
    return fields.Integer(strict=True, validate=span, **options)


class Skill(View):
    """Something that people can and tickets may want."""

    skill_id = fields.UUID(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class SkillPage(View):
    """Skills by name."""

    items = fields.List(fields.Nested(Skill), required=True)


class NewSkill(Body):
    """A skill. Its key never changes."""

    key = Matching(r"[a-z][a-z0-9_]{0,49}", required=True)
    name = Line(required=True, longest=100)


class SkillChanges(Changes):
    """Another name, or out of use: what is not active is asked of nobody."""

    name = Line(longest=100)
    is_active = fields.Boolean()


class AgentQuery(Body):
    """Part of the name or login, a group, and a page of it."""

    q = Text(validate=validate.Length(max=100))
    group_id = fields.UUID()
    limit = limit(50)
    cursor = Text()


class AgentSkill(View):
    """A skill that somebody has, 1 to 5."""

    skill_id = fields.UUID(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.Integer(required=True)


class ShiftName(View):
    """The shift that somebody works in."""

    shift_id = fields.UUID(required=True)
    name = fields.String(required=True)


class Leave(View):
    """Time in which somebody is given no work."""

    person_id = fields.UUID(required=True)
    leave_id = fields.UUID(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)


class NewLeave(Body):
    """From when to when, and why."""

    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    reason = Text(load_default="", validate=validate.Length(max=500))

    @validates_schema
    def refuse_reversed(self, leave: dict[str, Any], **_: object) -> None:
        """It ends after it has begun."""
        if leave["ends_at"] <= leave["starts_at"]:
            raise ValidationError({"ends_at": ["Not after starts_at."]})


class Agent(View):
    """Somebody with what dispatch knows of them. Capacity null: the default holds."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    login = fields.String(required=True, allow_none=True)
    groups = fields.List(fields.Nested(GroupName), required=True)
    capacity = fields.Integer(required=True, allow_none=True)
    default_capacity = fields.Integer(required=True)
    seniority = fields.Integer(required=True)
    languages = fields.List(fields.String(), required=True)
    skills = fields.List(fields.Nested(AgentSkill), required=True)
    shift = fields.Nested(ShiftName, required=True, allow_none=True)
    grab_quota = fields.Integer(required=True, allow_none=True)
    is_automatic = fields.Boolean(required=True)
    note = fields.String(required=True)
    leaves = fields.List(fields.Nested(Leave), required=True)
    presence = fields.Nested(PresenceView, required=True)
    load_ = fields.Integer(required=True, data_key="load", attribute="load")
    active = fields.Integer(required=True)
    grabbed = fields.Integer(required=True)
    version = fields.Integer(required=True)


class AgentPage(View):
    """Agents by name; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(Agent), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AgentChanges(Changes):
    """What may be changed. `skills` is the whole list; not automatic: only by hand."""

    capacity = points(allow_none=True)
    seniority = fields.Integer(strict=True, validate=validate.Range(min=0, max=5))
    languages = fields.List(Line(longest=16), validate=validate.Length(max=20))
    skills = fields.List(fields.Nested(SkillLevel), validate=validate.Length(max=50))
    shift_id = fields.UUID(allow_none=True)
    grab_quota = points(allow_none=True)
    is_automatic = fields.Boolean()
    note = Text(validate=validate.Length(max=2_000))


class HandOver(Body):
    """All tickets of somebody go to a colleague, or back to their groups."""

    reason = Remark(required=True)
    to_person_id = fields.UUID()


class HandOverResult(View):
    """How many tickets are on their way."""

    count = fields.Integer(required=True)
