"""Where a URL leads, and whether a request may go there."""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from libs.common.config import ConfigError
from libs.common.http.errors import OutboundFailed, OutboundRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], list[str]]

_PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Target:
    """The parts of an acceptable URL."""

    scheme: str
    host: str  # ASCII; an IPv6 address without its brackets
    port: int
    path: str  # with the query

    @property
    def origin(self) -> str:
        """What may be logged: paths and queries of webhooks hold secrets."""
        return f"{self.scheme}://{self.host_header}"

    @property
    def host_header(self) -> str:
        """Host and, unless it is the usual one, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse_target(url: str) -> Target:
    """The parts of a URL; raises OutboundRefused unless it is http(s) without a login."""
    try:
        parts = parse_url(url)
    except LocationParseError:
        raise OutboundRefused("outbound.bad_url", "not a URL") from None
    if parts.scheme not in _PORTS:
        raise OutboundRefused("outbound.bad_scheme", "only http and https are allowed")
    if not parts.host or parts.auth is not None or parts.port == 0:
        raise OutboundRefused("outbound.bad_url", "a host is required, a login not allowed")
    host = parts.host.strip("[]")
    return Target(parts.scheme, host, parts.port or _PORTS[parts.scheme], parts.request_uri or "/")


def parse_networks(text: str) -> tuple[Network, ...]:
    """The networks of HTTP_ALLOW_PRIVATE, separated by commas; raises ConfigError naming it."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ConfigError(f"HTTP_ALLOW_PRIVATE: {error}") from None


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, as the system orders them; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def allowed_addresses(
    target: Target, resolver: Resolver, allowed: Iterable[Network]
) -> list[Address]:
    """The addresses to connect to, asked for once.

    Raises OutboundRefused if any of them is not public: a name that leads inside and outside is
    a trick. Raises OutboundFailed if there is none.
    """
    try:
        found = [ip_address(text) for text in resolver(target.host, target.port)]
    except (OSError, UnicodeError) as error:
        raise _unknown(target) from error
    if not found:
        raise _unknown(target)
    networks = tuple(allowed)
    if not all(is_public(address) or _is_in(address, networks) for address in found):
        raise OutboundRefused("outbound.private_address", f"{target.host} is not a public address")
    return found


def _unknown(target: Target) -> OutboundFailed:
    message = f"{target.origin}: no such host"
    return OutboundFailed("outbound.unknown_host", message, {"is_unsent": True})


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet, and so does the IPv4 address inside it."""
    if isinstance(address, IPv4Address):
        return address.is_global and _is_open(address)
    inner = _inside(address)
    if address in _NAT64 or address.ipv4_mapped:
        return all(map(is_public, inner))
    unrouted = address.is_site_local or not (address.is_global and _is_open(address))
    return not unrouted and all(map(is_public, inner))


def _is_open(address: Address) -> bool:
    return not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inside(address: IPv6Address) -> list[IPv4Address]:
    """IPv4 addresses that a router or tunnel (mapped, 6to4, Teredo, NAT64) would take out of it."""
    if address in _NAT64:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    embedded = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
    return [inner for inner in embedded if inner is not None]


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    inner = _inside(address) if isinstance(address, IPv6Address) else []
    return any(address in network or any(i in network for i in inner) for network in networks)
