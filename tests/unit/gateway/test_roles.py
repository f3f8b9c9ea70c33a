from ipaddress import ip_network

import pytest

from gateway.auth.access import requires
from gateway.auth.permissions import PERMISSIONS
from gateway.auth.roles import Membership, Role, is_inside, known_permissions
from tests.support.actors import MATRIX

PLACE = Membership(
    groups=("g1", "g2"), departments=("d1", "d2"), regions=("r1",), above=("d1", "d0")
)
WATCHES = {"watches": ["g1", "g2", "d1", "d0"]}


def role(scope: str, *, pools: bool = False) -> Role:
    return Role("some", "staff", "某", "Some", scope, pools, frozenset({"ticket.read"}))


@pytest.mark.parametrize(
    ("scope", "pools", "expected"),
    [
        ("own", False, {"tickets": "own", **WATCHES}),
        ("own", True, {"tickets": "own", "pools": True, "groups": ["g1", "g2"], **WATCHES}),
        ("group", False, {"tickets": "group", "groups": ["g1", "g2"], **WATCHES}),
        ("department", False, {"tickets": "department", "departments": ["d1", "d2"], **WATCHES}),
        ("region", False, {"tickets": "region", "regions": ["r1"], **WATCHES}),
        ("all", False, {"tickets": "all", **WATCHES}),
        ("none", False, {"tickets": "none"}),
    ],
)
def test_a_scope_lists_the_units_it_needs_and_no_others(scope, pools, expected) -> None:
    assert role(scope, pools=pools).scopes_of(PLACE) == expected


def test_permissions_of_a_newer_release_grant_nothing() -> None:
    assert known_permissions(["ticket.read", "ticket.burn"]) == {"ticket.read"}


def test_a_permission_that_does_not_exist_cannot_be_required() -> None:
    assert "ticket.burn" not in PERMISSIONS
    with pytest.raises(ValueError, match=r"ticket\.burn"):
        requires("ticket.burn")


def test_the_shipped_roles_hold_known_permissions_only() -> None:
    for name, shipped in MATRIX.items():
        assert set(shipped["permissions"]) <= set(PERMISSIONS), name


def test_a_supervisor_may_do_all_that_an_agent_may() -> None:
    agent, supervisor = MATRIX["agent"], MATRIX["supervisor"]
    assert set(agent["permissions"]) < set(supervisor["permissions"])


@pytest.mark.parametrize(
    ("address", "networks", "expected"),
    [
        ("10.1.2.3", (), True),
        ("10.1.2.3", ("10.1.0.0/16",), True),
        ("10.2.2.3", ("10.1.0.0/16", "192.168.0.0/24"), False),
        ("2001:db8::1", ("2001:db8::/32",), True),
        ("10.1.2.3", ("2001:db8::/32",), False),
        ("unknown", ("0.0.0.0/0",), False),
        ("::ffff:10.1.2.3", ("10.1.0.0/16",), True),
        ("::ffff:10.2.2.3", ("10.1.0.0/16",), False),
    ],
)
def test_an_allow_list_lets_only_its_networks_in(address, networks, expected) -> None:
    assert is_inside(address, tuple(map(ip_network, networks))) is expected
