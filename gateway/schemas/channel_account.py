"""Channel accounts and their keys."""

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.pieces import Body, Line, View, one_of

CHANNELS = ("web_form", "mail")


class FormNames(Body):
    """What a web form is about: the key of a template of tickets, if the form names none itself,
    and by the form's own names of fields the template's keys. `category_field` is the form's own
    name of the field that says in which category the ticket belongs."""

    template_key = Line(longest=40, allow_none=True, load_default=None)
    fields_ = fields.Dict(
        keys=Line(longest=64),
        values=Line(longest=64),
        data_key="fields",
        attribute="fields",
        load_default=dict,
        validate=validate.Length(max=60),
    )
    category_field = Line(longest=64, allow_none=True, load_default=None)


class FormNamesView(View):
    """The same as it stands."""

    template_key = fields.String(required=True, allow_none=True)
    fields_ = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        data_key="fields",
        attribute="fields",
    )
    category_field = fields.String(allow_none=True)


class ChannelAccount(View):
    """A form or mailbox by which customers reach us. `key_count`: how many keys open it now."""

    account_id = fields.UUID(required=True)
    channel = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)
    form = fields.Nested(FormNamesView, required=True, allow_none=True)
    key_count = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class ChannelAccountPage(View):
    """All of them, the oldest first."""

    items = fields.List(fields.Nested(ChannelAccount), required=True)


class NewChannelAccount(Body):
    """A form, or a mailbox with the address that customers write to."""

    channel = one_of(*CHANNELS, required=True)
    name = Line(required=True, longest=100)
    address = Line(longest=254)

    @validates_schema
    def refuse_wrong_address(self, account: dict[str, str], **_: object) -> None:
        """A mailbox has an address, a form has none."""
        if (account["channel"] == "mail") != ("address" in account):
            raise ValidationError({"address": ["A mailbox has one, a form has none."]})


class ChannelAccountChanges(Body):
    """What may be changed of an account; at least one. One that is not active takes nothing."""

    name = Line(longest=100)
    is_active = fields.Boolean()
    form = fields.Nested(FormNames, allow_none=True)

    @validates_schema
    def refuse_nothing(self, changes: dict[str, object], **_: object) -> None:
        """A change without content is a mistake."""
        if not changes:
            raise ValidationError("Nothing to change.")


class KeyAuthor(View):
    """Who made a key."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True)


class AccountKey(View):
    """A key of an account. Without networks it opens from everywhere, without an end for ever."""

    key_id = fields.UUID(required=True)
    name = fields.String(required=True)
    allowed_networks = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.Nested(KeyAuthor, required=True, allow_none=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    last_used_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


class AccountKeyPage(View):
    """Those in use, then those that are revoked; the newest first."""

    items = fields.List(fields.Nested(AccountKey), required=True)


class NewAccountKeyView(AccountKey):
    """A key that has just been made, with the token that nobody will see again."""

    token = fields.String(required=True)


class NewAccountKey(Body):
    """Networks in CIDR form or single addresses. A form's new key replaces its present one."""

    name = Line(required=True, longest=100)
    allowed_networks = fields.List(
        Line(longest=64), load_default=list, validate=validate.Length(max=50)
    )
    expires_at = fields.AwareDateTime(allow_none=True, load_default=None)
