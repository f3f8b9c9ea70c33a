from uuid import uuid4

import pytest

from gateway.auth.access import requires
from gateway.auth.roles import PERMISSIONS, ROLES, role_named
from gateway.auth.sessions import Caller
from libs.common.clock import utc_now


def caller(role: str) -> Caller:
    now = utc_now()
    return Caller(uuid4(), "cookie", now, now, uuid4(), "CS001", "客服一号", role, "zh")


def test_an_agent_takes_tickets_but_does_not_assign_them() -> None:
    assert "ticket.take" in ROLES["agent"].permissions
    assert "ticket.assign" not in ROLES["agent"].permissions


def test_a_supervisor_may_do_all_that_an_agent_may() -> None:
    assert ROLES["agent"].permissions < ROLES["supervisor"].permissions


def test_an_agent_sees_own_and_unassigned_tickets() -> None:
    actor = caller("agent").actor
    assert actor.scopes == {"tickets": "own", "unassigned": True}
    assert not actor.is_supervisor


def test_a_supervisor_sees_all_tickets() -> None:
    actor = caller("supervisor").actor
    assert actor.scopes == {"tickets": "all"}
    assert actor.is_supervisor


def test_an_unknown_role_may_do_nothing() -> None:
    assert role_named("emperor").permissions == frozenset()
    assert caller("emperor").actor.scopes == {}


def test_a_permission_that_no_role_has_cannot_be_required() -> None:
    assert "ticket.burn" not in PERMISSIONS
    with pytest.raises(ValueError, match=r"ticket\.burn"):
        requires("ticket.burn")
