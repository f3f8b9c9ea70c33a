"""Departments and regions as trees: what may hang where. Plain rules, told what there is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from libs.common.errors import Conflict, field_error

MOST_UNITS = 1_000  # active ones of a kind
MOST_LEVELS = 10
# What separates the names of a path, where one is written: `售后部/上海组`.
SEPARATORS = "/／"


@dataclass(frozen=True)
class Unit:
    """A department or a region, as far as its place goes."""

    unit_id: UUID
    parent_id: UUID | None
    name: str
    is_active: bool = True


class Tree:
    """All units of a kind; `noun` is what problems call one: department or region."""

    def __init__(self, noun: str, units: Iterable[Unit]) -> None:
        self.noun = noun
        self._units = {unit.unit_id: unit for unit in units}
        self._below: dict[UUID | None, list[Unit]] = defaultdict(list)
        for unit in self._units.values():
            self._below[unit.parent_id].append(unit)

    def find(self, path: Sequence[str]) -> Unit | None:
        """The active unit at a path of names from the top, whatever their case."""
        found: Unit | None = None
        for name in path:
            siblings = self._below[found.unit_id if found else None]
            found = next((one for one in siblings if _is_named(one, name)), None)
            if found is None:
                return None
        return found

    def path(self, unit_id: UUID) -> tuple[str, ...]:
        """Names from the top down to the unit."""
        return tuple(unit.name for unit in reversed(list(self._upwards(unit_id))))

    def with_below(self, unit_id: UUID) -> list[UUID]:
        """The unit and all that is below it, active or not."""
        found = [unit_id]
        for one in found:
            found += [unit.unit_id for unit in self._below.get(one, ())]
        return found

    def add(self, unit: Unit) -> None:
        """Put in a new one; raises what `refuse_place` raises, or Conflict where it is full."""
        self.refuse_more()
        self.refuse_place(unit)
        self._units[unit.unit_id] = unit
        self._below[unit.parent_id].append(unit)

    def refuse_more(self) -> None:
        """Raise Conflict if there are as many active ones as there may be."""
        if sum(one.is_active for one in self._units.values()) >= MOST_UNITS:
            message = f"there are {MOST_UNITS} of them already"
            raise Conflict(f"{self.noun}.too_many", message, {"most": MOST_UNITS})

    def refuse_place(self, unit: Unit) -> None:
        """Raise unless the unit, new or known, may have this name under this parent."""
        self._refuse_parent(unit)
        siblings = self._below[unit.parent_id]
        if any(one.unit_id != unit.unit_id and _is_named(one, unit.name) for one in siblings):
            errors = {"errors": {"name": ["is taken beside it"]}}
            raise Conflict(f"{self.noun}.name_taken", f"{unit.name} stands there already", errors)

    def _refuse_parent(self, unit: Unit) -> None:
        if unit.parent_id is None:
            above = []
        elif unit.parent_id not in self._units:
            raise field_error("parent_id", "there is no such unit", f"{self.noun}.unknown")
        else:
            above = list(self._upwards(unit.parent_id))
        if any(one.unit_id == unit.unit_id for one in above):
            raise field_error("parent_id", "lies below the unit itself", f"{self.noun}.circle")
        if any(not one.is_active for one in above):
            raise field_error("parent_id", "is not active", f"{self.noun}.inactive")
        if len(above) + self._height(unit.unit_id) > MOST_LEVELS:
            message = f"more than {MOST_LEVELS} levels"
            raise field_error("parent_id", message, f"{self.noun}.too_deep")

    def _height(self, unit_id: UUID) -> int:
        """Levels of the unit and what is below it."""
        levels, row = 0, [unit_id]
        while row and levels <= MOST_LEVELS:
            levels += 1
            row = [one.unit_id for unit in row for one in self._below.get(unit, ())]
        return levels

    def _upwards(self, unit_id: UUID) -> Iterator[Unit]:
        place: UUID | None = unit_id
        while place is not None:
            yield self._units[place]
            place = self._units[place].parent_id


def split_path(text: str) -> tuple[str, ...]:
    """`售后部/上海组` as names; empty ones are left out."""
    for separator in SEPARATORS[1:]:
        text = text.replace(separator, SEPARATORS[0])
    return tuple(name.strip() for name in text.split(SEPARATORS[0]) if name.strip())


def _is_named(unit: Unit, name: str) -> bool:
    return unit.is_active and unit.name.lower() == name.lower()
