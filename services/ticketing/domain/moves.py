"""Which status may follow which by hand: asked here alone, whoever wants the move.

The rules for all stand in `statuses.MOVES`; a template may allow fewer. What the system itself does
to tickets (answers of customers, handing over, closing by time) asks nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from libs.common.errors import Conflict
from services.ticketing.domain.statuses import (
    CATEGORY_OF,
    CLOSED,
    MOVES,
    UNFINISHED,
    OwnStatuses,
    Status,
)

# Where the system puts tickets, whatever a template says.
_ALWAYS_ENTERED = ("unassigned", "assigned", "in_progress", "follow_up", "solved")
# Taking and confirming are acts of their own that no template forbids.
_ACTS = {"unassigned": "assigned", "assigned": "in_progress"}


@dataclass(frozen=True)
class MoveRules:
    """What a template allows of what the rules allow.

    `offers`: statuses that it has at all; None: every one. `moves`: by a status, those that may
    follow it; one without a row of its own goes by its base's, and without that all may follow.
    """

    offers: tuple[str, ...] | None = None
    moves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def permits(self, at: Status, to: str) -> bool:
        """Whether it leaves this open; putting away what is closed concerns no template."""
        if to == "archived":
            return True
        if self.offers is not None and to not in self.offers:
            return False
        row = self.moves.get(at.key, self.moves.get(at.base))
        return row is None or to in row

    def as_json(self) -> dict[str, object]:
        """The form that is stored."""
        offers = None if self.offers is None else list(self.offers)
        return {"offers": offers, "moves": {key: list(row) for key, row in self.moves.items()}}

    def named(self) -> dict[str, str]:
        """All statuses that it speaks of, by the path where each stands."""
        found = {f"offers[{place}]": key for place, key in enumerate(self.offers or ())}
        for key, row in self.moves.items():
            found[f"moves.{key}"] = key
            found |= {f"moves.{key}[{place}]": one for place, one in enumerate(row)}
        return found


def possible_moves(at: Status, rules: MoveRules | None, own: OwnStatuses) -> list[str]:
    """Statuses that a ticket may be moved to by hand: the shipped ones, then the company's."""
    followers = MOVES.get(at.base, ())
    back = (at.base,) if at.own else ()
    bases = (at.base, *followers)
    shades = [one.key for one in own.values() if one.base in bases and not one.is_archived]
    open_to = [key for key in (*back, *followers, *shades) if key != at.key]
    return [key for key in open_to if rules is None or rules.permits(at, key)]


def may_solve(at: Status, rules: MoveRules | None) -> bool:
    """Solving is an act of its own, and a template may keep it from some statuses."""
    return rules is None or rules.permits(at, "solved")


def refuse_move(at: Status, to: str, moves: list[str]) -> Conflict:
    """The refusal, which says what is allowed."""
    allowed = ", ".join(moves) or "nothing"
    return Conflict(
        "status.move_refused",
        f"a ticket that is {at.key} cannot become {to}; allowed: {allowed}",
        {"status": at.key, "moves": moves},
    )


def dead_ends(rules: MoveRules, own: OwnStatuses) -> list[str]:
    """Statuses that tickets get into under these rules and that no way of staff's closes from.

    Passing a ticket on, and what customers or timers may do, are not counted as ways.
    """
    every = {key: Status(key, key) for key in CATEGORY_OF} | dict(own)
    ways = {key: _ways(one, rules, own) for key, one in every.items()}
    entered, waiting = set[str](), list(_ALWAYS_ENTERED)
    while waiting:
        key = waiting.pop()
        if key not in entered:
            entered.add(key)
            waiting += ways[key]
    closing = {key for key, one in every.items() if one.category == CLOSED}
    while more := {key for key in every if key not in closing and closing & set(ways[key])}:
        closing |= more
    return [key for key in every if key in entered and key not in closing]


def _ways(at: Status, rules: MoveRules, own: OwnStatuses) -> list[str]:
    ways = possible_moves(at, rules, own)
    if at.category in UNFINISHED and may_solve(at, rules):
        ways.append("solved")
    return [*ways, _ACTS[at.base]] if at.base in _ACTS else ways
