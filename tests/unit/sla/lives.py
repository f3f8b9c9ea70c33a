"""Strategies: random lives of tickets, in random policies and calendars."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.sla.domain.book import PolicyBook
from services.sla.domain.policies import Policy
from services.sla.domain.vocabulary import BY_URGENCY, CATEGORY_OF, URGENCIES
from tests.unit.common.calendars.minutes import calendars_and_starts
from tests.unit.sla.making import CALENDAR_ID, WORKDAYS, Life, policy

Act = Callable[[Life, datetime], Any]

# What happens more often than the rest, so that whole stories come about.
COMMON: list[Act] = [
    Life.assign,
    Life.accept,
    Life.reply,
    Life.ask,
    Life.solve,
    Life.reopen,
]
ACTS: list[Act] = [
    *COMMON,
    *COMMON,
    *COMMON,
    lambda life, at: life.reply(at, "system"),
    lambda life, at: life.ask(at, is_auto_reply=True),
    # Into the ticket as it is, as if what comes of it were told later.
    lambda life, at: life.add("ticket.message_received", at, "customer"),
    lambda life, at: life.move(at, "awaiting_customer"),
    lambda life, at: life.move(at, "awaiting_approval"),
    lambda life, at: life.move(at, "follow_up", "system"),
    lambda life, at: life.move(at, "in_progress"),
    lambda life, at: life.edit(at, urgency="critical"),
    lambda life, at: life.edit(at, urgency="normal"),
    lambda life, at: life.edit(at, tags=["vip"]),
    lambda life, at: life.edit(at, tags=[]),
    lambda life, at: life.add("ticket.note_added", at),
    lambda life, at: life.transfer(at),
    lambda life, at: life.transfer(at, "ticket.returned"),
    lambda life, at: life.solve(at, notify_customer=False),
    Life.close,
]


@st.composite
def lives(draw: st.DrawFn, start: datetime) -> Life:
    """Some acts within about three days, in whole minutes; most of them make sense."""
    life, at = Life(start), start
    # Half of them are in the middle of a conversation when chance sets in.
    begun: list[Act] = [Life.assign, Life.reply, Life.ask] if draw(st.booleans()) else []
    for act in begun + draw(st.lists(st.sampled_from(ACTS), max_size=14)):
        at += timedelta(minutes=draw(st.sampled_from([0, 1, 7, 30, 95, 240, 611])))
        # Nobody reopens what is not finished, and little happens to what is.
        if (act is Life.reopen) == life.is_finished or draw(st.booleans()):
            act(life, at)
    return life


@st.composite
def durations(draw: st.DrawFn, keys: Sequence[str]) -> dict[str, int]:
    """For nearly each of the keys some time from a minute to fifteen hours."""
    missing = draw(st.sampled_from([None, None, *keys]))
    return {key: draw(st.integers(1, 900)) * 60 for key in keys if key != missing}


def _targets(draw: st.DrawFn) -> dict[str, dict[str, int]]:
    missing = draw(st.sampled_from([None, *BY_URGENCY]))
    found = {one: draw(durations(URGENCIES)) for one in BY_URGENCY if one != missing}
    statuses = ("unassigned", "assigned", "awaiting_customer", "solved")
    return {**found, "status": draw(durations(statuses))}


@st.composite
def policies(draw: st.DrawFn, name: str, **values: Any) -> Policy:
    """Random targets and pauses, in business or calendar time."""
    unfinished = [key for key, kind in CATEGORY_OF.items() if kind not in ("solved", "closed")]
    return policy(
        name,
        hours=draw(st.sampled_from([WORKDAYS, None])),
        targets=_targets(draw),
        pause_statuses=draw(st.lists(st.sampled_from(unfinished), unique=True, max_size=3)),
        **values,
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Life, PolicyBook, list[Policy]]:
    """A life, and a book: a policy for the important, once replaced, and one for all."""
    calendar, start = draw(calendars_and_starts())
    life = draw(lives(start))
    turn = start + timedelta(minutes=draw(st.integers(-60, 4000)))
    vip = {"condition": {"field": "tags", "op": "has_any", "value": ["vip"]}}
    made = [
        draw(policies("重要", until=turn, **vip)),
        draw(policies("重要", revision=2, since=turn, **vip)),
        draw(policies("默认", position=2)),
    ]
    return life, PolicyBook(made, {CALENDAR_ID: calendar}), made
