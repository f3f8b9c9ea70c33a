"""Places, devices and paths, as they are told."""

import pytest

from gateway.login.agents import device_of
from gateway.login.places import network_of, place_of
from gateway.login.sso.flow import own_path


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", None),
        ("unknown", None),
    ],
)
def test_a_place_is_a_network(address: str, network: str | None) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("127.0.0.1", "local"),
        ("::1", "local"),
        ("192.168.1.20", "inside"),
        ("fd00::1", "inside"),
        ("203.0.113.77", "outside"),
        (None, None),
        ("x", None),
    ],
)
def test_an_address_is_near_or_far(address: str | None, place: str | None) -> None:
    assert place_of(address) == place


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge · Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari · iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; PHONE) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Version/4.0 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.49",
            "WeChat · Android",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox · Linux",
        ),
        ("python-requests/2.34.0", "python-requests/2.34.0"),
        ("", None),
        (None, None),
    ],
)
def test_a_device_is_known_again_by_its_owner(agent: str | None, device: str | None) -> None:
    assert device_of(agent) == device


@pytest.mark.parametrize("path", ["/", "/tickets?view=mine&q=%E9", "/settings/people#top"])
def test_our_own_paths_are_gone_back_to(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tickets",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: x=y",
        "/a\\b",
        "/" + "a" * 600,
    ],
)
def test_nothing_leads_away(path: str) -> None:
    assert own_path(path) == "/"
