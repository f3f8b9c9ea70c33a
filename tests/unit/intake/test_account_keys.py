"""When a channel account's key is good."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.errors import InvalidInput
from services.intake.domain.account_keys import MAX_NETWORKS, AccountKey, read_networks

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def key(*networks: str, **fields: Any) -> AccountKey:
    return AccountKey(UUID(int=1), UUID(int=2), b"", read_networks(networks), **fields)


def test_a_key_is_good_until_it_expires() -> None:
    assert key().is_good(NOW)
    assert key(expires_at=NOW + timedelta(seconds=1)).is_good(NOW)
    assert not key(expires_at=NOW).is_good(NOW)


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", None, "unix"])
def test_a_key_without_networks_is_good_from_everywhere(address: str | None) -> None:
    assert key().admits(address)


@pytest.mark.parametrize(
    ("address", "is_admitted"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("2001:db8:1::9", True),
        ("2001:db8:2::9", False),
        ("fe80::1%eth0", True),
        ("", False),
        (None, False),
        ("unix:", False),
    ],
)
def test_a_key_with_networks_is_good_only_from_there(
    address: str | None, is_admitted: bool
) -> None:
    networks = ("10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48", "fe80::/10")
    assert key(*networks).admits(address) is is_admitted


def test_networks_are_kept_once_and_in_order() -> None:
    found = read_networks(["2001:db8::/32", " 10.0.0.0/8", "10.0.0.0/8", "192.0.2.7"])
    assert [str(one) for one in found] == ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32"]


@pytest.mark.parametrize(
    "texts",
    [["example.com"], ["10.0.0.1/8"], ["10.0.0.0/33"], [""], [f"10.0.0.{n}" for n in range(51)]],
)
def test_what_is_no_network_is_refused_by_name(texts: list[str]) -> None:
    assert MAX_NETWORKS == 50
    with pytest.raises(InvalidInput) as refused:
        read_networks(texts)
    assert "allowed_networks" in refused.value.details["errors"]
