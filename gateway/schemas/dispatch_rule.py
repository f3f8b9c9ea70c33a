"""Rules of dispatch: which tickets go to which group, and to whom of it."""

from typing import Any

from marshmallow import fields, validate

from gateway.schemas.condition import Condition, order
from gateway.schemas.pieces import Body, Line, View, one_of
from gateway.schemas.ticket import GroupName

MODES = ("push", "grab")
STRATEGIES = ("least_loaded", "round_robin", "skill_match", "senior_first")
_DAY = 86_400


class SkillLevel(Body):
    """A skill and how much of it, 1 to 5."""

    skill_id = fields.UUID(required=True)
    level = fields.Integer(strict=True, load_default=1, validate=validate.Range(min=1, max=5))


def _skill_levels(**options: Any) -> fields.List:
    return fields.List(fields.Nested(SkillLevel), validate=validate.Length(max=20), **options)


def _seconds(**options: Any) -> fields.Integer:
    told = {"description": "Seconds for which it may be grabbed; null: until somebody does."}
    span = validate.Range(min=30, max=_DAY)
    return fields.Integer(strict=True, allow_none=True, validate=span, metadata=told, **options)


class NewDispatchRule(Body):
    """A whole rule; it is put behind the others, or replaces what it was."""

    name = Line(required=True, longest=100)
    is_active = fields.Boolean(load_default=True)
    condition = Condition(load_default=dict)
    group_id = fields.UUID(required=True)
    mode = one_of(*MODES, load_default="push")
    strategy = one_of(*STRATEGIES, load_default="least_loaded")
    is_sticky = fields.Boolean(load_default=False)
    matches_language = fields.Boolean(load_default=False)
    required_skills = _skill_levels(load_default=list)
    preferred_skills = _skill_levels(load_default=list)
    overflow_group_ids = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=10)
    )
    grab_seconds = _seconds(load_default=None)


class RuleSkill(View):
    """A skill that is wanted, from a level on; its names are null once it is gone."""

    skill_id = fields.UUID(required=True)
    key = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    level = fields.Integer(required=True)


class RuleWarning(View):
    """Why a rule that may be saved will not do what it says."""

    code = fields.String(required=True)
    field = fields.String(required=True)
    message = fields.String(required=True)


class DispatchRule(View):
    """A rule: the first whose condition holds decides. Of a list, `warnings` are left out."""

    rule_id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    name = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    condition = fields.Dict(keys=fields.String(), required=True)
    group_id = fields.UUID(required=True)
    group = fields.Nested(GroupName, required=True)
    mode = one_of(*MODES, required=True)
    strategy = one_of(*STRATEGIES, required=True)
    is_sticky = fields.Boolean(required=True)
    matches_language = fields.Boolean(required=True)
    required_skills = fields.List(fields.Nested(RuleSkill), required=True)
    preferred_skills = fields.List(fields.Nested(RuleSkill), required=True)
    overflow_group_ids = fields.List(fields.UUID(), required=True)
    overflow_groups = fields.List(fields.Nested(GroupName), required=True)
    grab_seconds = fields.Integer(required=True, allow_none=True)
    warnings = fields.List(fields.Nested(RuleWarning))
    version = fields.Integer(required=True)


class DispatchRulePage(View):
    """All rules in the order in which they are tried."""

    items = fields.List(fields.Nested(DispatchRule), required=True)


class DispatchRuleOrder(Body):
    """All rules by their ids, in the order wanted."""

    rule_ids = order()
