"""Whether some fact may satisfy several comparisons of one field at once.

Where a field's facts can be told apart by finitely many of them, these are tried; texts and lists
have too many, and are argued about. Wherever the argument does not reach, the answer is yes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import pairwise
from math import inf
from typing import Any

from libs.common.conditions.fields import Field
from libs.common.conditions.judging import OPPOSITE, Test, test_of
from libs.common.conditions.nodes import Comparison
from libs.common.conditions.wording import finder, opener


@dataclass(frozen=True)
class Literal:
    """A comparison that must hold, or must not."""

    comparison: Comparison
    wanted: bool

    @cached_property
    def _test(self) -> Test:
        return test_of(self.comparison)

    def accepts(self, fact: Any) -> bool:
        """Whether this fact satisfies it."""
        return self._test(fact) is self.wanted

    @property
    def relation(self) -> tuple[str, bool]:
        """The comparison without its `not`, and whether it must hold."""
        op = self.comparison.op
        return (OPPOSITE[op], not self.wanted) if op in OPPOSITE else (op, self.wanted)

    @property
    def values(self) -> tuple[Any, ...]:
        """What the fact is compared with."""
        value = self.comparison.value
        return value if isinstance(value, tuple) else (value,)


Literals = Sequence[Literal]


def can_meet(literals: Literals) -> bool:
    """False only if no fact of the field, nor its absence, satisfies all of them."""
    if _is_met(literals, [None]):
        return True
    strict = [one for one in literals if not one.accepts(None)]
    if (facts := _telling_facts(literals[0].comparison.field, literals, strict)) is not None:
        return _is_met(literals, facts)
    if all(one.relation[0] == "is_set" for one in strict):
        # Anything that no comparison speaks of, unless it shall be set and not set.
        return all(one.relation[1] for one in strict) and not _shall_be_absent(literals)
    return not _shall_be_absent(literals) and _texts_agree(literals) and _lists_agree(literals)


def _is_met(literals: Literals, facts: Iterable[Any]) -> bool:
    return any(all(one.accepts(fact) for one in literals) for fact in facts)


def _shall_be_absent(literals: Literals) -> bool:
    return ("is_set", False) in (one.relation for one in literals)


def _telling_facts(field: Field, literals: Literals, strict: Literals) -> Iterable[Any] | None:
    """Facts of which one satisfies all literals if any fact does, or None where there are none."""
    if field.type == "tree":
        return [_widest_path(literals)]
    if field.range is not None:
        return range(field.range[0], field.range[1] + 1)
    if exact := [one for one in strict if one.relation in (("is", True), ("in", True))]:
        return exact[0].values
    match field.type:
        case "choice" | "rank" | "id":
            return _choices(field, literals)
        case "instant":
            return _around(sorted(map(datetime.fromisoformat, _values(literals))), *_INSTANTS)
        case "custom" if any(one.relation[0] in _NUMERIC for one in strict):
            numbers = {one for one in _values(literals) if type(one) in (int, float)}
            return _around(sorted(numbers), -inf, inf)
    return None


def _widest_path(literals: Literals) -> list[str]:
    """A place in a tree that lies below all that may be and nothing that must not.

    If any place satisfies all literals, this one does, for nobody knows here what lies below what.
    """
    banned = {value for one in literals if not one.relation[1] for value in one.values}
    return [str(one) for one in _values(literals) if one not in banned] + ["."]


_INSTANTS = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_NUMERIC = ("gt", "ge", "lt", "le", "between")


def _values(literals: Literals) -> Iterator[Any]:
    return (value for one in literals for value in one.values if value is not None)


def _choices(field: Field, literals: Literals) -> list[str]:
    """All words there are; of an open list, those that are spoken of, and one that is not."""
    if field.choices is not None and not field.is_open:
        return list(field.choices)
    spoken_of = [str(value) for value in _values(literals)]
    return [*spoken_of, max(spoken_of, default="") + "."]


def _around(bounds: list[Any], least: Any, most: Any) -> Iterator[Any]:
    """The bounds, what lies between two of them, and what lies beyond."""
    yield from (*bounds, least, most)
    for low, high in pairwise(bounds):
        yield low + (high - low) / 2


def _texts_agree(literals: Literals) -> bool:
    """Whether a text may contain and start with all that it must, without what it must not."""
    must = [(op, value) for op, value, wanted in _worded(literals) if wanted]
    must_not = [(op, value) for op, value, wanted in _worded(literals) if not wanted]
    starts = [value for op, value in must if op == "starts_with"]
    for one in starts:
        if any(not opener(one)(other) and not opener(other)(one) for other in starts):
            return False
    for op, word in must_not:
        # A forbidden word within a demanded one cannot be avoided.
        within = finder(word) if op == "contains" else opener(word)
        if any(within(value) for _, value in (must if op == "contains" else _starts(starts))):
            return False
    return True


def _starts(starts: Iterable[str]) -> list[tuple[str, str]]:
    return [("starts_with", value) for value in starts]


def _worded(literals: Literals) -> Iterator[tuple[str, str, bool]]:
    for one in literals:
        op, wanted = one.relation
        if op in ("contains", "starts_with"):
            yield op, one.comparison.value, wanted


def _lists_agree(literals: Literals) -> bool:
    """Whether a list may have all members that it must, and none that it must not."""
    demanded = _members(literals, "has_all", True)
    banned = _members(literals, "has_any", False)
    if demanded & banned:
        return False
    for one in literals:
        members = set(map(_typed, one.values))
        if one.relation == ("has_any", True) and members <= banned:
            return False
        if one.relation == ("has_all", False) and members <= demanded:
            return False
    return True


def _members(literals: Literals, op: str, wanted: bool) -> set[Any]:
    found = [one.values for one in literals if one.relation == (op, wanted)]
    return {_typed(value) for values in found for value in values}


def _typed(value: Any) -> tuple[bool, Any]:
    return isinstance(value, bool), value
