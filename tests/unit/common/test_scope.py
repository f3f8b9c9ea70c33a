"""Whom a ticket may be shown to."""

from uuid import uuid4

import pytest

from libs.common.actor import Actor
from libs.common.scope import allows, rules_of

ME, SOMEBODY = uuid4(), uuid4()


def with_scopes(**scopes: object) -> Actor:
    return Actor(ME, "李雷", "staff", ("agent",), dict(scopes))


def ticket_of(assignee):
    return {"assignee": assignee, "group": None, "confidential": False}


@pytest.mark.parametrize("assignee", [None, ME, SOMEBODY])
def test_all_is_all(assignee):
    assert allows(with_scopes(tickets="all"), ticket_of(assignee))


def test_own_is_what_one_is_assigned_to():
    actor = with_scopes(tickets="own")
    assert allows(actor, ticket_of(ME))
    assert not allows(actor, ticket_of(SOMEBODY))
    assert not allows(actor, ticket_of(None))


def test_unassigned_ones_are_a_scope_of_their_own():
    actor = with_scopes(tickets="own", unassigned=True)
    assert allows(actor, ticket_of(None))
    assert not allows(actor, ticket_of(SOMEBODY))
    assert not allows(with_scopes(unassigned=True), ticket_of(ME))


@pytest.mark.parametrize(
    "scopes", [{}, {"tickets": None}, {"tickets": "everything"}, {"unassigned": "yes"}]
)
def test_without_a_known_scope_nothing_is_visible(scopes):
    actor = with_scopes(**scopes)
    assert not any(allows(actor, ticket_of(assignee)) for assignee in (None, ME, SOMEBODY))


def test_own_means_nothing_for_nobody():
    assert rules_of(Actor(None, "系统", "system", (), {"tickets": "own"})) == []
