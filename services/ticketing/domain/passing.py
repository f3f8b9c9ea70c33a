"""Tickets passed on (转交), to a colleague or a department, and back (退回) whence they came."""

from dataclasses import dataclass
from uuid import UUID

from libs.common.errors import Conflict, field_error
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import RETURNED, Handing
from services.ticketing.domain.handing import HandedTicket
from services.ticketing.domain.placing import Colleague, Place
from services.ticketing.domain.settings import Settings
from services.ticketing.domain.ticket_state import person, team_shown

TRANSFER = "transfer"
PREVIOUS, GROUP, POOL = "previous", "group", "pool"
RETURN_TARGETS = (PREVIOUS, GROUP, POOL)


@dataclass(frozen=True)
class Department:
    """A department that may be given tickets."""

    department_id: UUID
    name: str


def transfer_note(note: str | None, settings: Settings) -> str | None:
    """The words that go with a transfer; raises InvalidInput where the settings want some."""
    if settings.needs_transfer_note:
        return checks.required_text("note", note, checks.REASON_LIMIT)
    return checks.optional_text("note", note)


class PassedTicket(HandedTicket):
    """A ticket as far as people send it to one another."""

    def transfer_to_person(
        self, person_id: UUID, name: str, colleague: Colleague | None, note: str | None, act: Act
    ) -> None:
        """It is theirs at once, and they have yet to confirm."""
        self._check_passing(act)
        if self.assignee_id == person_id:
            raise self.already_assigned()
        if colleague is not None and not colleague.is_active:
            raise field_error("person_id", "does not work here any more", "person.inactive")
        self._hand(person_id, name, note, Handing(colleague, way=TRANSFER), act)

    def transfer_to_department(self, department: Department, note: str | None, act: Act) -> None:
        """It waits for anybody of the department, in no group."""
        self._check_passing(act)
        is_there = self.department_id == department.department_id and self.group_id is None
        if is_there and self.assignee_id is None:
            message = f"the ticket waits in {department.name} already"
            raise Conflict("ticket.already_in_department", message)
        origin, previous_id = team_shown(self), self.assignee_id
        previous = person(previous_id, self.assignee_name)
        from_group_id = self.group_id
        self._place(Place(None, None, department.department_id, self.region_id))
        self._leave_hands(act)
        shown = {"department_id": str(department.department_id), "name": department.name}
        self._enter_event(
            act,
            "ticket.transferred",
            department=shown,
            from_group=origin,
            previous=previous,
            note=note,
        )
        self._record(
            act,
            "ticket.transferred",
            from_group_id=from_group_id,
            to_group_id=None,
            to_department_id=department.department_id,
            previous_assignee_id=previous_id,
            epoch=self.assignment_epoch,
            note=note,
        )

    def return_to_previous(self, reason: str, colleague: Colleague | None, act: Act) -> None:
        """Back to whom it came from; `colleague` is where that one works now."""
        self._check_returning(act)
        person_id, name = self.previous_assignee_id, self.previous_assignee_name
        if person_id is None or person_id == self.assignee_id:
            raise Conflict("ticket.no_previous", "nobody has had the ticket before")
        if colleague is not None and not colleague.is_active:
            message = f"{name} does not work here any more"
            raise Conflict("ticket.previous_inactive", message)
        self._hand(person_id, name or "", reason, Handing(colleague, way=RETURNED), act)

    def return_to_pool(self, reason: str, act: Act) -> None:
        """Out of its group, where everybody who sees the common pool may take it."""
        self._check_returning(act)
        self._place(Place(region_id=self.region_id))
        self._release(RETURNED, reason, act)

    def _check_passing(self, act: Act) -> None:
        act.actor.demand("ticket.transfer")
        self._require_worker(act)
        self._refuse_closed()
        self._refuse_solved()
