"""What the gateway may ask of intake. Answers have the shapes of REST."""

from typing import Any
from uuid import UUID

from libs.common.bus.call import Call
from libs.common.bus.provide import DatabaseProvider
from libs.common.bus.relay import Relay
from libs.common.bus.rpc import OperatorCalls, command, query
from libs.common.errors import Forbidden, field_error
from services.intake.queries import customers, receipts
from services.intake.service.provide import ContactBookProvider
from services.intake.use_cases.refile_receipt import refile_receipt
from services.intake.use_cases.register_customer import register_customer

Json = dict[str, Any]


class Service(OperatorCalls):
    """Customers for staff; receipts for operators."""

    name = "intake"
    database = DatabaseProvider()
    relay = Relay()
    book = ContactBookProvider()

    @query
    def get_customers(self, call: Call, *, customer_ids: list[str]) -> list[Json]:
        """Those that exist, in the order of the ids."""
        if len(customer_ids) > customers.MAX_IDS:
            raise field_error("customer_ids", f"at most {customers.MAX_IDS} at once")
        ids = [_uuid("customer_ids", one) for one in customer_ids]
        return customers.get_customers(call.uow.session, self.book, ids)

    @query
    def get_customer(self, call: Call, *, customer_id: str) -> Json:
        """One customer."""
        wanted = _uuid("customer_id", customer_id)
        return customers.get_customer(call.uow.session, self.book, wanted)

    @query
    def find_customers(
        self, call: Call, *, email: Any = None, phone: Any = None, q: Any = None
    ) -> list[Json]:
        """By address, number, or words that may be either or part of a name."""
        return customers.find_customers(
            call.uow.session,
            self.book,
            email=_text("email", email),
            phone=_text("phone", phone),
            q=_text("q", q),
        )

    @command
    def register_customer(
        self,
        call: Call,
        *,
        name: Any,
        email: Any = None,
        phone: Any = None,
        salutation: Any = None,
        language: Any = None,
    ) -> Json:
        """Find by address or number, or register: {customer, is_new}."""
        customer, is_new = register_customer(
            call.uow,
            self.book,
            call.now,
            name=_text("name", name) or "",
            email=_text("email", email),
            phone=_text("phone", phone),
            salutation=_text("salutation", salutation),
            language=_text("language", language) or "zh",
        )
        return {"customer": customers.show_customer(customer), "is_new": is_new}

    @query
    def list_receipts(
        self, call: Call, *, state: str = "failed", limit: int = 100, cursor: Any = None
    ) -> Json:
        """The newest of a state: accepted, filed, ignored or failed."""
        _require_supervisor(call)
        after = _text("cursor", cursor)
        return receipts.list_receipts(call.uow.session, state, int(limit), after)

    @command
    def refile_receipt(self, call: Call, *, receipt_id: str) -> None:
        """Try a failed message again."""
        _require_supervisor(call)
        refile_receipt(call.uow, call.now, _uuid("receipt_id", receipt_id))


def _uuid(name: str, value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise field_error(name, "must be a UUID") from None


def _text(name: str, value: Any) -> str | None:
    """A text argument, or None."""
    if value is not None and not isinstance(value, str):
        raise field_error(name, "must be a text")
    return value or None


def _require_supervisor(call: Call) -> None:
    if not call.actor.is_supervisor:
        raise Forbidden("receipt.forbidden", "only a supervisor may see receipts")
