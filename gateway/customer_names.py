"""Names and regions of customers for new tickets, asked of intake once a minute at most.

Whoever registers a ticket has just found or entered the customer, so they are nearly always at
hand, and a new ticket costs one call instead of two.
"""

import threading
from dataclasses import dataclass
from typing import Any

from cachetools import TTLCache

_KEPT = 60.0  # seconds


@dataclass(frozen=True)
class Face:
    """What a ticket keeps of its customer."""

    name: str
    region_id: str | None


class CustomerNames:
    """What one gateway process has lately seen; safe between its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faces: TTLCache[str, Face] = TTLCache(maxsize=10_000, ttl=_KEPT)

    def remember(self, customers: list[dict[str, Any]]) -> None:
        """Keep the names and regions of customers that intake has just shown."""
        faces = {one["customer_id"]: Face(one["name"], one.get("region_id")) for one in customers}
        with self._lock:
            self._faces.update(faces)

    def get(self, customer_id: str) -> Face | None:
        """Name and region, if they were seen in the last minute."""
        with self._lock:
            return self._faces.get(customer_id)
