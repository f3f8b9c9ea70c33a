"""How a ticket gets into somebody's hands, and how it leaves them again."""

from typing import Any
from uuid import UUID

from libs.common.errors import Conflict, Forbidden, field_error
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import ACCEPT_TIMEOUT, MANUAL, RETURNED, Handing, Proposal
from services.ticketing.domain.placing import Colleague, Team
from services.ticketing.domain.rights import may_work
from services.ticketing.domain.statuses import CLOSED, SOLVED
from services.ticketing.domain.ticket_state import TicketState, person, team_shown


class HandedTicket(TicketState):
    """A ticket as far as it is about who works on it."""

    @property
    def is_closed(self) -> bool:
        """Closed tickets stay closed: a new message opens a follow-up."""
        return self.status_category == CLOSED

    def scope_while_free(self) -> dict[str, Any] | None:
        """Whom it concerned while it waited for its assignee; None once that one has confirmed."""
        if self.status != "assigned":
            return None
        return {**self.scope(), "assignee": None, "group": self.waited_in_group_id}

    def already_assigned(self) -> Conflict:
        """The refusal for whoever wants a ticket that somebody has."""
        return Conflict(
            "ticket.already_assigned",
            f"the ticket is {self.assignee_name}'s already",
            {"assignee": person(self.assignee_id, self.assignee_name)},
        )

    def assign(
        self,
        assignee_id: UUID,
        name: str,
        note: str | None,
        act: Act,
        colleague: Colleague | None = None,
    ) -> None:
        """Give the ticket to somebody, or take it; the new assignee has yet to confirm.

        `colleague` is where the assignee works, as far as that is known.
        """
        self.hand(assignee_id, name, note, Handing(colleague), act)

    def hand(
        self, assignee_id: UUID, name: str, note: str | None, handing: Handing, act: Act
    ) -> None:
        """The same in whatever way."""
        self._check_assigning(assignee_id, handing.colleague, act)
        self._hand(assignee_id, name, note, handing, act)

    def _hand(
        self, assignee_id: UUID, name: str, note: str | None, handing: Handing, act: Act
    ) -> None:
        previous_id, previous = self.assignee_id, person(self.assignee_id, self.assignee_name)
        self._remember_assignee()
        moved = self._place_handed(handing)
        self.assignee_id, self.assignee_name = assignee_id, name
        self.assignment_id = handing.assignment_id or act.new_id()
        self.assignment_epoch += 1
        self.accepted_at = None
        self._set_status("assigned", act)
        self._enter_event(
            act,
            "ticket.assigned",
            assignee=person(assignee_id, name),
            previous=previous,
            note=note,
            **moved,
        )
        self._record(
            act,
            "ticket.assigned",
            assignment_id=self.assignment_id,
            epoch=self.assignment_epoch,
            note=note,
            previous_assignee_id=previous_id,
            mode=handing.mode,
        )

    def is_theirs(self, assignment_id: UUID) -> bool:
        """Whether this assignment is the present one."""
        return self.assignee_id is not None and self.assignment_id == assignment_id

    def refusal_of(self, proposal: Proposal) -> str | None:
        """Why a proposal of dispatch's cannot stand, in the contract's words; None if it can."""
        if self.status_category in (SOLVED, CLOSED):
            return "finished"
        if proposal.epoch != self.assignment_epoch or proposal.assignee_id == self.assignee_id:
            return "outdated"
        colleague = proposal.handing.colleague
        return "assignee_inactive" if colleague is not None and not colleague.is_active else None

    def return_to_group(self, reason: str, act: Act) -> None:
        """The assignee gives it back (退回), or a supervisor does so for them."""
        self._check_returning(act)
        self._release(RETURNED, reason, act)

    def withdraw(
        self, assignee_id: UUID, epoch: int, cause: str, note: str | None, act: Act
    ) -> None:
        """Take it from an assignee who still has it by the assignment of that epoch."""
        is_theirs = self.assignee_id == assignee_id and self.assignment_epoch == epoch
        # Confirmed at the last moment, they keep it.
        is_settled = cause == ACCEPT_TIMEOUT and self.accepted_at is not None
        if is_theirs and not is_settled and self.status_category not in (SOLVED, CLOSED):
            self._release(cause, note, act)

    def accept(self, act: Act) -> None:
        """The assignee confirms (确认接收): only now the ticket is in progress."""
        self._refuse_closed()
        if self.assignee_id is None or self.assignee_id != act.actor.subject:
            raise Forbidden("ticket.not_assignee", "only the assignee confirms a ticket")
        if self.status != "assigned":
            raise Conflict("ticket.already_accepted", f"the ticket is {self.status}")
        self._accept(act)

    def transfer(self, team: Team, note: str | None, act: Act) -> None:
        """Pass the ticket to a group (转交), where it waits for somebody to take it."""
        self._check_transferring(team, act)
        origin, previous_id = team_shown(self), self.assignee_id
        previous = person(previous_id, self.assignee_name)
        from_group_id = self.group_id
        self._place(self.place.in_team(team))
        self._leave_hands(act)
        self._enter_event(
            act,
            "ticket.transferred",
            group=team_shown(self),
            from_group=origin,
            previous=previous,
            note=note,
        )
        self._record(
            act,
            "ticket.transferred",
            from_group_id=from_group_id,
            to_group_id=team.group_id,
            previous_assignee_id=previous_id,
            epoch=self.assignment_epoch,
            note=note,
        )

    def _place_handed(self, handing: Handing) -> dict[str, Any]:
        """Move it where its new assignee has it; returns what else the timeline says."""
        was_free, origin = self.assignee_id is None, self.group_id
        if handing.team is None:
            self._place(self.place.with_colleague(handing.colleague))
        else:
            self._place(self.place.in_team(handing.team))
        self.waited_in_group_id = origin if was_free else self.group_id
        way = handing.way or handing.mode
        moved: dict[str, Any] = {} if way == MANUAL else {"mode": way}
        return moved if self.group_id == origin else {**moved, "group": team_shown(self)}

    def _remember_assignee(self) -> None:
        if self.assignee_id is not None:
            self.previous_assignee_id = self.assignee_id
            self.previous_assignee_name = self.assignee_name

    def _leave_hands(self, act: Act) -> None:
        self._remember_assignee()
        self.assignee_id = self.assignee_name = self.assignment_id = self.accepted_at = None
        # Whoever is still being proposed was chosen for another group, or before this.
        self.assignment_epoch += 1
        self._set_status("unassigned", act)

    def _release(self, cause: str, reason: str | None, act: Act) -> None:
        """Nobody's again, in the group where it is."""
        previous_id, previous = self.assignee_id, person(self.assignee_id, self.assignee_name)
        self._leave_hands(act)
        self._enter_event(
            act,
            "ticket.returned",
            previous=previous,
            group=team_shown(self),
            cause=cause,
            reason=reason,
        )
        self._record(
            act,
            "ticket.returned",
            previous_assignee_id=previous_id,
            epoch=self.assignment_epoch,
            cause=cause,
            reason=reason,
        )

    def _accept(self, act: Act) -> None:
        self.accepted_at = act.now
        self._set_status("in_progress", act)
        self._enter_event(act, "ticket.accepted")
        self._record(act, "ticket.accepted")

    def _check_assigning(self, assignee_id: UUID, colleague: Colleague | None, act: Act) -> None:
        if not act.actor.may("ticket.assign") and assignee_id != act.actor.subject:
            raise Forbidden("ticket.assign_forbidden", "agents may only take tickets themselves")
        is_taken = self.assignee_id is not None and not act.actor.may("ticket.assign")
        if is_taken or self.assignee_id == assignee_id:
            raise self.already_assigned()
        self._refuse_closed()
        self._refuse_solved()
        if colleague is not None and not colleague.is_active:
            raise field_error("assignee_id", "does not work here any more", "person.inactive")

    def _check_returning(self, act: Act) -> None:
        if self.assignee_id is None:
            raise Conflict("ticket.unassigned", "the ticket is nobody's")
        if self.assignee_id != act.actor.subject and not act.actor.may("ticket.assign"):
            raise Forbidden("ticket.not_assignee", "only the assignee returns a ticket")
        self._refuse_closed()
        self._refuse_solved()

    def _check_transferring(self, team: Team, act: Act) -> None:
        act.actor.demand("ticket.transfer")
        self._require_worker(act)
        self._refuse_closed()
        self._refuse_solved()
        if self.group_id == team.group_id and self.assignee_id is None:
            raise Conflict("ticket.already_in_group", f"the ticket waits in {team.name} already")

    def _require_worker(self, act: Act) -> None:
        if not may_work(self.assignee_id, act.actor):
            raise Forbidden("ticket.not_assignee", "only the assignee works on this ticket")

    def _refuse_closed(self) -> None:
        if self.is_closed:
            raise Conflict("ticket.closed", "the ticket is closed")

    def _refuse_solved(self) -> None:
        if self.status_category == SOLVED:
            raise Conflict("ticket.solved", "the ticket is solved")
