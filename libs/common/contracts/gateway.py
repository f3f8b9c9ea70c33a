"""Events of the gateway: people and the organisation they work in, and alarms about access.

`directory.*` events carry the full state after a change: of two, the higher `version` holds.
What is gone comes once more with `is_active` false.
"""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema
from libs.common.contracts.pieces import private


class DirectoryEvent(EventSchema):
    """One thing of the organisation, as it now is."""

    producer = "gateway"

    version = fields.Integer(required=True)
    name = fields.String(required=True)
    is_active = fields.Boolean(required=True)


class PersonChanged(DirectoryEvent):
    """A member of staff or an employee. `kind` is staff or employee, `role` the role's key."""

    type = "directory.person_changed"

    person_id = fields.UUID(required=True)
    login = fields.String(required=True)
    kind = fields.String(required=True)
    role = fields.String(required=True)
    language = fields.String(required=True)
    title = fields.String(allow_none=True)
    extension = fields.String(allow_none=True)
    department_id = fields.UUID(allow_none=True)
    region_id = fields.UUID(allow_none=True)
    group_ids = fields.List(fields.UUID(), load_default=list)
    led_group_ids = fields.List(fields.UUID(), load_default=list)
    email = fields.String(allow_none=True, metadata=private)
    phone = fields.String(allow_none=True, metadata=private)


class GroupChanged(DirectoryEvent):
    """A team of agents."""

    type = "directory.group_changed"

    group_id = fields.UUID(required=True)
    department_id = fields.UUID(allow_none=True)
    region_id = fields.UUID(allow_none=True)
    brand_id = fields.UUID(allow_none=True)


class DepartmentChanged(DirectoryEvent):
    """A department; `parent_id` makes the tree."""

    type = "directory.department_changed"

    department_id = fields.UUID(required=True)
    parent_id = fields.UUID(allow_none=True)


class RegionChanged(DirectoryEvent):
    """A region; `parent_id` makes the tree."""

    type = "directory.region_changed"

    region_id = fields.UUID(required=True)
    parent_id = fields.UUID(allow_none=True)


class BrandChanged(DirectoryEvent):
    """One of the company's brands; `key` is its stable short name."""

    type = "directory.brand_changed"

    brand_id = fields.UUID(required=True)
    key = fields.String(required=True)


class SecurityAlerted(EventSchema):
    """Something about access that somebody should look at.

    `kind`: brute_force, new_place, mass_reveal, mass_export, rights_raised, token_reused.
    `severity`: notice, warning, critical. `recipients` are the people to be told.
    """

    type = "security.alerted"
    producer = "gateway"

    alert_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    severity = fields.String(required=True)
    person_id = fields.UUID(allow_none=True)
    raised_at = fields.AwareDateTime(required=True)
    recipients = fields.List(fields.UUID(), load_default=list, metadata=private)
    person_name = fields.String(allow_none=True, metadata=private)
    address = fields.String(allow_none=True, metadata=private)
    facts = fields.Dict(keys=fields.String(), load_default=dict, metadata=private)
