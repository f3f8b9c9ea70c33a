"""One import: the file read and planned, shown, and, if it is meant, carried out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from gateway.organisation.importing.apply import apply_steps
from gateway.organisation.importing.columns import find_columns
from gateway.organisation.importing.files import Sheet
from gateway.organisation.importing.known import Known, read_known
from gateway.organisation.importing.plan import Planner, Step
from gateway.organisation.importing.rows import Row, read_rows
from gateway.organisation.rights import Granter, wait_for_role_changes
from gateway.organisation.state import begin_change
from libs.common.crypto import BlindIndex
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import InvalidInput

OUTCOMES = ("created", "updated", "unchanged", "failed")
_MOST_TOLD = 100  # failed rows in a refusal


@dataclass(frozen=True)
class Import:
    """A file that somebody wants imported."""

    ignored: list[str]
    rows: list[Row]
    granter: Granter
    index: BlindIndex
    creates_units: bool

    @classmethod
    def read(
        cls, sheet: Sheet, granter: Granter, index: BlindIndex, *, creates_units: bool
    ) -> "Import":
        """Raises InvalidInput for a head that does not fit."""
        columns = find_columns(sheet.head)
        rows = read_rows(columns, sheet.rows)
        return cls(columns.ignored, rows, granter, index, creates_units)

    def preview(self, session: Session) -> dict[str, Any]:
        """What would come of it; nothing is written."""
        known, planner, steps = self._plan(session)
        return self._show(known, planner, steps, {})

    def run(
        self, uow: UnitOfWork, now: datetime, *, skips_errors: bool
    ) -> tuple[dict[str, Any], list[Step]]:
        """What came of it, with initial passwords, and all steps.

        Raises InvalidInput if a row fails and such rows are not to be left out.
        """
        wait_for_role_changes(uow.session)
        begin_change(uow.session)
        known, planner, steps = self._plan(uow.session)
        if not skips_errors:
            _refuse_failed(steps)
        made = apply_steps(uow, self.index, now, planner, steps)
        return self._show(known, planner, steps, made), steps

    def _plan(self, session: Session) -> tuple[Known, Planner, list[Step]]:
        known = read_known(session, self.index, self.rows)
        planner = Planner(known, self.index, self.granter, creates_units=self.creates_units)
        return known, planner, planner.plan(self.rows)

    def _show(
        self,
        known: Known,
        planner: Planner,
        steps: Sequence[Step],
        made: Mapping[int, tuple[UUID, str]],
    ) -> dict[str, Any]:
        counted = Counter(step.outcome for step in steps)
        new_units = {
            f"new_{noun}s": ["/".join(known.trees[noun].path(unit.unit_id)) for unit in units]
            for noun, units in planner.new_units.items()
        }
        return {
            "counts": {outcome: counted[outcome] for outcome in OUTCOMES},
            "ignored_columns": self.ignored,
            **new_units,
            "rows": [_show_step(step, made) for step in steps],
        }


def _refuse_failed(steps: Sequence[Step]) -> None:
    failed = [_show_step(step, {}) for step in steps if step.outcome == "failed"]
    if failed:
        message = f"{len(failed)} rows cannot be imported"
        raise InvalidInput("import.has_errors", message, {"rows": failed[:_MOST_TOLD]})


def _show_step(step: Step, made: Mapping[int, tuple[UUID, str]]) -> dict[str, Any]:
    row = step.row
    person_id, password = made.get(row.line, (step.person and step.person.person_id, None))
    return {
        "line": row.line,
        "login": row.login,
        "name": row.name or (step.person.name if step.person else ""),
        "outcome": step.outcome,
        "changes": [name.removesuffix("_id") for name in step.changes] if step.person else [],
        "errors": [vars(fault) for fault in row.faults],
        "person_id": person_id,
        "initial_password": password,
    }
