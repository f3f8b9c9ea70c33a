"""Customers and how to reach them."""

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.pieces import Body, Line, Text, View, one_of

_WAYS = ("email", "phone", "q")


class Contact(View):
    """One address of a customer; phones in E.164."""

    contact_id = fields.UUID(required=True)
    kind = one_of("email", "phone", required=True)
    value = fields.String(required=True)
    is_verified = fields.Boolean(required=True)


class Customer(View):
    """A customer."""

    customer_id = fields.UUID(required=True)
    name = fields.String(required=True)
    salutation = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
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

    @validates_schema
    def refuse_unreachable(self, customer: dict[str, str], **_: object) -> None:
        """A customer whom nobody can reach could not be found again."""
        if not {"email", "phone"} & customer.keys():
            raise ValidationError({way: ["Send email or phone."] for way in ("email", "phone")})
