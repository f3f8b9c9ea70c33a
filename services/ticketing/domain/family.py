"""Parents and children: a parent waits for its children."""

from dataclasses import dataclass, replace
from uuid import UUID

from libs.common.errors import Conflict
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import RULES
from services.ticketing.domain.rating import RatedTicket
from services.ticketing.domain.statuses import SOLVED, is_unfinished

MOST_LEVELS = 3
MOST_CHILDREN = 100
MOST_CLOSED_TOGETHER = 100
CHILD = "child"


@dataclass(frozen=True)
class Lineage:
    """What a ticket and its parent to be have around them.

    `ancestors` are the parent's, without itself. `levels_below` counts the child's descendants.
    `children` is how many the parent has.
    """

    ancestors: tuple[UUID, ...] = ()
    levels_below: int = 0
    children: int = 0


class FamilyTicket(RatedTicket):
    """A ticket as far as it is about its parent and its children.

    `open_children` changes with this ticket's row locked; so none ends before its children do.
    """

    def attach_child(self, child: "FamilyTicket", lineage: Lineage, act: Act) -> None:
        """Make it a child of this one. A child that was just opened knows its parent already."""
        self._require_worker(act)
        self.check_attaching(child, lineage)
        child.parent_id = self.ticket_id
        child._enter_event(act, "ticket.attached", parent=self.number)
        child._record_family("ticket.attached", self, child, act)
        self._take_child(child, act)

    def take_new_child(self, child: "FamilyTicket", act: Act) -> None:
        """A child that was opened as one, and is numbered."""
        self._take_child(child, act)

    def detach_child(self, child: "FamilyTicket", act: Act) -> None:
        """It goes its own way."""
        self._require_worker(act)
        if child.parent_id != self.ticket_id:
            raise Conflict("family.no_child", f"{child.number} is no child of this ticket")
        if child.merged_into is not None:
            # Unmerged it is as it was.
            raise Conflict("merge.already_merged", f"{child.number} is merged into another ticket")
        child.parent_id = None
        if is_unfinished(child.status):
            self.open_children -= 1
        child._enter_event(act, "ticket.detached", parent=self.number)
        child._record_family("ticket.detached", self, child, act)
        self._enter_event(act, "ticket.detached", child=child.number)
        self._record_family("ticket.detached", self, child, act)

    def follow_child(self, child: "FamilyTicket", act: Act) -> None:
        """A child ended, or is worked on again: then a solved parent is, too."""
        if act.actor.kind != "staff":
            act = replace(act, actor=RULES)
        if is_unfinished(child.status):
            self.open_children += 1
            if self.status_category == SOLVED:
                self._reopen(CHILD, None, self._status_of_follow_up(), act)
            return
        self.open_children -= 1
        if self.open_children == 0 and is_unfinished(self.status):
            self._enter_event(act, "ticket.children_finished", child=child.number)
            self._record(act, "ticket.children_finished", child_ticket_id=child.ticket_id)

    def end_together(self, child: "FamilyTicket") -> None:
        """A child ends in the very act that ends this ticket: nobody need be told of it here."""
        self.open_children -= 1
        child.was_unfinished = False

    def wait_for_children(self, act: Act) -> None:
        """It comes back as solved, from the bin or a merger: not before its children are."""
        if self.open_children and self.status_category == SOLVED:
            self._reopen(CHILD, None, self._status_of_follow_up(), act)

    def check_parenting(self, lineage: Lineage) -> None:
        """Whether it may have one more child."""
        self._refuse_closed()
        self._refuse_solved()
        if len(lineage.ancestors) + lineage.levels_below + 2 > MOST_LEVELS:
            raise Conflict("family.too_deep", f"there are at most {MOST_LEVELS} levels")
        if lineage.children >= MOST_CHILDREN:
            raise Conflict("family.too_many", f"there are at most {MOST_CHILDREN} children")

    def check_attaching(self, child: "FamilyTicket", lineage: Lineage) -> None:
        """Whether this very ticket may become a child."""
        if child.ticket_id in (self.ticket_id, *lineage.ancestors):
            raise Conflict("family.cycle", "a ticket cannot be below itself")
        if child.parent_id == self.ticket_id:
            raise Conflict("family.already_child", f"{child.number} is a child of it already")
        if child.parent_id is not None:
            raise Conflict("family.has_parent", f"{child.number} has another parent")
        if child.is_closed:
            raise Conflict("ticket.closed", f"{child.number} is closed")
        self.check_parenting(lineage)

    def _take_child(self, child: "FamilyTicket", act: Act) -> None:
        if is_unfinished(child.status):
            self.open_children += 1
        self._enter_event(act, "ticket.attached", child=child.number)
        self._record_family("ticket.attached", self, child, act)

    def _record_family(
        self, type: str, parent: "FamilyTicket", child: "FamilyTicket", act: Act
    ) -> None:
        ids = {"parent_ticket_id": parent.ticket_id, "child_ticket_id": child.ticket_id}
        self._record(act, type, **ids)
