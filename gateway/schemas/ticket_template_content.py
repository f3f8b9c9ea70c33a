"""What a template of tickets holds: fields, requirements, moves, who may see and ask."""

from typing import Any

from marshmallow import fields, validate

from gateway.schemas.condition import Condition
from gateway.schemas.pieces import (
    Body,
    Line,
    Text,
    View,
    one_of,
    refuse_unstorable,
)
from gateway.schemas.ticket import Wording

TYPES = (
    *("text", "long_text", "number", "money", "date", "time", "date_time"),
    *("choice", "tree_choice", "multi_choice", "phone", "mail", "order_number"),
    *("place", "person", "table", "file"),
)
STAGES = ("create", "solve", "close")
FILE_KINDS = ("photo", "document", "video")
SUMMARY = ("cause", "measure", "prevention")
# Choices of trees, columns of tables.
_DEEPEST = 16


class Options(fields.Dict):
    """What a field's type leaves open; which members there are depends on the type."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        refuse_unstorable(value, deepest=_DEEPEST)
        return super()._deserialize(value, *args, **kwargs)


class AnyValue(fields.Raw):
    """Whatever a field may hold."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return refuse_unstorable(value)


class Words(Body):
    """The same in both languages; Chinese stands for English where that is missing."""

    zh = Text(required=True, validate=validate.Length(max=500))
    en = Text(validate=validate.Length(max=500))


class TemplateField(Body):
    """A field. It shows where `visible_when` holds, and only then it can be required.

    Conditions speak of `fields.<key>`, kind, urgency and channel.
    """

    key = Line(required=True, longest=64)
    type = one_of(*TYPES, required=True)
    label = fields.Nested(Words, required=True)
    help = fields.Nested(Words, allow_none=True)
    placeholder = fields.Nested(Words, allow_none=True)
    required = fields.Boolean(load_default=False)
    visible_when = Condition(allow_none=True, load_default=None)
    required_when = Condition(allow_none=True, load_default=None)
    default = AnyValue(allow_none=True, load_default=None)
    options = Options(
        load_default=dict,
        metadata={"description": "docs/ticketing-templates.md tells them by type."},
    )


class RequiredFiles(Body):
    """So many files of a kind, wherever they stand on the ticket."""

    kind = one_of(*FILE_KINDS, required=True)
    count = fields.Integer(strict=True, required=True, validate=validate.Range(min=1, max=20))


class StageRequirement(Body):
    """What a ticket must have by then; `summary`: parts of the closing summary."""

    fields_ = fields.List(
        Line(longest=64),
        data_key="fields",
        attribute="fields",
        load_default=list,
        validate=validate.Length(max=60),
    )
    attachments = fields.List(
        fields.Nested(RequiredFiles), load_default=list, validate=validate.Length(max=3)
    )
    summary = fields.List(one_of(*SUMMARY), load_default=list, validate=validate.Length(max=3))


class Requirements(Body):
    """By stage; what is missing asks for nothing."""

    create = fields.Nested(StageRequirement)
    solve = fields.Nested(StageRequirement)
    close = fields.Nested(StageRequirement)


class Confidential(Body):
    """Texts and the named fields are sealed; with `identity_check` shown only after a check."""

    fields_ = fields.List(
        Line(longest=64),
        data_key="fields",
        attribute="fields",
        load_default=list,
        validate=validate.Length(max=60),
    )
    identity_check = fields.Boolean(load_default=False)


class TemplateRequesters(Body):
    """Requesters may choose it: customers, or employees where it is for internal requests.

    `hidden`: fields that are filled in by staff alone, as those of type `person` always are.
    """

    hidden = fields.List(Line(longest=64), load_default=list, validate=validate.Length(max=60))
    categories = fields.Boolean(
        load_default=False,
        metadata={"description": "Whether they choose one of the categories that are offered."},
    )


class StatusMoves(Body):
    """Which moves by hand it leaves open of those that the rules allow.

    `offers`: statuses that it has at all; null: every one. `moves`: by a status, those that may
    follow; one without a row goes by its base's, and without that all may follow.
    """

    offers = fields.List(
        Line(longest=40), allow_none=True, load_default=None, validate=validate.Length(max=100)
    )
    moves = fields.Dict(
        keys=Line(longest=40),
        values=fields.List(Line(longest=40), validate=validate.Length(max=100)),
        load_default=dict,
        validate=validate.Length(max=100),
    )


class TemplateFieldView(View):
    """A field as it stands."""

    key = fields.String(required=True)
    type = one_of(*TYPES, required=True)
    label = fields.Nested(Wording, required=True)
    help = fields.Nested(Wording, required=True, allow_none=True)
    placeholder = fields.Nested(Wording, required=True, allow_none=True)
    required = fields.Boolean(required=True)
    visible_when = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    required_when = fields.Dict(keys=fields.String(), required=True, allow_none=True)
    default = fields.Raw(required=True, allow_none=True)
    options = fields.Dict(keys=fields.String(), required=True)


class RequiredFilesView(View):
    """So many files of a kind."""

    kind = one_of(*FILE_KINDS, required=True)
    count = fields.Integer(required=True)


class StageRequirementView(View):
    """What a stage asks for."""

    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    attachments = fields.List(fields.Nested(RequiredFilesView), required=True)
    summary = fields.List(one_of(*SUMMARY), required=True)


class RequirementsView(View):
    """By stage."""

    create = fields.Nested(StageRequirementView)
    solve = fields.Nested(StageRequirementView)
    close = fields.Nested(StageRequirementView)


class ConfidentialView(View):
    """What tickets of the template keep confidential."""

    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    identity_check = fields.Boolean(required=True)


class TemplateRequestersView(View):
    """What requesters who choose it do not see, and whether they choose a category."""

    hidden = fields.List(fields.String(), required=True)
    categories = fields.Boolean(required=True)


class StatusMovesView(View):
    """The same as it stands."""

    offers = fields.List(fields.String(), required=True, allow_none=True)
    moves = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)
