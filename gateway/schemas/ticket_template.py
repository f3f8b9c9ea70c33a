"""Templates of tickets: their versions, where they are used, and what a change of template does."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from gateway.schemas.pieces import (
    KINDS,
    Body,
    FieldValues,
    Line,
    Remark,
    Text,
    View,
    limit,
    one_of,
)
from gateway.schemas.ticket import CategoryName, CountValue, FieldFault, TemplateName, Wording
from gateway.schemas.ticket_template_content import (
    STAGES,
    Confidential,
    ConfidentialView,
    Options,
    Requirements,
    RequirementsView,
    StatusMoves,
    StatusMovesView,
    TemplateField,
    TemplateFieldView,
    TemplateRequesters,
    TemplateRequestersView,
    Words,
)
from gateway.schemas.use import unanswered, uses


class TemplateKey(Text):
    """What a template is called by other systems."""

    def __init__(self) -> None:
        told = "2 to 40 small letters, digits and _, beginning with a letter."
        pattern = validate.Regexp(r"^[a-z][a-z0-9_]{1,39}$", error=told)
        super().__init__(required=True, validate=pattern)


class TicketTemplateDraft(Body):
    """What a template says; the service judges fields and conditions as a whole."""

    name = fields.Nested(Words, required=True)
    kind = one_of(*KINDS, required=True)
    description = Text(load_default="", validate=validate.Length(max=500))
    description_en = Text(
        load_default="",
        validate=validate.Length(max=500),
        metadata={"description": "Without it the other one stands for it."},
    )
    fields_ = fields.List(
        fields.Nested(TemplateField),
        data_key="fields",
        attribute="fields",
        load_default=list,
        validate=validate.Length(max=60),
    )
    requirements = fields.Nested(Requirements, load_default=dict)
    confidential = fields.Nested(Confidential, allow_none=True)
    requesters = fields.Nested(
        TemplateRequesters,
        allow_none=True,
        metadata={"description": "Null closes it to them; left out, it stays as it was."},
    )
    statuses = fields.Nested(StatusMoves, allow_none=True, load_default=None)
    categories = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=200),
        metadata={"description": "What its tickets may have, with all below; empty: every one."},
    )


class NewTicketTemplate(TicketTemplateDraft):
    """A draft under a key that stays."""

    key = TemplateKey()


class TicketTemplateRow(View):
    """A template in a list. `published_version` 0: no ticket can have it yet."""

    key = fields.String(required=True)
    name = fields.Nested(Wording, required=True)
    kind = one_of(*KINDS, required=True)
    description = fields.String(required=True)
    description_en = fields.String(required=True)
    is_active = fields.Boolean(required=True)
    position = fields.Integer(required=True)
    published_version = fields.Integer(required=True)
    published_at = fields.AwareDateTime(required=True, allow_none=True)
    has_draft = fields.Boolean(required=True)
    field_count = fields.Integer(required=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class TicketTemplatePage(View):
    """All of them, in their order."""

    items = fields.List(fields.Nested(TicketTemplateRow), required=True)


class AffectedField(View):
    """A field that is gone by a version, or has become confidential, and what still names it."""

    field = fields.String(required=True)
    reason = one_of("removed", "confidential", required=True)
    uses = uses(required=True)
    unanswered = unanswered()


class TicketTemplate(TicketTemplateRow):
    """A template with its draft, or, where nothing is being written, what its version says.

    `affected`: after publishing alone.
    """

    fields_ = fields.List(
        fields.Nested(TemplateFieldView), required=True, data_key="fields", attribute="fields"
    )
    requirements = fields.Nested(RequirementsView, required=True)
    confidential = fields.Nested(ConfidentialView, required=True, allow_none=True)
    requesters = fields.Nested(TemplateRequestersView, required=True, allow_none=True)
    statuses = fields.Nested(StatusMovesView, required=True, allow_none=True)
    categories = fields.List(fields.UUID(), required=True)
    affected = fields.List(fields.Nested(AffectedField))


class TicketTemplateVersionRow(View):
    """A published version."""

    version = fields.Integer(required=True)
    name = fields.Nested(Wording, required=True)
    kind = one_of(*KINDS, required=True)
    note = fields.String(required=True, allow_none=True)
    field_count = fields.Integer(required=True)
    published_at = fields.AwareDateTime(required=True)
    published_by = fields.String(required=True, allow_none=True)


class TicketTemplateVersionPage(View):
    """Newest first."""

    items = fields.List(fields.Nested(TicketTemplateVersionRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TicketTemplateVersion(TicketTemplateVersionRow):
    """A version with its fields; it never changes."""

    key = fields.String(required=True)
    fields_ = fields.List(
        fields.Nested(TemplateFieldView), required=True, data_key="fields", attribute="fields"
    )
    requirements = fields.Nested(RequirementsView, required=True)
    confidential = fields.Nested(ConfidentialView, required=True, allow_none=True)
    requesters = fields.Nested(TemplateRequestersView, required=True, allow_none=True)
    statuses = fields.Nested(StatusMovesView, required=True, allow_none=True)
    categories = fields.List(fields.UUID(), required=True)


class TicketTemplateQuery(Body):
    """Filters of the list; `is_active` true: what new tickets can have."""

    kind = one_of(*KINDS)
    is_active = fields.Boolean()


class TicketTemplateVersionQuery(Body):
    """A page of versions."""

    limit = limit(25)
    cursor = Text()


class Publication(Body):
    """What is new about the version."""

    note = Remark(allow_none=True)


class TemplateActivity(Body):
    """False: archived, new tickets cannot have it."""

    is_active = fields.Boolean(required=True)


class TemplateCopy(Body):
    """The key of the copy, and its name if that shall differ."""

    key = TemplateKey()
    name = fields.Nested(Words)


class TemplateOrder(Body):
    """Keys in the order wanted."""

    keys = fields.List(Line(longest=40), required=True, validate=validate.Length(max=500))


class TemplateUsageQuery(Body):
    """The key of a field."""

    field = Line(required=True, longest=64)


class FieldCondition(View):
    """A condition that speaks of the field."""

    field = fields.String(required=True)
    condition = one_of("visible_when", "required_when", required=True)


class TemplateLink(View):
    """A template by its key."""

    key = fields.String(required=True)
    name = fields.Nested(Wording, required=True)


class TemplateUsage(View):
    """Where a field is used. `templates`: others with a field of that key, which keep its value."""

    open_tickets = fields.Nested(CountValue, required=True)
    conditions = fields.List(fields.Nested(FieldCondition), required=True)
    stages = fields.List(one_of(*STAGES), required=True)
    templates = fields.List(fields.Nested(TemplateLink), required=True)
    uses = uses(required=True)
    unanswered = unanswered()


class TemplateExportQuery(Body):
    """Which templates; all without."""

    keys = Text(metadata={"description": "Keys, separated by commas."})


class TemplateDocument(Body):
    """Templates as an export has written them."""

    format = Line(required=True, longest=64)
    templates = fields.List(
        Options(keys=fields.String()), required=True, validate=validate.Length(min=1, max=50)
    )


class TemplateDocumentView(View):
    """Templates to be read elsewhere."""

    format = fields.String(required=True)
    templates = fields.List(fields.Dict(keys=fields.String()), required=True)


class ImportedTemplate(View):
    """What becomes of one: errors by their path in the document."""

    key = fields.String(required=True)
    outcome = one_of("added", "changed", "same", "refused", required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True)


class TemplateImport(View):
    """Of each template in the document's order; dry, nothing has been changed."""

    items = fields.List(fields.Nested(ImportedTemplate), required=True)
    is_dry = fields.Boolean(required=True)


