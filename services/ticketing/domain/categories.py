"""Categories of tickets: a tree, at most four deep, and what tickets get by being put there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from libs.common.errors import Conflict, field_error
from services.ticketing.domain import checks
from services.ticketing.domain.gathering import Gathering
from services.ticketing.domain.vocabulary import KINDS, URGENCIES

DEEPEST = 4
MOST = 500
NAME_LIMIT = 60
_KEY_LIMIT = 40
_BETWEEN = re.compile(r"[/／›>＞]")

Parents = Mapping[UUID, UUID | None]


@dataclass(frozen=True)
class Category:
    """Where a ticket lies: ids and names from the top of the tree down to the category itself."""

    category_id: UUID
    path: tuple[UUID, ...]
    names_zh: tuple[str, ...]
    names_en: tuple[str, ...]

    def shown(self) -> dict[str, Any]:
        """As timelines keep it, whatever it is called later."""
        return {
            "category_id": str(self.category_id),
            "names": {"zh": list(self.names_zh), "en": list(self.names_en)},
        }


@dataclass(frozen=True)
class Node:
    """A category by itself; `name_en` None: as in Chinese."""

    category_id: UUID
    parent_id: UUID | None
    name_zh: str
    name_en: str | None = None
    is_active: bool = True
    defaults: Mapping[str, Any] = field(default_factory=dict)


class Tree:
    """All categories. What new tickets must not take stays for those that have it."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes = {node.category_id: node for node in nodes}

    @property
    def parents(self) -> dict[UUID, UUID | None]:
        """Each category's parent."""
        return {one: node.parent_id for one, node in self.nodes.items()}

    def line(self, category_id: UUID) -> list[Node]:
        """The category with all above it, from the top down."""
        found: list[Node] = []
        node = self.nodes.get(category_id)
        while node is not None:
            found.insert(0, node)
            node = self.nodes.get(node.parent_id) if node.parent_id else None
        return found

    def is_in_use(self, category_id: UUID) -> bool:
        """Whether tickets may take it: neither it nor what lies above it is put away."""
        line = self.line(category_id)
        return bool(line) and all(node.is_active for node in line)

    def walk(self, parent_id: UUID | None = None) -> Iterator[UUID]:
        """All, siblings in their order, each followed by what lies below it."""
        for one, node in self.nodes.items():
            if node.parent_id == parent_id:
                yield one
                yield from self.walk(one)

    def place(self, category_id: UUID) -> Category:
        """As a ticket has it."""
        line = self.line(category_id)
        return Category(
            category_id,
            tuple(node.category_id for node in line),
            tuple(node.name_zh for node in line),
            tuple(node.name_en or node.name_zh for node in line),
        )

    def offer(self, category_id: UUID) -> Category:
        """The same for a ticket that takes it now; raises InvalidInput if it is not in use."""
        if not self.is_in_use(category_id):
            raise field_error("category_id", "there is no such category", "category.unknown")
        return self.place(category_id)

    def named(self, words: str) -> list[UUID]:
        """Those of this id, name or path (售后/产品维修); of a path its last part may do.

        Names in either language, whatever their letters' case; several may have the same name.
        """
        wanted = _parts(words)
        if not wanted:
            return []
        return [
            one
            for one in self.nodes
            if str(one) == wanted[-1]
            or any(names[-len(wanted) :] == wanted for names in self._names(one))
        ]

    def is_whole(self, category_id: UUID, words: str) -> bool:
        """Whether the words are its path from the top down."""
        return _parts(words) in self._names(category_id)

    def _names(self, category_id: UUID) -> tuple[list[str], list[str]]:
        """From the top down, as they are compared."""
        place = self.place(category_id)
        zh, en = (
            [name.strip().lower() for name in names] for names in (place.names_zh, place.names_en)
        )
        return zh, en

    def defaults(self, category_id: UUID) -> dict[str, Any]:
        """What tickets in it begin with: its own, else the nearest above it that says so."""
        together: dict[str, Any] = {}
        for node in self.line(category_id):
            together |= {name: one for name, one in node.defaults.items() if one}
        return together


def check_place(parents: Parents, category_id: UUID | None, parent_id: UUID | None) -> None:
    """Raises for a parent that is not there, lies below the category, or would make it too deep."""
    above = 0
    one = parent_id
    while one is not None:
        if one == category_id:
            raise field_error("parent_id", "lies below the category itself", "category.circle")
        if one not in parents:
            raise field_error("parent_id", "there is no such category", "category.unknown")
        one, above = parents[one], above + 1
    if above + _height(parents, category_id) > DEEPEST:
        raise Conflict("category.too_deep", f"categories lie at most {DEEPEST} deep")


def order_with(tree: Tree, node: Node, before_id: UUID | None) -> list[UUID]:
    """The ids of its siblings with it before one of them, behind all of them where that is None.

    Raises InvalidInput for one that is none of them.
    """
    others = [
        one.category_id
        for one in tree.nodes.values()
        if one.parent_id == node.parent_id and one.category_id != node.category_id
    ]
    if before_id is not None and before_id not in others:
        raise field_error("before_id", "lies elsewhere than the category", "category.unknown")
    place = len(others) if before_id is None else others.index(before_id)
    return [*others[:place], node.category_id, *others[place:]]


def below(parents: Parents, category_id: UUID) -> set[UUID]:
    """The category and all below it."""
    found = {category_id}
    while more := {one for one, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _parts(words: str) -> list[str]:
    """售后/产品维修, 售后 › 产品维修 and 售后>产品维修 are one path."""
    parts = (part.strip().lower() for part in _BETWEEN.split(words))
    return [part for part in parts if part]


def _height(parents: Parents, category_id: UUID | None) -> int:
    """How many levels the category has, itself included."""
    height, level = 1, {category_id}
    while category_id is not None and (
        level := {one for one, parent in parents.items() if parent in level}
    ):
        height += 1
    return height


def read_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """The names that are given; raises InvalidInput."""
    wrong, read = Gathering(), {}
    if "name_zh" in values:
        name = values["name_zh"]
        read["name_zh"] = wrong.read("name_zh", checks.required_text, "name_zh", name, NAME_LIMIT)
    if "name_en" in values:
        name = values["name_en"]
        read["name_en"] = wrong.read("name_en", checks.optional_text, "name_en", name, NAME_LIMIT)
    wrong.demand()
    return read


def read_defaults(values: object) -> dict[str, Any]:
    """What tickets begin with, as it is kept; raises InvalidInput naming `defaults.<name>`."""
    if not isinstance(values, Mapping):
        raise field_error("defaults", "must be an object")
    wrong, read = Gathering(), {}
    for name, value in values.items():
        where = f"defaults.{name}"
        if name not in _READERS:
            wrong.add(where, "is not known here", "field.unknown")
        elif value not in (None, "", []):
            read[str(name)] = wrong.read(where, _READERS[name], where, value)
    wrong.demand()
    return read


def _id(where: str, value: object) -> str:
    try:
        return str(value if isinstance(value, UUID) else UUID(str(value)))
    except ValueError:
        raise field_error(where, "must be a UUID") from None


_READERS: Mapping[str, Any] = {
    "kind": lambda where, value: checks.one_of(where, value, KINDS),
    "urgency": lambda where, value: checks.one_of(where, value, URGENCIES),
    "template_key": lambda where, value: checks.required_text(where, value, _KEY_LIMIT),
    "scale": lambda where, value: checks.required_text(where, value, _KEY_LIMIT),
    "group_id": _id,
    "tags": checks.tag_list,
}
