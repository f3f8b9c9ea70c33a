"""Names of customers for new tickets, asked of intake once a minute at most.

Whoever registers a ticket has just found or entered the customer, so the name is nearly always at
hand, and a new ticket costs one call instead of two.
"""

import threading
from typing import Any

from cachetools import TTLCache

from gateway.calls import query
from libs.common.errors import field_error

_KEPT = 60.0  # seconds
_lock = threading.Lock()
_names: TTLCache[str, str] = TTLCache(maxsize=10_000, ttl=_KEPT)


def remember(customers: list[dict[str, Any]]) -> None:
    """Keep the names of customers that intake has just shown."""
    with _lock:
        _names.update({customer["customer_id"]: customer["name"] for customer in customers})


def name_of(customer_id: str) -> str:
    """The customer's name; raises InvalidInput naming `customer_id` if unknown."""
    with _lock:
        known = _names.get(customer_id)
    if known is not None:
        return known
    found = query("intake", "get_customers", {"customer_ids": [customer_id]})
    if not found:
        raise field_error("customer_id", "there is no such customer", "customer.unknown")
    remember(found)
    return str(found[0]["name"])
