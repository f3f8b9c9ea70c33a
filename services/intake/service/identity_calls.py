"""Who customers are: asked by the gateway on its own behalf, for the portal and for employees."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.intake.queries.identities import identify_contact
from services.intake.service import arguments as args
from services.intake.storage.contact_book import ContactBook
from services.intake.use_cases import verify_contacts
from services.intake.use_cases.ensure_requester import ensure_requester

Json = dict[str, Any]

PERMISSION = "portal.identify"  # no role holds it: only the gateway itself


class IdentityCalls:
    """A part of intake's RPC class."""

    book: ContactBook

    @query(PERMISSION)
    def identify_contact(self, call: Call, *, contact: Any) -> Json | None:
        """The customer of an address or number as people type it, or None."""
        written = args.text_of("contact", contact)
        return identify_contact(call.uow.session, self.book, written)

    @command(PERMISSION)
    def verify_contact(self, call: Call, *, contact_id: Any) -> Json:
        """The customer has shown control over the address: {customer_id, contact_id}."""
        wanted = args.uuid_of("contact_id", contact_id)
        customer_id = verify_contacts.verify_contact(call.uow, self.book, wanted)
        return {"customer_id": str(customer_id), "contact_id": str(wanted)}

    @command(PERMISSION)
    def ensure_requester(
        self,
        call: Call,
        *,
        person_id: Any,
        name: Any,
        email: Any = None,
        phone: Any = None,
        language: Any = None,
    ) -> Json:
        """The customer that an employee is, as the directory has the employee: {customer_id}."""
        customer_id = ensure_requester(
            call.uow,
            self.book,
            call.now,
            person_id=args.uuid_of("person_id", person_id),
            name=args.text_of("name", name),
            email=args.optional_text("email", email),
            phone=args.optional_text("phone", phone),
            language=args.optional_text("language", language),
        )
        return {"customer_id": str(customer_id)}

    @command(PERMISSION)
    def introduce_customer(
        self,
        call: Call,
        *,
        email: Any = None,
        phone: Any = None,
        name: Any = None,
        language: Any = None,
    ) -> Json:
        """Somebody for whom the company's own site vouches: {customer_id, contact_id}."""
        customer_id, contact_id = verify_contacts.introduce_customer(
            call.uow,
            self.book,
            call.now,
            email=args.optional_text("email", email),
            phone=args.optional_text("phone", phone),
            name=args.optional_text("name", name),
            language=args.optional_text("language", language),
        )
        return {"customer_id": str(customer_id), "contact_id": str(contact_id)}
