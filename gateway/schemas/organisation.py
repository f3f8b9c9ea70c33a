"""Departments, regions, brands, and groups with their members."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.organisation.tree import SEPARATORS
from gateway.schemas.account import Matching
from gateway.schemas.pieces import Body, Line, Remark, Text, View

MOST_MEMBERS = 500
_LAST_POSITION = 9_999


class UnitName(Line):
    """A name that may stand in a path."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, *args, **kwargs)
        if any(separator in text for separator in SEPARATORS):
            raise ValidationError("No slashes: they separate the names of a path.")
        return text


def _position(**options: Any) -> fields.Integer:
    told = {"description": "Its place among its siblings; equal ones stand by name."}
    span = validate.Range(min=0, max=_LAST_POSITION)
    return fields.Integer(strict=True, validate=span, metadata=told, **options)


class _Unit(View):
    parent_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)
    position = fields.Integer(required=True)
    is_active = fields.Boolean(required=True)
    child_count = fields.Integer(required=True)
    person_count = fields.Integer(required=True)
    group_count = fields.Integer(required=True)
    version = fields.Integer(required=True)


class Department(_Unit):
    """A department, and how much that is active belongs to it itself."""

    department_id = fields.UUID(required=True)


class Region(_Unit):
    """A region, and how much that is active belongs to it itself."""

    region_id = fields.UUID(required=True)


class DepartmentPage(View):
    """All departments; `parent_id` makes the tree."""

    items = fields.List(fields.Nested(Department), required=True)


class RegionPage(View):
    """All regions; `parent_id` makes the tree."""

    items = fields.List(fields.Nested(Region), required=True)


class InactiveQuery(Body):
    """Whether what is no longer active is wanted, too."""

    include_inactive = fields.Boolean(load_default=False)


class NewUnit(Body):
    """A department or a region; without a parent it stands at the top."""

    name = UnitName(required=True, longest=60)
    parent_id = fields.UUID(load_default=None, allow_none=True)
    position = _position(load_default=0)


class _Changes(Body):
    @validates_schema
    def refuse_nothing(self, changes: dict[str, object], **_: object) -> None:
        """An empty change is a mistake."""
        if not changes:
            raise ValidationError("Nothing to change.")


class UnitChanges(_Changes):
    """Another name or another place."""

    name = UnitName(longest=60)
    parent_id = fields.UUID(allow_none=True)
    position = _position()


class Brand(View):
    """One of the company's brands."""

    brand_id = fields.UUID(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class BrandPage(View):
    """All brands by name."""

    items = fields.List(fields.Nested(Brand), required=True)


class NewBrand(Body):
    """A brand. Its key never changes."""

    key = Matching(r"[a-z0-9][a-z0-9-]{1,39}", required=True)
    name = Line(required=True, longest=60)


class BrandChanges(_Changes):
    """Another name."""

    name = Line(longest=60)


class Group(View):
    """A team of agents; members are counted while they are active."""

    group_id = fields.UUID(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    department_id = fields.UUID(required=True, allow_none=True)
    region_id = fields.UUID(required=True, allow_none=True)
    brand_id = fields.UUID(required=True, allow_none=True)
    member_count = fields.Integer(required=True)
    is_active = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class GroupMember(View):
    """Somebody in a group."""

    person_id = fields.UUID(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    is_lead = fields.Boolean(required=True)
    is_active = fields.Boolean(required=True)


class GroupDetail(Group):
    """A group with its members, leads first."""

    members = fields.List(fields.Nested(GroupMember), required=True)


class GroupPage(View):
    """Groups by name."""

    items = fields.List(fields.Nested(Group), required=True)


class GroupQuery(InactiveQuery):
    """Part of the name, a department."""

    q = Text(validate=validate.Length(max=100))
    department_id = fields.UUID()


class NewGroup(Body):
    """A team; department, region and brand are those of its tickets."""

    name = Line(required=True, longest=60)
    description = Remark(load_default=None, allow_none=True)
    department_id = fields.UUID(load_default=None, allow_none=True)
    region_id = fields.UUID(load_default=None, allow_none=True)
    brand_id = fields.UUID(load_default=None, allow_none=True)


class GroupChanges(_Changes):
    """What may be changed of a group; its members are a list of their own."""

    name = Line(longest=60)
    description = Remark(allow_none=True)
    department_id = fields.UUID(allow_none=True)
    region_id = fields.UUID(allow_none=True)
    brand_id = fields.UUID(allow_none=True)


class GroupActivity(Body):
    """Switched on or off; a group with active members only if that is said to be meant."""

    is_active = fields.Boolean(required=True)
    despite_members = fields.Boolean(load_default=False)


class MemberChoice(Body):
    """Somebody who shall be in the group."""

    person_id = fields.UUID(required=True)
    is_lead = fields.Boolean(load_default=False)


class GroupMembers(Body):
    """All members that the group shall have."""

    members = fields.List(
        fields.Nested(MemberChoice), required=True, validate=validate.Length(max=MOST_MEMBERS)
    )

    @validates_schema
    def refuse_repeats(self, body: dict[str, Any], **_: object) -> None:
        """Somebody is in a group once."""
        people = [member["person_id"] for member in body.get("members", ())]
        if len(set(people)) < len(people):
            raise ValidationError({"members": ["Names somebody twice."]})
