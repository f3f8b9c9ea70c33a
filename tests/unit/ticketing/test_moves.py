"""Own statuses stand on shipped ones, and templates allow fewer moves; no way leads past that."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.errors import Conflict, InvalidInput
from services.ticketing.domain.moves import MoveRules, dead_ends, may_solve, possible_moves
from services.ticketing.domain.rights import allowed_actions, allowed_moves
from services.ticketing.domain.status_fields import read_changes, read_status
from services.ticketing.domain.statuses import (
    BASES,
    CATEGORY_OF,
    MOVES,
    Status,
    find_status,
    is_unfinished,
)
from services.ticketing.domain.templates import Definition, TemplateVersion
from tests.unit.ticketing.making import BOSS, LI, accepted_ticket, by

PARTS = Status("own_parts", "awaiting_customer")
LAB = Status("own_lab", "in_progress")
OLD = Status("own_old", "in_progress", is_archived=True)
OWN = {one.key: one for one in (PARTS, LAB, OLD)}
SHIPPED = {key: Status(key, key) for key in CATEGORY_OF}

keys = st.sampled_from([*CATEGORY_OF, *OWN])
rules = st.builds(
    MoveRules,
    st.none() | st.lists(keys, max_size=8).map(tuple),
    st.dictionaries(keys, st.lists(keys, max_size=6).map(tuple), max_size=6),
)


def template(allowed: MoveRules | None) -> TemplateVersion:
    definition = Definition(statuses=allowed)
    return TemplateVersion(LI.subject, "repair", 1, "报修", "Repair", "repair", definition)


def test_own_statuses_are_reached_by_the_moves_of_their_bases():
    moves = possible_moves(SHIPPED["in_progress"], None, OWN)
    assert moves == [*MOVES["in_progress"], "own_parts", "own_lab"]
    assert possible_moves(PARTS, None, OWN) == [
        *("awaiting_customer", "in_progress", "follow_up", "closed", "own_lab"),
    ]


def test_what_is_archived_is_never_chosen_and_can_be_left():
    assert "own_old" not in possible_moves(SHIPPED["follow_up"], None, OWN)
    assert "awaiting_customer" in possible_moves(OLD, None, OWN)


def test_a_template_allows_fewer_moves_and_never_more():
    allowed = MoveRules(("own_parts", "closed"), {"in_progress": ("own_parts", "solved")})
    assert possible_moves(SHIPPED["in_progress"], allowed, OWN) == ["own_parts"]
    assert not may_solve(SHIPPED["in_progress"], allowed)
    assert possible_moves(SHIPPED["unassigned"], MoveRules(None, {}), OWN) == ["closed"]
    wider = MoveRules(None, {"unassigned": ("awaiting_customer", "closed")})
    assert possible_moves(SHIPPED["unassigned"], wider, OWN) == ["closed"]


def test_an_own_status_without_a_row_goes_by_that_of_its_base():
    allowed = MoveRules(None, {"in_progress": ("follow_up",)})
    assert possible_moves(LAB, allowed, OWN) == ["follow_up"]


def test_archiving_concerns_no_template():
    assert possible_moves(SHIPPED["closed"], MoveRules((), {}), OWN) == ["archived"]


@given(rules)
def test_no_move_leaves_what_the_rules_for_all_allow(allowed: MoveRules):
    for at in [*SHIPPED.values(), *OWN.values()]:
        for key in possible_moves(at, allowed, OWN):
            to = find_status("status", key, OWN)
            assert to.base in (at.base, *MOVES[at.base])
            assert not to.is_archived
            assert to.category == CATEGORY_OF[to.base]
            assert allowed.permits(at, key)


@given(rules)
def test_under_rules_without_dead_ends_staff_close_every_ticket(allowed: MoveRules):
    if dead_ends(allowed, OWN):
        return
    seen, waiting = set[str](), ["unassigned", "assigned", "in_progress", "follow_up", "solved"]
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            at = find_status("status", key, OWN)
            waiting += possible_moves(at, allowed, OWN)
            waiting += ["solved"] if is_unfinished(at.base) and may_solve(at, allowed) else []
    assert seen & {"closed"}


def test_a_dead_end_is_named():
    assert dead_ends(MoveRules(None, {}), OWN) == []
    assert dead_ends(MoveRules(None, {"awaiting_customer": ()}), OWN) == [
        *("awaiting_customer", "own_parts"),
    ]
    # Its own row leads out again.
    rows = {"awaiting_customer": (), "own_parts": ("closed",)}
    assert dead_ends(MoveRules(None, rows), OWN) == ["awaiting_customer"]
    assert dead_ends(MoveRules(None, {"solved": ()}), OWN) == ["solved"]


def test_what_nobody_gets_into_is_no_dead_end():
    rows = {"awaiting_approval": ()}
    assert dead_ends(MoveRules(None, rows), OWN) == ["awaiting_approval"]
    others = tuple(key for key in CATEGORY_OF if key != "awaiting_approval")
    assert dead_ends(MoveRules(others, rows), OWN) == []


def test_a_circle_that_never_closes_is_a_dead_end():
    rows = {
        "in_progress": ("follow_up",),
        "follow_up": ("in_progress",),
        "assigned": (),
    }
    assert dead_ends(MoveRules(None, rows), {}) == ["assigned", "in_progress", "follow_up"]


def test_a_ticket_has_an_own_status_and_the_meaning_of_its_base():
    ticket = accepted_ticket()
    ticket.change_status("own_parts", "等配件", by(LI), own=OWN)
    assert (ticket.status, ticket.own_status) == ("awaiting_customer", "own_parts")
    assert ticket.status_category == "pending"
    changes = [one.event for one in ticket.entries if one.event]
    [event] = [one for one in changes if one["type"] == "ticket.status_changed"]
    assert event["to_own_status"] == "own_parts"
    fact = ticket.facts[-1]
    assert fact.header["own_status"] == "own_parts"
    assert (fact.details["from_status"], fact.details["to_status"]) == (
        *("in_progress", "awaiting_customer"),
    )


def test_every_other_change_of_status_leaves_it_behind():
    ticket = accepted_ticket()
    ticket.change_status("own_parts", None, by(LI), own=OWN)
    ticket.solve("好了", True, by(LI))
    assert (ticket.status, ticket.own_status) == ("solved", None)


def test_the_name_alone_changes_between_statuses_of_one_base():
    ticket = accepted_ticket()
    ticket.change_status("own_lab", None, by(LI), own=OWN)
    assert (ticket.status, ticket.own_status) == ("in_progress", "own_lab")
    ticket.change_status("in_progress", None, by(LI), own=OWN)
    assert (ticket.status, ticket.own_status) == ("in_progress", None)


def test_closing_as_an_own_status_asks_what_closing_asks():
    own = {"own_void": Status("own_void", "closed")}
    ticket = accepted_ticket()
    with pytest.raises(InvalidInput) as refusal:
        ticket.change_status("own_void", None, by(LI), own=own)
    assert "reason" in refusal.value.details["errors"]
    ticket.change_status("own_void", "客户不需要了", by(LI), own=own)
    assert (ticket.status, ticket.own_status, ticket.close_kind) == ("closed", "own_void", "normal")
    closed_at = ticket.closed_at
    ticket.change_status("closed", None, by(LI, closed_at + timedelta(hours=1)), own=own)
    assert (ticket.own_status, ticket.closed_at) == (None, closed_at)


def test_a_refused_move_says_what_is_allowed():
    ticket = accepted_ticket()
    ticket.template = template(MoveRules(None, {"in_progress": ("own_parts", "solved")}))
    with pytest.raises(Conflict) as refusal:
        ticket.change_status("follow_up", None, by(LI), own=OWN)
    assert refusal.value.code == "status.move_refused"
    assert refusal.value.details == {"status": "in_progress", "moves": ["own_parts"]}


def test_a_template_can_keep_solving_from_a_status():
    ticket = accepted_ticket()
    ticket.template = template(MoveRules(None, {"in_progress": ("awaiting_approval",)}))
    assert "solve" not in allowed_actions(ticket, BOSS, ticket.move_rules)
    with pytest.raises(Conflict) as refusal:
        ticket.solve("好了", True, by(LI))
    assert refusal.value.code == "status.move_refused"


def test_what_the_system_does_asks_no_template():
    ticket = accepted_ticket()
    ticket.template = template(MoveRules(("solved",), {"solved": ()}))
    ticket.solve("好了", True, by(LI))
    assert allowed_moves(ticket, BOSS, ticket.move_rules, OWN) == []
    ticket.close_by_time(by(LI))
    assert ticket.status == "closed"


def test_an_unknown_status_is_refused_naming_the_field():
    with pytest.raises(InvalidInput) as refusal:
        accepted_ticket().change_status("own_nothing", None, by(LI), own=OWN)
    assert list(refusal.value.details["errors"]) == ["status"]


def test_values_of_a_status_are_read_and_everything_wrong_is_named():
    read = read_status({"base": "awaiting_customer", "label": {"zh": "待配件"}}, "own_1")
    assert (read["key"], read["base"], read["label_en"]) == ("own_1", "awaiting_customer", "待配件")
    with pytest.raises(InvalidInput) as refusal:
        read_status({"key": "closed", "base": "archived", "color": "neon", "size": 1}, "own_1")
    assert set(refusal.value.details["errors"]) == {"key", "base", "label.zh", "color", "size"}
    assert "archived" not in BASES


def test_a_shipped_status_is_never_archived():
    with pytest.raises(InvalidInput) as refusal:
        read_changes({"is_archived": True}, is_own=False)
    assert list(refusal.value.details["errors"]) == ["is_archived"]
    assert read_changes({"is_archived": True}, is_own=True) == {"is_archived": True}
