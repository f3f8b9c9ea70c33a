"""Decides for each row what it makes of whom, or why it cannot."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from gateway.organisation.importing.known import Known
from gateway.organisation.importing.rows import Path, Row
from gateway.organisation.rights import Granter, Grants, gained
from gateway.organisation.tree import Tree, Unit
from gateway.roles.rules import KEEPERS
from gateway.storage.people import Person
from libs.common.crypto import BlindIndex
from libs.common.errors import DeskError
from libs.common.ids import uuid7

_PLAIN = ("name", "title", "extension", "language")
_TREES = ("department", "region")


@dataclass
class Step:
    """One row: `columns` are new values as they are stored, addresses in their normal form."""

    row: Row
    person: Person | None
    columns: dict[str, Any] = field(default_factory=dict)
    old_groups: dict[UUID, bool] = field(default_factory=dict)
    groups: dict[UUID, bool] = field(default_factory=dict)
    gained: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """created, updated, unchanged or failed."""
        if self.row.faults:
            return "failed"
        if self.person is None:
            return "created"
        return "updated" if self.changes else "unchanged"

    @property
    def changes(self) -> list[str]:
        """Names of what becomes different."""
        moved = ["groups"] if self.groups != self.old_groups else []
        return [*self.columns, *moved]


class Planner:
    """Makes steps of rows; units that are wanted and not there are planned as well, if allowed."""

    def __init__(
        self, known: Known, index: BlindIndex, granter: Granter, *, creates_units: bool
    ) -> None:
        self.new_units: dict[str, list[Unit]] = {noun: [] for noun in _TREES}
        self._known = known
        self._index = index
        self._granter = granter
        self._creates_units = creates_units

    def plan(self, rows: Sequence[Row]) -> list[Step]:
        """In the order of the file."""
        return [self._step(row) for row in rows]

    def _step(self, row: Row) -> Step:
        step = Step(row, self._known.people.get(row.login.lower()))
        role = self._role(step)
        self._take_plain(step)
        self._take_contacts(step)
        self._take_groups(step, role)
        # Last, so that nobody makes departments for a row that fails.
        if not row.faults:
            for noun in _TREES:
                self._take_unit(step, noun)
        return step

    def _role(self, step: Step) -> Grants | None:
        row, person, roles = step.row, step.person, self._known.roles
        present = roles[person.role] if person else None
        if present and person and self._is_beyond(present, person.person_id):
            row.refuse("login", "beyond_own", "this person may do more than you")
        if row.role is None:
            if present is None:
                row.refuse("role", "required", "a new person needs a role")
            return present
        key = self._known.role_words.get(row.role.lower())
        if key is None:
            row.refuse("role", "unknown", "there is no such role")
            return None
        if present and present.key == key:
            return present
        if self._granter.gives_more(roles[key]):
            row.refuse("role", "beyond_own", "this role may do more than you")
        step.columns["role"] = key
        new = sorted(KEEPERS & roles[key].permissions)
        step.gained = gained(present, roles[key]) if present else new
        return roles[key]

    def _is_beyond(self, role: Grants, person_id: UUID) -> bool:
        return person_id != self._granter.person_id and self._granter.gives_more(role)

    def _take_plain(self, step: Step) -> None:
        row, person = step.row, step.person
        if person is None and row.name is None and not _has_fault(row, "name"):
            row.refuse("name", "required", "a new person needs a name")
        for name in _PLAIN:
            value = getattr(row, name)
            if value is not None and (person is None or getattr(person, name) != value):
                step.columns[name] = value

    def _take_contacts(self, step: Step) -> None:
        for name in ("email", "phone"):
            value = getattr(step.row, name)
            if value is None:
                continue
            found = self._index.of(name, value)
            owner = self._known.owners.get((name, found))
            if owner is None:
                step.columns[name] = value
            elif step.person is None or owner != step.person.person_id:
                step.row.refuse(name, "taken", "is somebody else's")

    def _take_groups(self, step: Step, role: Grants | None) -> None:
        if step.person is not None:
            step.old_groups = self._known.places.get(step.person.person_id, {})
        step.groups = dict(step.old_groups)
        if step.row.groups is not None:
            step.groups = {}
            for name in step.row.groups:
                group_id = self._known.groups.get(name.lower())
                if group_id is None:
                    step.row.refuse("groups", "unknown", f"there is no group {name}")
                else:
                    step.groups[group_id] = step.old_groups.get(group_id, False)
        if step.groups and role is not None and role.kind != "staff":
            step.row.refuse("groups", "staff_only", "only staff belong to groups")

    def _take_unit(self, step: Step, noun: str) -> None:
        path: Path | None = getattr(step.row, noun)
        if path is None:
            return
        unit = self._known.trees[noun].find(path) or self._make(step.row, noun, path)
        key = f"{noun}_id"
        if unit and (step.person is None or getattr(step.person, key) != unit.unit_id):
            step.columns[key] = unit.unit_id

    def _make(self, row: Row, noun: str, path: Path) -> Unit | None:
        if not self._creates_units:
            row.refuse(noun, "unknown", f"there is no {'/'.join(path)}")
            return None
        tree, parent = self._known.trees[noun], None
        try:
            for length in range(1, len(path) + 1):
                parent = tree.find(path[:length]) or self._add(tree, path[:length], parent)
        except DeskError as error:
            row.refuse(noun, "full", error.message)
            return None
        return parent

    def _add(self, tree: Tree, path: Path, parent: Unit | None) -> Unit:
        unit = Unit(uuid7(), parent.unit_id if parent else None, path[-1])
        tree.add(unit)
        self.new_units[tree.noun].append(unit)
        return unit


def _has_fault(row: Row, column: str) -> bool:
    return any(fault.column == column for fault in row.faults)
