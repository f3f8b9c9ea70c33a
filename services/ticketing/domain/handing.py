"""How a ticket gets into somebody's hands: assigned, confirmed, passed to a group."""

from typing import Any
from uuid import UUID

from libs.common.errors import Conflict, Forbidden
from services.ticketing.domain.act import Act
from services.ticketing.domain.placing import Colleague, Team
from services.ticketing.domain.statuses import CLOSED, SOLVED
from services.ticketing.domain.ticket_state import TicketState, person, team_shown


class HandedTicket(TicketState):
    """A ticket as far as it is about who works on it."""

    @property
    def is_closed(self) -> bool:
        """Closed tickets stay closed: a new message opens a follow-up."""
        return self.status_category == CLOSED

    def scope_while_free(self) -> dict[str, Any] | None:
        """Whom it concerned while it waited for its assignee; None once that one has confirmed.

        New tickets are in no group, so that is where the first assignment took it from.
        """
        if self.status != "assigned":
            return None
        group_id = None if self.assignment_epoch == 1 else self.group_id
        return {**self.scope(), "assignee": None, "group": group_id}

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
        self._check_assigning(assignee_id, act)
        previous_id, previous_name, group_id = self.assignee_id, self.assignee_name, self.group_id
        self._place(self.place.with_colleague(colleague))
        self.assignee_id, self.assignee_name = assignee_id, name
        self.assignment_id = act.new_id()
        self.assignment_epoch += 1
        self.accepted_at = None
        self._set_status("assigned", act)
        moved: dict[str, Any] = {}
        if self.group_id != group_id:
            moved["group"] = team_shown(self)
        self._enter_event(
            act,
            "ticket.assigned",
            assignee=person(assignee_id, name),
            previous=person(previous_id, previous_name),
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
        )

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
        self.assignee_id = self.assignee_name = self.assignment_id = self.accepted_at = None
        # Whoever is still being proposed was chosen for another group.
        self.assignment_epoch += 1
        self._set_status("unassigned", act)
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

    def _accept(self, act: Act) -> None:
        self.accepted_at = act.now
        self._set_status("in_progress", act)
        self._enter_event(act, "ticket.accepted")
        self._record(act, "ticket.accepted")

    def _check_assigning(self, assignee_id: UUID, act: Act) -> None:
        if not act.actor.may("ticket.assign") and assignee_id != act.actor.subject:
            raise Forbidden("ticket.assign_forbidden", "agents may only take tickets themselves")
        is_taken = self.assignee_id is not None and not act.actor.may("ticket.assign")
        if is_taken or self.assignee_id == assignee_id:
            raise self.already_assigned()
        self._refuse_closed()
        self._refuse_solved()

    def _check_transferring(self, team: Team, act: Act) -> None:
        act.actor.demand("ticket.transfer")
        self._refuse_closed()
        self._refuse_solved()
        if self.group_id == team.group_id and self.assignee_id is None:
            raise Conflict("ticket.already_in_group", f"the ticket waits in {team.name} already")

    def _refuse_closed(self) -> None:
        if self.is_closed:
            raise Conflict("ticket.closed", "the ticket is closed")

    def _refuse_solved(self) -> None:
        if self.status_category == SOLVED:
            raise Conflict("ticket.solved", "the ticket is solved")
