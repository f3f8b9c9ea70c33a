"""Whom a ticket may be shown to."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import column

from libs.common.actor import Actor
from libs.common.errors import Forbidden
from libs.common.scope import (
    AssignedTo,
    InPool,
    ScopeColumns,
    Watching,
    allows,
    branches,
    handles,
    requester_of,
    rules_of,
)

ME, SOMEBODY, CUSTOMER = uuid4(), uuid4(), uuid4()
MINE, THEIRS = uuid4(), uuid4()  # units of any kind
UNITS = {"group": "groups", "department": "departments", "region": "regions"}


def with_scopes(**scopes: object) -> Actor:
    return Actor(ME, "李雷", "staff", ("agent",), dict(scopes))


def ticket_of(assignee: UUID | None = SOMEBODY, **scope: Any) -> dict[str, Any]:
    places = {"group": None, "department": None, "region": None, "requester": CUSTOMER}
    watchers: dict[str, Any] = {"cc": [], "collaborators": []}
    return {"assignee": assignee, **places, **watchers, "confidential": False, **scope}


@pytest.mark.parametrize("assignee", [None, ME, SOMEBODY])
def test_all_is_all(assignee):
    assert allows(with_scopes(tickets="all"), ticket_of(assignee, group=THEIRS))


def test_own_is_what_one_is_assigned_to():
    actor = with_scopes(tickets="own")
    assert allows(actor, ticket_of(ME, group=THEIRS))
    assert not allows(actor, ticket_of(SOMEBODY))
    assert not allows(actor, ticket_of(None))


@pytest.mark.parametrize(("unit", "listed"), UNITS.items())
def test_a_units_tickets_are_seen_by_who_has_the_unit(unit, listed):
    actor = with_scopes(tickets=unit, **{listed: [str(MINE), str(uuid4())]})
    assert allows(actor, ticket_of(SOMEBODY, **{unit: MINE}))
    assert allows(actor, ticket_of(None, **{unit: MINE}))
    assert not allows(actor, ticket_of(SOMEBODY, **{unit: THEIRS}))
    assert not allows(actor, ticket_of(SOMEBODY, **{unit: None}))
    assert allows(actor, ticket_of(ME, **{unit: THEIRS}))


@pytest.mark.parametrize(("unit", "listed"), UNITS.items())
def test_a_unit_of_another_kind_with_the_same_id_is_another_unit(unit, listed):
    actor = with_scopes(tickets=unit, **{listed: [str(MINE)]})
    others = {name: MINE for name in UNITS if name != unit}
    assert not allows(actor, ticket_of(SOMEBODY, **others))


def test_units_count_only_at_their_own_level():
    actor = with_scopes(tickets="own", departments=[str(MINE)], groups=[str(MINE)])
    assert not allows(actor, ticket_of(SOMEBODY, department=MINE, group=MINE))


def test_pools_are_what_waits_in_the_own_groups_or_in_none():
    actor = with_scopes(tickets="own", pools=True, groups=[str(MINE)])
    assert allows(actor, ticket_of(None))
    assert allows(actor, ticket_of(None, group=MINE))
    assert not allows(actor, ticket_of(None, group=THEIRS))
    assert not allows(actor, ticket_of(SOMEBODY, group=MINE))
    assert not allows(actor, ticket_of(SOMEBODY))


def test_without_pools_even_the_own_groups_unassigned_are_not_seen():
    actor = with_scopes(tickets="own", groups=[str(MINE)])
    assert not allows(actor, ticket_of(None))
    assert not allows(actor, ticket_of(None, group=MINE))


def test_a_requester_sees_what_was_requested_and_nothing_else():
    actor = with_scopes(tickets="requested", requester=str(CUSTOMER), pools=True, groups=[MINE])
    assert allows(actor, ticket_of(SOMEBODY))
    assert not allows(actor, ticket_of(ME, requester=SOMEBODY))
    assert not allows(actor, ticket_of(None, group=MINE, requester=SOMEBODY))
    assert requester_of(actor) == CUSTOMER


@pytest.mark.parametrize(
    "scopes",
    [{"tickets": "all"}, {"tickets": "own"}, {}, {"tickets": "requested"},
     {"tickets": "requested", "requester": "me"}],
)  # fmt: skip
def test_nobody_else_is_a_requester(scopes):
    with pytest.raises(Forbidden):
        requester_of(with_scopes(**scopes))


@pytest.mark.parametrize(
    "scopes",
    [
        {},
        {"tickets": None},
        {"tickets": "everything"},
        {"tickets": "none"},
        {"tickets": ["all"]},
        {"tickets": {"all": True}},
        {"pools": "yes"},
        {"pools": 1},
        {"tickets": "requested"},
        {"tickets": "requested", "requester": ""},
        {"tickets": "requested", "requester": [str(CUSTOMER)]},
    ],
)
def test_without_a_known_scope_nothing_is_visible(scopes):
    actor = with_scopes(**scopes)
    assert not any(allows(actor, ticket_of(assignee)) for assignee in (None, ME, SOMEBODY))


@pytest.mark.parametrize("listed", ["x", str(MINE), 7, None, {str(MINE): 1}, [7, None, "", "x"]])
def test_what_is_no_list_of_ids_grants_nothing(listed):
    actor = with_scopes(tickets="group", groups=listed, watches=listed, pools=True)
    assert rules_of(actor) == [AssignedTo(ME), InPool(()), Watching((ME,))]


def test_wrong_ids_do_not_spoil_the_right_ones():
    actor = with_scopes(tickets="group", groups=["x", str(MINE), None, str(MINE)])
    assert allows(actor, ticket_of(SOMEBODY, group=MINE))


def test_own_means_nothing_for_nobody():
    assert rules_of(Actor(None, "系统", "system", (), {"tickets": "own"})) == []


def test_a_scope_that_is_not_known_is_not_allowed():
    for level in ("own", "group", "department", "region", "requested"):
        actor = with_scopes(
            tickets=level, pools=True, requester=str(CUSTOMER),
            **{listed: [str(MINE)] for listed in UNITS.values()},
        )  # fmt: skip
        assert not allows(actor, {})


ids = st.sampled_from([None, ME, MINE, THEIRS, CUSTOMER])
LISTS = ("cc", "collaborators")
watchers = st.lists(st.sampled_from([ME, MINE, THEIRS]), max_size=2)
scopes = st.fixed_dictionaries(
    {name: watchers if name in LISTS else ids for name in ticket_of() if name != "confidential"}
)


@given(
    scope=scopes,
    hidden=st.sets(
        st.sampled_from(["assignee", "group", "department", "region", "requester", *LISTS])
    ),
    level=st.sampled_from(["own", "group", "department", "region", "all", "requested"]),
)
def test_what_is_judged_from_a_part_of_the_scope_holds_for_the_whole(scope, hidden, level):
    listed = {name: [str(MINE)] for name in (*UNITS.values(), "watches")}
    actor = with_scopes(tickets=level, pools=True, requester=str(CUSTOMER), **listed)
    known = {name: value for name, value in scope.items() if name not in hidden}
    for rule in rules_of(actor):
        assert rule.judge(known) in (None, rule.judge(scope))
        assert rule.judge(scope) is not None


@pytest.mark.parametrize("size", [8, 9])
def test_a_list_of_one_group_has_its_pool_however_many_groups_one_is_in(size):
    groups = [uuid4() for _ in range(size)]
    actor = with_scopes(tickets="own", pools=True, groups=list(map(str, groups)))
    columns = ScopeColumns(*map(column, ("assignee", "group", "department", "region", "requester")))
    asked = [str(one) for one in branches(actor, columns, {"group": groups[0]})]
    assert [one.split(" AND ")[0] for one in asked] == [
        "assignee = :assignee_1",
        "assignee IS NULL",
    ]
    assert len(branches(actor, columns, {"group": THEIRS})) == 1


@pytest.mark.parametrize("way", ["cc", "collaborators"])
def test_whoever_watches_a_ticket_reads_it_and_no_more(way):
    actor = with_scopes(tickets="own", watches=[str(MINE)])
    for watcher in (ME, MINE):
        seen = ticket_of(SOMEBODY, **{way: [THEIRS, watcher]})
        assert allows(actor, seen)
        assert not handles(actor, seen)
    assert not allows(actor, ticket_of(SOMEBODY, **{way: [THEIRS]}))
    assert handles(actor, ticket_of(ME, **{way: [ME]}))


@pytest.mark.parametrize("level", ["requested", "none"])
def test_who_sees_no_tickets_of_staff_watches_none(level):
    actor = with_scopes(tickets=level, requester=str(CUSTOMER), watches=[str(MINE)])
    assert not allows(actor, ticket_of(SOMEBODY, requester=SOMEBODY, cc=[ME, MINE]))


def test_where_watchers_are_not_kept_nobody_is_shown_what_they_watch():
    actor = with_scopes(tickets="own", watches=[str(MINE)])
    columns = ScopeColumns(*map(column, ("assignee", "group", "department", "region", "requester")))
    [asked] = branches(actor, columns)
    assert str(asked) == "assignee = :assignee_1"
