"""The tree that a condition is: comparisons, and all, any or none of some nodes."""

from dataclasses import dataclass
from typing import Any, Literal

from libs.common.conditions.fields import Field

Kind = Literal["all", "any", "none"]


@dataclass(frozen=True)
class Comparison:
    """A field, what it is compared by, and a value in JSON's form; is_set has none."""

    field: Field
    op: str
    value: Any = None

    def as_json(self) -> dict[str, Any]:
        """The form that people write and that is stored."""
        raw: dict[str, Any] = {"field": self.field.name, "op": self.op}
        if self.value is not None:
            raw["value"] = list(self.value) if isinstance(self.value, tuple) else self.value
        return raw


@dataclass(frozen=True)
class Group:
    """Holds if all, any or none of its parts do."""

    kind: Kind
    parts: tuple["Node", ...]

    def as_json(self) -> dict[str, Any]:
        """The form that people write and that is stored."""
        return {self.kind: [part.as_json() for part in self.parts]}


Node = Comparison | Group


def comparisons_of(node: Node) -> list[Comparison]:
    """All comparisons below a node, in their order."""
    if isinstance(node, Comparison):
        return [node]
    return [one for part in node.parts for one in comparisons_of(part)]
