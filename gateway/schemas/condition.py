"""Conditions, the actions and recipients of rules, and the catalogue of what may be asked."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.pieces import (
    CATEGORIES,
    KINDS,
    URGENCIES,
    Body,
    FieldValues,
    Line,
    Remark,
    View,
    one_of,
    refuse_unstorable,
)
from gateway.schemas.ticket import Wording

# Five levels of `all` and `any` are ten of JSON, and a comparison's list of values.
_DEEPEST = 14
TYPES = (
    "set_urgency",
    "add_tags",
    "remove_tags",
    "set_status",
    "transfer",
    "assign",
    "add_note",
)
_TO = ("assignee", "group_leads", "group", "title", "role", "person")
ASSIGN_TO = ("person", "group_lead", "title", "role")


class Condition(fields.Dict):
    """A condition's JSON; what it means is for the service to judge."""

    def __init__(self, **options: Any) -> None:
        told = {
            "description": '`{"all"|"any"|"none": [conditions]}` or '
            '`{"field": "urgency", "op": "is", "value": "critical"}`; `{}` always holds. '
            "Fields and operators: GET /condition-fields."
        }
        super().__init__(keys=fields.String(), metadata=told, **options)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        refuse_unstorable(value, deepest=_DEEPEST)
        return super()._deserialize(value, *args, **kwargs)


class ConditionChoice(View):
    """A value that a field can have."""

    value = fields.String(required=True)
    label = fields.Nested(Wording, required=True)


class ConditionField(View):
    """Something that conditions can ask about; `fields.` stands for any custom field.

    Values are among `choices` (with `is_open` others, too), come from a `source`, lie in a `range`
    (both ends included), or are free.
    """

    name = fields.String(required=True)
    type = fields.String(required=True)
    ops = fields.List(fields.String(), required=True)
    label = fields.Nested(Wording, required=True)
    choices = fields.List(fields.Nested(ConditionChoice))
    is_open = fields.Boolean()
    source = one_of("groups", "regions", "people", "categories")
    range = fields.List(fields.Integer(), validate=validate.Length(equal=2))


class ConditionFieldPage(View):
    """All of them, in the order in which an editor shows them."""

    items = fields.List(fields.Nested(ConditionField), required=True)


class Finding(View):
    """Whether a part of a condition held: a comparison with what it found, or a group of parts."""

    holds = fields.Boolean(required=True)
    field = fields.String()
    op = fields.String()
    value = fields.Raw(allow_none=True)
    actual = fields.Raw(allow_none=True)
    all = fields.List(fields.Nested(lambda: Finding()))
    any = fields.List(fields.Nested(lambda: Finding()))
    none = fields.List(fields.Nested(lambda: Finding()))


class Action(Body):
    """Something to be done with a ticket. Which members belong to it depends on `type`."""

    type = one_of(*TYPES, required=True)
    urgency = one_of(*URGENCIES)
    may_lower = fields.Boolean()
    tags = fields.List(Line(longest=40), validate=validate.Length(min=1, max=30))
    status = Line(longest=64)
    group_id = fields.UUID()
    to = one_of(*ASSIGN_TO)
    person_id = fields.UUID()
    title = Line(longest=100)
    role = Line(longest=40)
    text = Remark()


class Recipient(Body):
    """Somebody to be told. `title`, `role` and `person_id` belong to the kinds of that name."""

    to = one_of(*_TO, required=True)
    title = Line(longest=100)
    role = Line(longest=40)
    person_id = fields.UUID()


class Sample(Body):
    """A ticket that does not exist, to try rules on."""

    kind = one_of(*KINDS)
    urgency = one_of(*URGENCIES, load_default="normal")
    channel = Line(longest=64, load_default="manual")
    status = Line(longest=64)
    status_category = one_of(*CATEGORIES)
    subject = Line(longest=200)
    tags = fields.List(Line(longest=40), validate=validate.Length(max=30))
    customer_id = fields.UUID()
    tier = Line(longest=64)
    language = Line(longest=16)
    group_id = fields.UUID()
    region_id = fields.UUID()
    assignee_id = fields.UUID()
    created_at = fields.AwareDateTime()
    fields_ = FieldValues(data_key="fields", attribute="fields")


class Trial(Body):
    """What rules are tried on: a sample, or a ticket by its number."""

    sample = fields.Nested(Sample)
    number = Line(longest=40)

    @validates_schema
    def refuse_both(self, trial: dict[str, Any], **_: object) -> None:
        """Exactly one of them."""
        if ("sample" in trial) == ("number" in trial):
            raise ValidationError({"sample": ["Give a sample or a number."]})


def actions(**options: Any) -> fields.List:
    """At most ten."""
    return fields.List(fields.Nested(Action), validate=validate.Length(max=10), **options)


def recipients(**options: Any) -> fields.List:
    """At most ten."""
    return fields.List(fields.Nested(Recipient), validate=validate.Length(max=10), **options)


def order() -> fields.List:
    """Ids in the order wanted; the service refuses it unless all are named once."""
    return fields.List(fields.UUID(), required=True, validate=validate.Length(max=500))
