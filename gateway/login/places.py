"""Where people log in from: networks seen before, and addresses in words."""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gateway.storage.sessions import LoginPlace

_FORGOTTEN_AFTER = timedelta(days=180)
_V4_PREFIX, _V6_PREFIX = 24, 48
# RFC 1918, 6598, 3927, 4193, 4291: what no router of the open internet forwards.
_INSIDE = tuple(
    ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
        *("fc00::/7", "fe80::/10"),
    )
)


def network_of(address: str) -> str | None:
    """The network that counts as one place: /24, or /48 of IPv6; None for what is no address."""
    found = _parsed(address)
    if found is None:
        return None
    prefix = _V4_PREFIX if found.version == 4 else _V6_PREFIX
    return str(ip_network(f"{found}/{prefix}", strict=False))


def place_of(address: str | None) -> str | None:
    """`local` (this machine), `inside` (a private network) or `outside`."""
    found = _parsed(address)
    if found is None:
        return None
    if found.is_loopback:
        return "local"
    return "inside" if any(found in network for network in _INSIDE) else "outside"


def is_new_place(session: Session, person_id: UUID, address: str, now: datetime) -> bool:
    """Note the place; whether the person was never seen there, but has been elsewhere."""
    network = network_of(address)
    if network is None:
        return False
    own = LoginPlace.person_id == person_id
    session.execute(
        delete(LoginPlace).where(own, LoginPlace.last_seen_at < now - _FORGOTTEN_AFTER),
        execution_options={"synchronize_session": False},
    )
    known = set(session.scalars(select(LoginPlace.network).where(own)))
    seen = insert(LoginPlace).values(
        person_id=person_id, network=network, first_seen_at=now, last_seen_at=now
    )
    session.execute(
        seen.on_conflict_do_update(
            index_elements=[LoginPlace.person_id, LoginPlace.network],
            set_={"last_seen_at": now},
        )
    )
    return bool(known) and network not in known


def _parsed(address: str | None) -> IPv4Address | IPv6Address | None:
    """An IPv4 address also where a socket shows it as one of IPv6."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
