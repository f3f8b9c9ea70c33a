"""Keys of channel accounts: when one is good, and from where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from uuid import UUID

from libs.common.errors import field_error

Network = IPv4Network | IPv6Network

# What a token begins with, by channel: people and secret scanners see what it opens.
PREFIXES = {"web_form": "form", "mail": "adapter"}
MAX_NETWORKS = 50
MAX_KEYS = 50  # of one account that are neither revoked nor expired


@dataclass(frozen=True)
class AccountKey:
    """A key that is not revoked. Without networks it is good from everywhere."""

    key_id: UUID
    account_id: UUID
    key_hash: bytes
    allowed_networks: tuple[Network, ...] = ()
    expires_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it has not expired."""
        return self.expires_at is None or now < self.expires_at

    def admits(self, address: str | None) -> bool:
        """Whether it may be used from a client's address; an unknown one is nowhere."""
        if not self.allowed_networks:
            return True
        found = _address(address)
        return found is not None and any(found in network for network in self.allowed_networks)


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks or single addresses; raises InvalidInput naming `allowed_networks`."""
    try:
        found = {ip_network(text.strip()) for text in texts}
    except ValueError as error:
        raise field_error("allowed_networks", str(error)) from None
    if len(found) > MAX_NETWORKS:
        raise field_error("allowed_networks", f"at most {MAX_NETWORKS}")
    return tuple(sorted(found, key=lambda one: (one.version, one.network_address, one.prefixlen)))


def _address(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    # A listener for both families sees IPv4 clients as ::ffff:192.0.2.1.
    return getattr(found, "ipv4_mapped", None) or found
