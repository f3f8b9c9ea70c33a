"""Events of intake: customers and the messages they send."""

from marshmallow import fields

from libs.common.contracts.envelope import EventSchema
from libs.common.contracts.pieces import Attachment, private, private_list


class Contact(fields.Nested):
    """One address of a customer: `kind` is email or phone; phones are E.164.

    `is_claimed`: it came with a message from another address of theirs, and is not proven; nobody
    should be written there but in answer to it.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                "contact_id": fields.UUID(required=True),
                "kind": fields.String(required=True),
                "value": fields.String(required=True),
                "is_verified": fields.Boolean(load_default=False),
                "is_claimed": fields.Boolean(load_default=False),
            }
        )


class CustomerRegistered(EventSchema):
    """A customer is known for the first time. Full state: of two, the higher version holds."""

    type = "customer.registered"
    producer = "intake"

    customer_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    display_name = fields.String(required=True, metadata=private)
    salutation = fields.String(allow_none=True, metadata=private)
    language = fields.String(required=True)
    tier = fields.String(allow_none=True)
    region_id = fields.UUID(allow_none=True)
    company_id = fields.UUID(allow_none=True, load_default=None)
    contacts = private_list(Contact())


class CustomerContactAdded(CustomerRegistered):
    """A known customer has one more address. Full state: of two, the higher version holds."""

    type = "customer.contact_added"


class CustomerEdited(CustomerRegistered):
    """Name, language, tier, region or addresses of a customer changed.

    Full state: of two, the higher version holds.
    """

    type = "customer.edited"


class CustomerContactVerified(CustomerRegistered):
    """A customer has shown control over an address: it is verified now.

    Full state: of two, the higher version holds.
    """

    type = "customer.contact_verified"


class MessageReceived(EventSchema):
    """A customer's message has been accepted, and the ticket it belongs to is decided.

    `opens` says that intake means the ticket to be new; the ticket may come to be in either order.
    """

    type = "message.received"
    producer = "intake"

    message_id = fields.UUID(required=True)
    ticket_id = fields.UUID(required=True)
    opens = fields.Boolean(required=True)
    conversation_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    contact_id = fields.UUID(allow_none=True)
    customer_name = fields.String(required=True, metadata=private)
    channel = fields.String(required=True)
    channel_account_id = fields.UUID(required=True)
    kind = fields.String(allow_none=True)
    urgency_hint = fields.String(allow_none=True)
    subject = fields.String(required=True, metadata=private)
    text = fields.String(required=True, metadata=private)
    html = fields.String(allow_none=True, metadata=private)
    # By its key the template that a form was made for; its fields are named by the template's keys.
    template_key = fields.String(allow_none=True, load_default=None)
    # The form's words for a category of that template: an id, or names from the top down.
    category = fields.String(allow_none=True, load_default=None, metadata=private)
    form_fields = fields.Dict(keys=fields.String(), load_default=dict, metadata=private)
    attachments = private_list(fields.Nested(Attachment))
    is_auto_reply = fields.Boolean(load_default=False)
    possibly_related_ticket_id = fields.UUID(allow_none=True)
    region_id = fields.UUID(allow_none=True)
    sent_at = fields.AwareDateTime(allow_none=True)
    received_at = fields.AwareDateTime(required=True)
