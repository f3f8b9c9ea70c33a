"""Problem records (问题单): one cause behind many tickets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from libs.common.errors import Conflict, InvalidInput, field_error
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.links import LinkedTicket

OPEN, KNOWN, PROBLEM_SOLVED = "open", "known", "solved"
STATUSES = (OPEN, KNOWN, PROBLEM_SOLVED)
TITLE_LIMIT = 200
TEXT_LIMIT = 8_000

_TEXTS: Mapping[str, int] = {"title": TITLE_LIMIT, "description": TEXT_LIMIT}
_OPTIONAL = ("workaround", "solution")


@dataclass(frozen=True)
class ProblemName:
    """The problem that tickets are linked with."""

    problem_id: UUID
    number: str


class ProblemTicket(LinkedTicket):
    """A ticket as far as it has a known cause; one at most."""

    def join_problem(self, problem: ProblemName, act: Act) -> None:
        """This problem is behind it."""
        self._require_worker(act)
        self._refuse_archived()
        if self.problem_id == problem.problem_id:
            raise Conflict("problem.already_linked", f"{self.number} is linked with it already")
        if self.problem_id is not None:
            raise Conflict("problem.other_linked", f"{self.number} belongs to another problem")
        self.problem_id = problem.problem_id
        self._tell_problem("ticket.problem_linked", problem, act)

    def leave_problem(self, problem: ProblemName, act: Act) -> None:
        """It is not, after all."""
        self._require_worker(act)
        if self.problem_id != problem.problem_id:
            raise Conflict("problem.not_linked", f"{self.number} is not linked with it")
        self.problem_id = None
        self._tell_problem("ticket.problem_unlinked", problem, act)

    def _tell_problem(self, type: str, problem: ProblemName, act: Act) -> None:
        self._enter_event(act, type, problem=problem.number)
        self._record(act, type, problem_id=problem.problem_id, problem_number=problem.number)


def problem_number(day: date, serial: int) -> str:
    """`P`, the business date, and the serial of that day."""
    return f"P{day:%Y%m%d}{serial:03d}"


def checked_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """What people write into a problem, cleaned; raises InvalidInput naming what cannot stand."""
    known = (*_TEXTS, *_OPTIONAL, "status")
    unknown = {name: ["cannot be edited"] for name in changes if name not in known}
    if unknown:
        raise InvalidInput("field.unknown", "unknown fields", {"errors": unknown})
    checked: dict[str, Any] = {}
    for name, value in changes.items():
        if name in _TEXTS:
            checked[name] = checks.required_text(name, value, _TEXTS[name])
        elif name in _OPTIONAL:
            checked[name] = checks.optional_text(name, value, TEXT_LIMIT)
        else:
            checked[name] = checks.one_of("status", value, STATUSES)
    return checked


def check_standing(status: str, solution: str | None) -> None:
    """A solved problem says how."""
    if status == PROBLEM_SOLVED and not solution:
        raise field_error("solution", "is required for a solved problem", "field.required")
