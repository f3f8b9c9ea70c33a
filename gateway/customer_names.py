"""Names of customers for new tickets, asked of intake once a minute at most.

Whoever registers a ticket has just found or entered the customer, so the name is nearly always at
hand, and a new ticket costs one call instead of two.
"""

import threading
from typing import Any

from cachetools import TTLCache

_KEPT = 60.0  # seconds


class CustomerNames:
    """What one gateway process has lately seen; safe between its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: TTLCache[str, str] = TTLCache(maxsize=10_000, ttl=_KEPT)

    def remember(self, customers: list[dict[str, Any]]) -> None:
        """Keep the names of customers that intake has just shown."""
        with self._lock:
            self._names.update({one["customer_id"]: one["name"] for one in customers})

    def get(self, customer_id: str) -> str | None:
        """The name, if it was seen in the last minute."""
        with self._lock:
            return self._names.get(customer_id)
