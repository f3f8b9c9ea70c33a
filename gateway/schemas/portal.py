"""Customers in the portal: who they are, and what they see of their tickets."""

from marshmallow import fields, validate

from gateway.schemas.entry import Attachment
from gateway.schemas.pieces import (
    CATEGORIES,
    KINDS,
    Body,
    FieldValues,
    Line,
    LongText,
    Remark,
    Text,
    View,
    attachment_ids,
    limit,
    one_of,
)
from gateway.schemas.ticket import CategoryName, Wording
from gateway.schemas.ticket_template import TemplateLink
from gateway.schemas.ticket_template_content import RequirementsView, TemplateFieldView


class PortalCodeRequest(Body):
    """Where to send a code; with a ticket's number only if the ticket is the owner's."""

    contact = Line(required=True, longest=254)
    number = Line(longest=40)
    language = one_of("zh", "en", load_default="zh")


class PortalChallengeView(View):
    """A code is on its way, if the address is one that we know. `expires_in` in seconds."""

    challenge = fields.String(required=True)
    expires_in = fields.Integer(required=True)


class PortalCode(Body):
    """The code that came, and how the session is to be kept: by cookie, or by a token."""

    challenge = Line(required=True, longest=200)
    code = Line(required=True, longest=12)
    kind = one_of("cookie", "bearer", load_default="bearer")


class PortalIntroduction(Body):
    """A token signed by the company's own site."""

    assertion = Text(required=True, validate=validate.Length(min=1, max=4_000))
    kind = one_of("cookie", "bearer", load_default="bearer")


class PortalSessionView(View):
    """Who is in the portal, until when. `token` comes once, with a new session that is none of a
    cookie; `number` is the ticket that was asked for."""

    customer_id = fields.UUID(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    token = fields.String()
    number = fields.String()


class RequestStatus(View):
    """Where a request stands, in the customer's words."""

    category = one_of(*CATEGORIES, required=True)
    text = fields.Nested(Wording, required=True)


class RequestRow(View):
    """One of the requester's own tickets."""

    number = fields.String(required=True)
    subject = fields.String(required=True)
    kind = one_of(*KINDS, required=True)
    channel = fields.String(required=True)
    status = fields.Nested(RequestStatus, required=True)
    may_write = fields.Boolean(required=True)
    merged_into = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The number of the request in which this one goes on."},
    )
    may_urge = fields.Boolean()
    may_withdraw = fields.Boolean()
    may_confirm = fields.Boolean(
        metadata={"description": "Solved, and the requester has not said whether it is so."}
    )
    is_withdrawn = fields.Boolean()
    is_confirmed = fields.Boolean(
        allow_none=True,
        metadata={"description": "What the requester has said of the solution, if anything."},
    )
    last_urged_at = fields.AwareDateTime(allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    solved_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class RequestPage(View):
    """Lately changed first."""

    items = fields.List(fields.Nested(RequestRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class RequestAuthor(View):
    """Who wrote; colleagues are not named."""

    kind = one_of("customer", "agent", required=True)
    name = fields.String(required=True)


class RequestEntry(View):
    """Something that was said in public."""

    entry_id = fields.UUID(required=True)
    kind = one_of("message", "solution", required=True)
    direction = one_of("in", "out", required=True)
    author = fields.Nested(RequestAuthor, required=True)
    text = fields.String(required=True, allow_none=True)
    html = fields.String(required=True, allow_none=True)
    attachments = fields.List(fields.Nested(Attachment), required=True)
    is_auto_reply = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)


class RequestTimeline(View):
    """In ascending order; `previous_cursor` leads to older ones."""

    items = fields.List(fields.Nested(RequestEntry), required=True)
    previous_cursor = fields.String(required=True, allow_none=True)


class RequestAnswer(View):
    """A field of the request's form with what stands in it."""

    field = fields.Nested(TemplateFieldView, required=True)
    value = fields.Raw(required=True)


class RequestAnswers(View):
    """What the request's form holds, as far as requesters see it."""

    template = fields.Nested(TemplateLink, required=True)
    answers = fields.List(fields.Nested(RequestAnswer), required=True)


class RequestForm(TemplateLink):
    """What a request may begin with, and what it asks for then."""

    kind = one_of(*KINDS, required=True)
    description = fields.String(required=True)
    description_en = fields.String(required=True)
    fields_ = fields.List(
        fields.Nested(TemplateFieldView), required=True, data_key="fields", attribute="fields"
    )
    requirements = fields.Nested(RequirementsView, required=True)
    categories = fields.List(
        fields.Nested(CategoryName),
        required=True,
        metadata={"description": "To choose one of; empty where that is not for requesters."},
    )


class RequestForms(View):
    """In the templates' order; without one a request is in free words."""

    items = fields.List(fields.Nested(RequestForm), required=True)


class RequestView(RequestRow):
    """A request with what was said."""

    form = fields.Nested(RequestAnswers, required=True, allow_none=True)
    category = fields.Nested(
        CategoryName,
        required=True,
        allow_none=True,
        metadata={"description": "Only where the form lets requesters choose one."},
    )
    timeline = fields.Nested(RequestTimeline, required=True)
    survey_url = fields.String(
        allow_none=True,
        metadata={"description": "Where the solution can be rated now; a path of this site."},
    )


class RequestQuery(Body):
    """Which requests."""

    status = one_of("open", "solved", "closed")
    limit = limit(25)
    cursor = Text()


class RequestTimelineQuery(Body):
    """Which page of what was said."""

    limit = limit(50)
    cursor = Text()


class NewRequest(Body):
    """What is asked for; by `template_key` one of the forms is filled in."""

    subject = Line(required=True, longest=200)
    text = LongText(required=True)
    kind = one_of(*KINDS)
    attachment_ids = attachment_ids()
    template_key = Line(longest=40)
    fields_ = FieldValues(data_key="fields", attribute="fields")
    category_id = fields.UUID(metadata={"description": "One of those that the form offers."})


class NewRequestMessage(Body):
    """What the requester adds."""

    text = LongText(required=True)
    attachment_ids = attachment_ids()


class Withdrawal(Body):
    """Why it is needed no longer."""

    reason = Remark()


class RequestConfirmation(Body):
    """Whether it is solved; if not, `words` say what is missing."""

    is_solved = fields.Boolean(required=True)
    words = Remark()
