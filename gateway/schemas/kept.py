"""Canned replies and macros: kept for oneself, a group or everybody."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from gateway.schemas.condition import ASSIGN_TO, TYPES
from gateway.schemas.pieces import (
    URGENCIES,
    Body,
    Line,
    LongText,
    Text,
    View,
    limit,
    one_of,
    refuse_unstorable,
)

VISIBILITIES = ("private", "group", "shared")
LANGUAGES = ("zh", "en")
STEP_TYPES = (*TYPES, "set_field", "reply", "solve")
SORTS = ("name", "-usage_count")


class Scalar(fields.Raw):
    """Text, a number, true, false or null; whether it can be is for the service to judge."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, dict | list):
            raise ValidationError("Must be text, a number, true, false or null.")
        return refuse_unstorable(value)


class Step(Body):
    """Something to be done with a ticket by hand. Which members belong to it depends on `type`.

    Texts may hold variables (GET /text-variables). `me`: whoever carries it out.
    """

    type = one_of(*STEP_TYPES, required=True)
    urgency = one_of(*URGENCIES)
    may_lower = fields.Boolean()
    tags = fields.List(Line(longest=40), validate=validate.Length(min=1, max=30))
    status = Line(longest=64)
    group_id = fields.UUID()
    to = one_of("me", *ASSIGN_TO)
    person_id = fields.UUID()
    title = Line(longest=100)
    role = Line(longest=40)
    text = Text(validate=validate.Length(min=1, max=20_000))
    notify_customer = fields.Boolean()
    field = Line(longest=64)
    value = Scalar(allow_none=True)


def steps(**options: Any) -> fields.List:
    """One to ten."""
    return fields.List(fields.Nested(Step), validate=validate.Length(min=1, max=10), **options)


class Sharing(Body):
    """For whom it is kept; `group_id` belongs to `group`."""

    visibility = one_of(*VISIBILITIES, load_default="private")
    group_id = fields.UUID(load_default=None, allow_none=True)


class Owner(View):
    """Who made it."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)


class OwningGroup(View):
    """For whom it is."""

    group_id = fields.UUID(required=True)
    name = fields.String(required=True)


class Kept(View):
    """What both have in common."""

    name = fields.String(required=True)
    language = one_of(*LANGUAGES, required=True)
    visibility = one_of(*VISIBILITIES, required=True)
    group_id = fields.UUID(required=True, allow_none=True)
    group = fields.Nested(OwningGroup, required=True, allow_none=True)
    owner_id = fields.UUID(required=True)
    owner = fields.Nested(Owner, required=True)
    is_own = fields.Boolean(required=True)
    can_change = fields.Boolean(required=True)
    usage_count = fields.Integer(required=True)
    last_used_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class NewCannedReply(Sharing):
    """A whole canned reply. `shortcut` is what is typed after a slash."""

    name = Line(required=True, longest=100)
    body = Text(required=True, validate=validate.Length(min=1, max=20_000))
    folder = Line(longest=60, load_default=None, allow_none=True)
    shortcut = Line(longest=33, load_default=None, allow_none=True)
    language = one_of(*LANGUAGES, load_default="zh")


class CannedReply(Kept):
    """A text with variables that agents put into their answers (常用回复)."""

    reply_id = fields.UUID(required=True)
    body = fields.String(required=True)
    folder = fields.String(required=True)
    shortcut = fields.String(required=True, allow_none=True)


class CannedReplyPage(View):
    """Some of them; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(CannedReply), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class KeptQuery(Body):
    """Filters that must all fit, and a page."""

    q = Text(validate=validate.Length(max=100))
    visibility = one_of(*VISIBILITIES)
    language = one_of(*LANGUAGES)
    sort = one_of(*SORTS, load_default="name")
    limit = limit(50, most=200)
    cursor = Text()


class CannedReplyQuery(KeptQuery):
    """`folder`: empty for those that are in none."""

    folder = Text(validate=validate.Length(max=60))


class ReplyFolder(View):
    """A folder, and how many replies in it the caller may use."""

    name = fields.String(required=True)
    count = fields.Integer(required=True)


class ReplyFolderPage(View):
    """All of them by name; the empty name is that of replies in no folder."""

    items = fields.List(fields.Nested(ReplyFolder), required=True)


class ReplyVariable(View):
    """What texts may hold between double braces; `fields.` stands before a field's key."""

    name = fields.String(required=True)


class ReplyVariablePage(View):
    """All of them."""

    items = fields.List(fields.Nested(ReplyVariable), required=True)


class Rendering(Body):
    """For which ticket; `is_used` counts it as used."""

    number = Line(required=True, longest=40)
    is_used = fields.Boolean(load_default=False)


class ReplyTrial(Body):
    """A text that is not kept yet, and the ticket that it is tried on."""

    body = LongText(required=True)
    language = one_of(*LANGUAGES, load_default="zh")
    number = Line(required=True, longest=40)


class Rendered(View):
    """The text with the ticket's values; `missing` names variables for which there were none."""

    text = fields.String(required=True)
    missing = fields.List(fields.String(), required=True)


class NewMacro(Sharing):
    """A whole macro. `language` is that of the dates in its texts."""

    name = Line(required=True, longest=100)
    description = Text(validate=validate.Length(max=500), load_default=None, allow_none=True)
    language = one_of(*LANGUAGES, load_default="zh")
    is_active = fields.Boolean(load_default=True)
    actions = steps(required=True)


class Macro(Kept):
    """A named list of actions that somebody carries out by hand, all or none (宏).

    `problem` says why it can no longer be carried out.
    """

    macro_id = fields.UUID(required=True)
    description = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)
    actions = steps(required=True)
    problem = fields.String(required=True, allow_none=True)


class MacroPage(View):
    """Some of them; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(Macro), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class MacroQuery(KeptQuery):
    """`is_active`: only those that may be carried out, or only the others."""

    is_active = fields.Boolean()


class MacroRun(Body):
    """Which macro is to be carried out."""

    macro_id = fields.UUID(required=True)


class MacroTrial(Body):
    """The ticket that it is tried on."""

    number = Line(required=True, longest=40)


class StepRefusal(View):
    """Why a step cannot be taken now."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class TriedStep(View):
    """A step with its texts filled in. Steps after a refused one are not reached."""

    action = fields.Nested(Step, required=True)
    missing = fields.List(fields.String(), required=True)
    refusal = fields.Nested(StepRefusal, required=True, allow_none=True)
    is_reached = fields.Boolean(required=True)


class MacroTrialResult(View):
    """What the macro would do; nothing is changed."""

    can_apply = fields.Boolean(required=True)
    steps = fields.List(fields.Nested(TriedStep), required=True)
