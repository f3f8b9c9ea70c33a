"""Nobody gives more than they have."""

import pytest

from gateway.organisation.rights import Granter, Grants, refuse_beyond, refuse_own, role_to_give
from libs.common.errors import Conflict, Forbidden, InvalidInput
from libs.common.ids import uuid7
from tests.support.actors import MATRIX


def role(key: str) -> Grants:
    shipped = MATRIX[key]
    scope = shipped["scope"]
    permissions = frozenset(shipped["permissions"])
    return Grants(key, "staff", key, key, permissions, scope["tickets"], scope["pools"])


ROLES = {key: role(key) for key in MATRIX if key != "customer"}


def holder(key: str, *more: str, without: frozenset[str] = frozenset()) -> Granter:
    own = ROLES[key]
    permissions = own.permissions.union(more) - without
    return Granter(uuid7(), permissions, own.ticket_scope, own.sees_pools)


HELP_DESK = holder("supervisor", "person.manage", "person.read")


@pytest.mark.parametrize("key", ROLES)
def test_who_may_change_roles_may_give_any(key: str) -> None:
    assert role_to_give(ROLES, key, holder("administrator")) == ROLES[key]


@pytest.mark.parametrize(
    ("key", "is_allowed"),
    [
        ("agent", True),
        ("technician", True),
        ("supervisor", True),
        ("administrator", False),
        ("auditor", False),
    ],
)
def test_others_give_only_roles_that_their_own_covers(key: str, is_allowed: bool) -> None:
    if is_allowed:
        assert role_to_give(ROLES, key, HELP_DESK) == ROLES[key]
    else:
        with pytest.raises(Forbidden, match=r"role\.beyond_own"):
            role_to_give(ROLES, key, HELP_DESK)


def test_a_wider_view_counts_as_more() -> None:
    own = ROLES["agent"]
    narrow = Granter(uuid7(), own.permissions | {"person.manage"}, "group", True)
    wide = Grants("wide", "staff", "宽", "Wide", own.permissions, "all", True)
    with pytest.raises(Forbidden):
        role_to_give({"wide": wide}, "wide", narrow)


def test_a_role_that_does_not_exist_cannot_be_given() -> None:
    with pytest.raises(InvalidInput, match=r"role\.unknown"):
        role_to_give(ROLES, "emperor", holder("administrator"))


def test_nobody_touches_the_account_of_somebody_with_more_rights() -> None:
    with pytest.raises(Forbidden, match=r"person\.beyond_own"):
        refuse_beyond(ROLES["administrator"], uuid7(), HELP_DESK)
    refuse_beyond(ROLES["agent"], uuid7(), HELP_DESK)


def test_the_own_account_is_never_beyond_one() -> None:
    refuse_beyond(ROLES["administrator"], HELP_DESK.person_id, HELP_DESK)


def test_some_things_nobody_does_to_the_own_account() -> None:
    with pytest.raises(Conflict, match=r"person\.self"):
        refuse_own(HELP_DESK.person_id, HELP_DESK)
    refuse_own(uuid7(), HELP_DESK)
