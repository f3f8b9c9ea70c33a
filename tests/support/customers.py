"""Customer events as intake would publish them, for tests of whoever copies them."""

from typing import Any
from uuid import UUID, uuid4

from libs.common.clock import utc_now
from libs.common.contracts.envelope import Event, dump_event, load_event
from libs.common.contracts.intake import CustomerEdited, CustomerRegistered
from libs.common.ids import uuid7


def customer(customer_id: UUID | None = None, **fields: Any) -> Event:
    """Somebody, with one address; a version beyond the first is an edit."""
    contact = {"contact_id": uuid4(), "kind": "email", "value": "geheim@example.com"}
    data = {
        "customer_id": customer_id or uuid4(),
        "version": 1,
        "display_name": "韩梅梅",
        "salutation": None,
        "language": "zh-CN",
        "tier": None,
        "region_id": None,
        "contacts": [contact],
    } | fields
    schema = CustomerRegistered if data["version"] == 1 else CustomerEdited
    return load_event(dump_event(schema, uuid7(), str(data["customer_id"]), utc_now(), data))
