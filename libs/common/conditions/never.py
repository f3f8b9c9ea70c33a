"""Finds conditions that can never hold, so that nobody wonders why a rule is silent.

Sound, not complete: what is found holds for no facts, but words within words (a text that contains
this and does not start with that) may contradict one another unnoticed, and so may what would take
too long to find.

The search picks one part of every `any`, and looks for a field whose comparisons, all together,
no fact satisfies (`libs.common.conditions.together`).
"""

from collections.abc import Mapping

from libs.common.conditions.nodes import Comparison, Group, Node
from libs.common.conditions.together import Literal, can_meet

# Comparisons' values looked at; so many take about a tenth of a second.
_EFFORT = 100_000

# Of the fields met so far, what their facts must satisfy.
Demands = Mapping[str, tuple[Literal, ...]]
Wanted = tuple[Node, bool]  # that it holds, or that it does not


def first_never(root: Node, where: str) -> tuple[str, str] | None:
    """Path and reason of the deepest part for which the whole can never hold, or None."""
    search = _Search()
    return None if search.finds((root, True)) else _deepest(search, root, where)


def _deepest(search: "_Search", node: Node, path: str) -> tuple[str, str]:
    """Where it lies that `node`, which cannot hold, cannot."""
    if isinstance(node, Comparison):
        return f"{path}.value", "can never hold"
    wanted = node.kind != "none"
    for index, part in enumerate(node.parts if node.kind != "any" else ()):
        where = f"{path}.{node.kind}[{index}]"
        if not search.finds((part, wanted)):
            return _deepest(search, part, where) if wanted else (where, "always holds")
        if not search.finds(*((one, wanted) for one in node.parts[: index + 1])):
            return where, "can never hold beside what stands before it"
    return path, "can never hold"


class _Search:
    """Backtracking over the choices that `any` leaves, with a bound on all its work."""

    def __init__(self) -> None:
        self._effort = 0

    def finds(self, *wanted: Wanted) -> bool:
        """Whether all nodes may be as wanted at once; true also where it is not known."""
        return self._goes_on(wanted, {})

    def _goes_on(self, pending: tuple[Wanted, ...], demands: Demands) -> bool:
        self._effort += 1
        if self._effort > _EFFORT or not pending:
            return True
        (node, wanted), rest = pending[0], pending[1:]
        if isinstance(node, Comparison):
            met = self._demanded(demands, Literal(node, wanted))
            return met is not None and self._goes_on(rest, met)
        inner = tuple((part, wanted is (node.kind != "none")) for part in node.parts)
        if not _is_choice(pending[0]):
            return self._goes_on((*inner, *rest), demands)
        # What leaves no choice comes first, so that it narrows the choices.
        if not all(map(_is_choice, rest)):
            return self._goes_on((*sorted(rest, key=_is_choice), pending[0]), demands)
        return any(self._goes_on((one, *rest), demands) for one in inner)

    def _demanded(self, demands: Demands, literal: Literal) -> Demands | None:
        """The demands with one more, or None if no fact of its field satisfies them all."""
        name = literal.comparison.field.name
        literals = (*demands.get(name, ()), literal)
        self._effort += sum(len(one.values) for one in literals)
        return {**demands, name: literals} if can_meet(literals) else None


def _is_choice(pending: Wanted) -> bool:
    node, wanted = pending
    return isinstance(node, Group) and wanted is (node.kind == "any")
