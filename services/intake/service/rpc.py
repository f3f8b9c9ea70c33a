"""What the gateway may ask of intake. Answers have the shapes of REST."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.rpc import OperatorCalls, command, query
from libs.common.errors import field_error
from services.intake.queries import customers, receipts
from services.intake.service import arguments as args
from services.intake.service.account_calls import AccountCalls
from services.intake.service.identity_calls import IdentityCalls
from services.intake.service.provide import ContactBookProvider, RecordShelfProvider
from services.intake.service.surroundings_calls import SurroundingsCalls
from services.intake.use_cases.edit_customer import edit_customer
from services.intake.use_cases.refile_receipt import refile_receipt
from services.intake.use_cases.register_customer import register_customer

Json = dict[str, Any]


class Service(AccountCalls, IdentityCalls, SurroundingsCalls, OperatorCalls):
    """Customers for staff; receipts for operators."""

    name = "intake"
    database = DatabaseProvider()
    relay = Relay()
    book = ContactBookProvider()
    shelf = RecordShelfProvider()

    @query("customer.read")
    def get_customers(self, call: Call, *, customer_ids: list[str]) -> list[Json]:
        """Those that exist, in the order of the ids."""
        if len(customer_ids) > customers.MAX_IDS:
            raise field_error("customer_ids", f"at most {customers.MAX_IDS} at once")
        ids = [args.uuid_of("customer_ids", one) for one in customer_ids]
        return customers.get_customers(call.uow.session, self.book, ids)

    @query("customer.read")
    def get_customer(self, call: Call, *, customer_id: str) -> Json:
        """One customer, with masked addresses."""
        wanted = args.uuid_of("customer_id", customer_id)
        return customers.get_customer(call.uow.session, self.book, wanted)

    @query("customer.reveal")
    def reveal_contacts(self, call: Call, *, customer_id: str) -> Json:
        """A customer's addresses in full; the gateway keeps in its log who asked."""
        wanted = args.uuid_of("customer_id", customer_id)
        return customers.reveal_contacts(call.uow.session, self.book, wanted)

    @query("customer.read")
    def find_customers(
        self, call: Call, *, email: Any = None, phone: Any = None, q: Any = None
    ) -> list[Json]:
        """By address, number, or words that may be either or part of a name."""
        return customers.find_customers(
            call.uow.session,
            self.book,
            email=args.optional_text("email", email),
            phone=args.optional_text("phone", phone),
            q=args.optional_text("q", q),
        )

    @command("customer.create")
    def register_customer(
        self,
        call: Call,
        *,
        name: Any,
        email: Any = None,
        phone: Any = None,
        language: Any = None,
        salutation: Any = None,
        tier: Any = None,
        region_id: Any = None,
        company_id: Any = None,
    ) -> Json:
        """Find by address or number, or register: {customer, is_new}."""
        customer, is_new = register_customer(
            call.uow,
            self.book,
            call.now,
            name=args.text_of("name", name),
            email=args.optional_text("email", email),
            phone=args.optional_text("phone", phone),
            language=args.optional_text("language", language) or "zh",
            traits={
                "salutation": salutation,
                "tier": tier,
                "region_id": region_id,
                "company_id": company_id,
            },
        )
        shown = customers.show_customer(customer)
        told = {"object": shown["customer_id"], "after": {"is_new": is_new}}
        return {"customer": shown, "is_new": is_new, "audit": told}

    @command("customer.create")
    def edit_customer(
        self, call: Call, *, customer_id: Any, changes: Any, version: Any = None
    ) -> Json:
        """Change name, salutation, language, tier, region_id, company_id."""
        wanted = args.object_of("changes", changes)
        before, after = edit_customer(
            call.uow,
            self.book,
            customer_id=args.uuid_of("customer_id", customer_id),
            version=args.optional_count("version", version),
            changes=wanted,
        )
        was, shown = customers.show_customer(before), customers.show_customer(after)
        told = {
            "object": shown["customer_id"],
            "before": {name: was[name] for name in wanted},
            "after": {name: shown[name] for name in wanted},
        }
        return {**shown, "audit": told}

    @query("receipt.list")
    def list_receipts(
        self, call: Call, *, state: str = "failed", limit: int = 100, cursor: Any = None
    ) -> Json:
        """The newest of a state: accepted, filed, ignored or failed."""
        after = args.optional_text("cursor", cursor)
        return receipts.list_receipts(call.uow.session, state, int(limit), after)

    @command("receipt.refile")
    def refile_receipt(self, call: Call, *, receipt_id: str) -> None:
        """Try a failed message again."""
        refile_receipt(call.uow, call.now, args.uuid_of("receipt_id", receipt_id))
