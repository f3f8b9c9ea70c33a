"""Companies of customers, other systems' records, and all of it beside a ticket."""

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.customer import Customer
from gateway.schemas.pieces import (
    CATEGORIES,
    KINDS,
    URGENCIES,
    Body,
    Line,
    Remark,
    Text,
    View,
    limit,
    one_of,
)
from gateway.schemas.ticket import CountValue, Requester

RECORD_KINDS = ("order", "parcel", "device", "contract", "invoice", "account", "other")


class Company(View):
    """A company that customers are of."""

    company_id = fields.UUID(required=True)
    name = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    remark = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class CompanyDetail(Company):
    """One by itself, with how many customers it has."""

    customer_count = fields.Nested(CountValue)


class CompanyPage(View):
    """Some companies by name; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(Company), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CompanyQuery(Body):
    """Which companies."""

    q = Line(longest=100, metadata={"description": "Part of the name, or the code."})
    cursor = Text()
    limit = limit(25)


class NewCompany(Body):
    """A company; the code is that of other systems."""

    name = Line(required=True, longest=120)
    code = Line(longest=40, allow_none=True)
    remark = Remark(allow_none=True)


class CompanyChanges(Body):
    """What may be changed; at least one."""

    name = Line(longest=120)
    code = Line(longest=40, allow_none=True)
    remark = Remark(allow_none=True)

    @validates_schema
    def refuse_nothing(self, changes: dict[str, object], **_: object) -> None:
        """A change without content is a mistake."""
        if not changes:
            raise ValidationError("Nothing to change.")


class RecordFact(View):
    """One thing that a record says, as it is to be shown."""

    label = fields.String(required=True)
    value = fields.String(required=True)


class ExternalRecord(View):
    """What another system knows of a customer: an order, a parcel, a device."""

    record_id = fields.UUID(required=True)
    source = fields.String(required=True)
    kind = one_of(*RECORD_KINDS, required=True)
    key = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True, allow_none=True)
    url = fields.String(required=True, allow_none=True)
    facts = fields.List(fields.Nested(RecordFact), required=True)
    happened_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)


class ExternalRecordPage(View):
    """Some records, the newest first; `next_cursor` leads to more."""

    items = fields.List(fields.Nested(ExternalRecord), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ExternalRecordQuery(Body):
    """Which page."""

    cursor = Text()
    limit = limit(25)


class NewFact(Body):
    """A label and its value."""

    label = Line(required=True, longest=60)
    value = fields.String(required=True, validate=validate.Length(max=500))


class NewExternalRecord(Body):
    """A record, in place of what was known under its source, kind and key."""

    source = Line(required=True, longest=40)
    kind = one_of(*RECORD_KINDS, required=True)
    key = Line(required=True, longest=100)
    title = Line(required=True, longest=200)
    state = Line(longest=40, allow_none=True)
    url = Text(allow_none=True, validate=validate.Length(max=1000))
    facts = fields.List(fields.Nested(NewFact), validate=validate.Length(max=30))
    happened_at = fields.AwareDateTime()


class EarlierTicket(View):
    """Another ticket of the customer's with its result; `may_open`: the caller may open it."""

    number = fields.String(required=True)
    subject = fields.String(required=True)
    kind = one_of(*KINDS, required=True, allow_none=True)
    urgency = one_of(*URGENCIES, required=True)
    status = fields.String(required=True)
    status_category = one_of(*CATEGORIES, required=True)
    own_status = fields.String(allow_none=True)
    result = fields.String(required=True, allow_none=True)
    score = fields.Integer(required=True, allow_none=True)
    assignee_name = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    solved_at = fields.AwareDateTime(required=True, allow_none=True)
    may_open = fields.Boolean(required=True)


class TicketCustomer(View):
    """All that is to be seen beside a ticket.

    `profile`, `company` and `records` are null for who may not read customers, and while the
    customers' own service is away.
    """

    customer = fields.Nested(Requester, required=True)
    profile = fields.Nested(Customer, required=True, allow_none=True)
    company = fields.Nested(Company, required=True, allow_none=True)
    records = fields.Nested(ExternalRecordPage, required=True, allow_none=True)
    tickets = fields.List(fields.Nested(EarlierTicket), required=True)
    has_more = fields.Boolean(required=True)
