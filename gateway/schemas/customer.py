"""Customers and how to reach them."""

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.pieces import Body, Line, Remark, Text, View, one_of

LANGUAGES = ("zh", "en")
_WAYS = ("email", "phone", "q")


class Contact(View):
    """One address of a customer; phones in E.164. A masked one shows parts of it only."""

    contact_id = fields.UUID(required=True)
    kind = one_of("email", "phone", required=True)
    value = fields.String(required=True)
    is_verified = fields.Boolean(required=True)
    is_masked = fields.Boolean(required=True)


class Customer(View):
    """A customer; addresses are masked."""

    customer_id = fields.UUID(required=True)
    name = fields.String(required=True)
    salutation = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    tier = fields.String(required=True, allow_none=True)
    region_id = fields.UUID(required=True, allow_none=True)
    company_id = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True)
    contacts = fields.List(fields.Nested(Contact), required=True)


class CustomerPage(View):
    """Customers that fit."""

    items = fields.List(fields.Nested(Customer), required=True)


class CustomerQuery(Body):
    """Exactly one of them: a mail address, a phone number, part of a name."""

    email = Line(longest=254)
    phone = Line(longest=40)
    q = Line(longest=100, metadata={"description": "Address, number, or part of the name."})

    @validates_schema
    def refuse_other_than_one(self, query: dict[str, str], **_: object) -> None:
        """Nobody lists all customers."""
        if len(query) != 1:
            raise ValidationError({way: ["Send exactly one of them."] for way in _WAYS})


class NewCustomer(Body):
    """Found by address or number, or registered; one of the two is needed."""

    name = Line(required=True, longest=100)
    email = Text(validate=validate.And(validate.Length(max=254), validate.Email()))
    phone = Line(longest=40)
    salutation = Line(longest=20)
    language = one_of(*LANGUAGES)
    tier = Line(longest=40)
    region_id = fields.UUID()
    company_id = fields.UUID()

    @validates_schema
    def refuse_unreachable(self, customer: dict[str, str], **_: object) -> None:
        """A customer whom nobody can reach could not be found again."""
        if not {"email", "phone"} & customer.keys():
            raise ValidationError({way: ["Send email or phone."] for way in ("email", "phone")})


class CustomerChanges(Body):
    """What may be changed of a customer; at least one."""

    name = Line(longest=100)
    salutation = Line(longest=20, allow_none=True)
    language = one_of(*LANGUAGES)
    tier = Line(longest=40, allow_none=True)
    region_id = fields.UUID(allow_none=True)
    company_id = fields.UUID(allow_none=True)

    @validates_schema
    def refuse_nothing(self, changes: dict[str, object], **_: object) -> None:
        """A change without content is a mistake."""
        if not changes:
            raise ValidationError("Nothing to change.")


class RevealedContacts(View):
    """A customer's addresses in full."""

    customer_id = fields.UUID(required=True)
    contacts = fields.List(fields.Nested(Contact), required=True)


class RevealReason(Body):
    """Why the addresses are needed; kept in the operation log."""

    reason = Remark()