class Mapping(fields.Dict):
    """From keys of the new template to those whose value they take over; null takes none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            keys=Line(longest=64),
            values=Line(longest=64, allow_none=True),
            validate=validate.Length(max=100),
            load_default=dict,
            **options,
        )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError("Not an object.")
        return super()._deserialize(value, *args, **kwargs)


class TemplateChangePreview(Body):
    """Which template the ticket might have; without `kind` that of the template."""

    template_key = Line(required=True, longest=40)
    kind = one_of(*KINDS)
    mapping = Mapping()


class TemplateChange(TemplateChangePreview):
    """The same for good; `fields` are values that are said with it."""

    fields_ = FieldValues(data_key="fields", attribute="fields", load_default=dict)
    reason = Remark(allow_none=True)


class MovedValue(View):
    """A value and the field that has it afterwards; `from_key` null: a default."""

    key = fields.String(required=True)
    from_key = fields.String(required=True, allow_none=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class LostValue(View):
    """A value without a place; `text` is how the timeline keeps it."""

    key = fields.String(required=True)
    label = fields.Nested(Wording, required=True)
    value = fields.Raw(required=True, allow_none=True)
    text = fields.String(required=True)


class KindChange(View):
    """The kind of request before and after."""

    from_ = one_of(*KINDS, required=True, data_key="from", attribute="from")
    to = one_of(*KINDS, required=True)


class TemplateChangePlan(View):
    """What a change would do; what is `missing` must be said with it."""

    from_template = fields.Nested(TemplateName, required=True, allow_none=True)
    to_template = fields.Nested(TemplateName, required=True)
    kind = fields.Nested(KindChange, required=True)
    kept = fields.List(fields.Nested(MovedValue), required=True)
    recomputed = fields.List(fields.Nested(MovedValue), required=True)
    lost = fields.List(fields.Nested(LostValue), required=True)
    lost_category = fields.Nested(
        CategoryName,
        required=True,
        allow_none=True,
        metadata={"description": "The ticket's category, which the new template does not offer."},
    )
    missing = fields.List(fields.Nested(FieldFault), required=True)
    is_confidential = fields.Boolean(
        required=True, metadata={"description": "Already; it stays so with any template."}
    )
    becomes_confidential = fields.Boolean(required=True)
