"""Whatever is done to a ticket, in whatever order: what always holds."""

import itertools
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.actor import Actor
from libs.common.errors import DeskError
from services.ticketing.domain.statuses import CATEGORY_OF, MOVES, is_unfinished
from services.ticketing.domain.ticket import Ticket
from tests.unit.ticketing.making import BOSS, HAN, LI, by, from_customer, id_of, message, opening

staff = st.sampled_from([LI, HAN, BOSS])
statuses = st.sampled_from(sorted(CATEGORY_OF))

Step = Callable[[Ticket], object]


def step(make: Callable[..., Step], *arguments: Any) -> st.SearchStrategy[Step]:
    return st.builds(make, *arguments)


def assign(who: Actor, whom: Actor) -> Step:
    return lambda t: t.assign(id_of(whom), whom.name, None, by(who))


def hear(is_auto_reply: bool) -> Step:
    return lambda t: t.receive_message(message(is_auto_reply=is_auto_reply), from_customer(t))


steps = st.one_of(
    step(assign, staff, staff),
    step(lambda who: lambda t: t.accept(by(who)), staff),
    step(lambda who, s: lambda t: t.reply("您好", (), s, by(who)), staff, st.none() | statuses),
    step(lambda who: lambda t: t.note("备注", (), by(who)), staff),
    step(lambda who, s: lambda t: t.change_status(s, "理由", by(who)), staff, statuses),
    step(lambda who, b: lambda t: t.solve("好了", b, by(who)), staff, st.booleans()),
    step(lambda who: lambda t: t.reopen("没好", by(who)), staff),
    step(lambda who: lambda t: t.edit({"urgency": "urgent"}, "停机", by(who)), staff),
    step(hear, st.booleans()),
)
lives = st.lists(steps, max_size=25)


def lived(life: list[Step]) -> Ticket:
    """A ticket after those steps; what a refused step did before its refusal is undone."""
    ticket = Ticket.open(opening(), by(BOSS))
    for take_step in life:
        before = dict(vars(ticket)) | {
            "facts": list(ticket.facts),
            "entries": list(ticket.entries),
        }
        try:
            take_step(ticket)
        except DeskError:
            vars(ticket).update(before)
    return ticket


@given(lives)
@settings(max_examples=300)
def test_facts_are_numbered_without_gap(life):
    ticket = lived(life)
    assert [fact.seq for fact in ticket.facts] == list(range(1, ticket.seq + 1))


@given(lives)
def test_entries_are_numbered_without_gap(life):
    ticket = lived(life)
    assert [entry.seq for entry in ticket.entries] == list(range(1, ticket.last_entry_seq + 1))


@given(lives)
@settings(max_examples=300)
def test_the_status_agrees_with_the_rest_of_the_ticket(life):
    ticket = lived(life)
    assert ticket.status_category == CATEGORY_OF[ticket.status]
    if is_unfinished(ticket.status):
        assert (ticket.assignee_id is None) == (ticket.status == "unassigned")
        assert (ticket.accepted_at is None) == (ticket.status in ("unassigned", "assigned"))
        assert ticket.solution is None
    if ticket.status == "solved":
        assert ticket.solution


@given(lives)
@settings(max_examples=300)
def test_every_change_of_status_is_in_the_timeline_with_actor_and_time(life):
    ticket = lived(life)
    statuses_told = [fact.header["status"] for fact in ticket.facts]
    changes = sum(a != b for a, b in itertools.pairwise(statuses_told))
    events = [entry for entry in ticket.entries if entry.kind == "event"]
    assert len(events) - 1 >= changes
    assert all(entry.author_name and entry.created_at for entry in ticket.entries)


@given(lives)
@settings(max_examples=300)
def test_closed_tickets_stay_closed_unless_they_are_reopened(life):
    ticket = lived(life)
    for before, fact in itertools.pairwise(ticket.facts):
        if before.header["status"] in ("closed", "archived"):
            is_reopened = fact.type == "ticket.reopened"
            assert is_reopened or fact.header["status"] in ("closed", "archived")
            assert not (is_reopened and before.header["status"] == "archived")


@given(lives)
def test_moves_by_hand_follow_the_table(life):
    ticket = lived(life)
    for fact in ticket.facts:
        if fact.type == "ticket.status_changed" and fact.actor.kind == "staff":
            assert fact.details["to_status"] in MOVES[fact.details["from_status"]]


@given(lives)
def test_the_version_never_falls_and_rises_with_every_change_of_status(life):
    ticket = lived(life)
    told = [(fact.header["version"], fact.header["status"]) for fact in ticket.facts]
    for (version, status), (next_version, next_status) in itertools.pairwise(told):
        assert next_version > version if status != next_status else next_version >= version
