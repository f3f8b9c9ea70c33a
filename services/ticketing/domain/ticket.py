"""The ticket: what may happen to it, and what then becomes of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from libs.common.errors import Conflict, Stale
from services.ticketing.domain import checks, edits, moves
from services.ticketing.domain.act import Act
from services.ticketing.domain.binning import BinnedTicket
from services.ticketing.domain.closing import Closing, ClosingTicket
from services.ticketing.domain.collaborating import CollaboratingTicket
from services.ticketing.domain.copying import CopiedTicket
from services.ticketing.domain.effort import EffortTicket
from services.ticketing.domain.hinted import HintedTicket
from services.ticketing.domain.identity import CheckedTicket
from services.ticketing.domain.material import MaterialTicket
from services.ticketing.domain.opening import Opening
from services.ticketing.domain.passing import PassedTicket
from services.ticketing.domain.received_forms import LeftOut, came_after, came_late
from services.ticketing.domain.rights import may_reopen
from services.ticketing.domain.settings import Settings
from services.ticketing.domain.statuses import (
    NO_OWN,
    PENDING,
    SOLVED,
    OwnStatuses,
    find_status,
)
from services.ticketing.domain.structure import StructuredTicket
from services.ticketing.domain.tagging import TaggedTicket
from services.ticketing.domain.templates import refuse
from services.ticketing.domain.ticket_state import person
from services.ticketing.domain.timeline import Attachment, CustomerMessage, Entry
from services.ticketing.domain.urging import UrgedTicket

# What of an opening is entered, not kept.
_TOLD = ("message", "left_out")


class Ticket(
    StructuredTicket,
    CollaboratingTicket,
    MaterialTicket,
    EffortTicket,
    ClosingTicket,
    PassedTicket,
    UrgedTicket,
    BinnedTicket,
    CopiedTicket,
    CheckedTicket,
    HintedTicket,
    TaggedTicket,
):
    """A request and all that happens to it until it is archived."""

    @classmethod
    def open(cls, opening: Opening, act: Act) -> "Ticket":
        """A new ticket with its first message; it begins when the message was received."""
        message = opening.message
        ticket = cls(
            **{name: value for name, value in vars(opening).items() if name not in _TOLD},
            created_at=message.received_at,
            updated_at=max(act.now, message.received_at),
            last_entry_at=message.received_at,
            template_version_id=opening.template_version_id,
            category_id=opening.category_id,
            media_types=tuple(file.media_type for file in message.attachments),
            status_changed_at=message.received_at,
        )
        ticket._heed_template()
        ticket._enter_event(act, "ticket.created", channel=ticket.channel)
        ticket._enter_left_out(opening.left_out, act)
        ticket._enter_message(message, act)
        ticket._record(
            act,
            "ticket.created",
            message_id=message.message_id,
            text=message.text,
            is_auto_reply=message.is_auto_reply,
            possibly_related_ticket_id=ticket.possibly_related_to,
            follows_up_ticket_id=ticket.follows_up,
            parent_ticket_id=ticket.parent_id,
            split_from_ticket_id=ticket.split_from,
        )
        return ticket

    def receive_message(
        self, message: CustomerMessage, act: Act, settings: Settings | None = None
    ) -> Entry:
        """The customer wrote again; an automatic reply is kept but moves nothing.

        `settings` say until when a closed ticket is reopened so, and which words urge.
        """
        settings = settings or Settings()
        is_reopened = self.is_reopenable(settings.reopen_days, act.now)
        if not message.is_auto_reply and not is_reopened:
            self._refuse_closed()
        entry = self._enter_message(message, act)
        self._record(
            act,
            "ticket.message_received",
            entry_id=entry.entry_id,
            message_id=message.message_id,
            text=message.text,
            is_auto_reply=message.is_auto_reply,
        )
        if message.is_auto_reply:
            return entry
        if self.status_category == SOLVED or is_reopened:
            self._reopen("customer", None, self._working_status(), act)
        elif self.status_category == PENDING:
            self._move(self._working_status(), None, act)
        self.hear_urging(message.text, settings, act)
        return entry

    def adopt_opening(self, opening: Opening, act: Act) -> None:
        """The message that was meant to open this ticket came after another: take its header.

        Nothing is taken once staff have touched the ticket: its form is told then. Call before
        receive_message.
        """
        late: tuple[LeftOut, ...] = ()
        if self.version > 1:
            late = came_late(opening.fields, [opening.template], opening.category)
        self._enter_left_out(opening.left_out + late, act)
        if self.version == 1:
            self.subject, self.kind, self.urgency = opening.subject, opening.kind, opening.urgency
            self.fields = {**self.fields, **opening.fields}
            self.template = opening.template
            self.template_version_id = opening.template_version_id
            if opening.category:
                self._begin_in(opening)
            self._heed_template()

    def _begin_in(self, opening: Opening) -> None:
        """The category, and what it brings; whoever has the ticket already keeps it."""
        self.category, self.category_id = opening.category, opening.category_id
        self.urgency_reason = opening.urgency_reason
        self.tags = list(dict.fromkeys([*self.tags, *opening.tags]))
        if self.group_id is None and self.assignee_id is None:
            self._place(opening.place)

    def hear_form(self, opening: Opening, act: Act) -> None:
        """A form was appended to this ticket: told, so that staff may take over what it says.

        Call before receive_message.
        """
        forms = [opening.template, self.template]
        after = came_after(opening.fields, forms, opening.category)
        self._enter_left_out(opening.left_out + after, act)

    def reply(
        self,
        text: str,
        attachments: tuple[Attachment, ...],
        status: str | None,
        act: Act,
        closing: Closing | None = None,
        own: OwnStatuses = NO_OWN,
    ) -> Entry:
        """Answer the customer in public, and move on to `status` if given.

        `closing` says as what it is closed, if that is the status; `own` are the company's own.
        """
        self._begin_work(act)
        entry = self._enter_writing(act, "message", text, attachments)
        self.first_replied_at = self.first_replied_at or act.now
        self._record(
            act,
            "ticket.replied",
            entry_id=entry.entry_id,
            text=text,
            html=None,
            attachments=[file.as_fact() for file in attachments],
        )
        if status is not None and status != self.standing.key:
            self.change_status(status, None, act, closing=closing, own=own)
        return entry

    def note(
        self,
        text: str,
        attachments: tuple[Attachment, ...],
        act: Act,
        mentions: Mapping[UUID, str] | None = None,
    ) -> Entry:
        """Write down something internal; on a closed ticket too, until it is archived.

        `mentions`: names of colleagues whom it is meant for (@), by id.
        """
        self._require_worker(act)
        if self.status == "archived":
            raise Conflict("ticket.closed", "the ticket is archived")
        entry = self._enter_writing(act, "note", text, attachments)
        named = mentions or {}
        entry.mentions = [person(one, name) or {} for one, name in named.items()]
        self._record(act, "ticket.note_added", entry_id=entry.entry_id, mentions=list(named))
        return entry

    def edit(self, changes: Mapping[str, Any], reason: str | None, act: Act) -> None:
        """Change what staff may edit; what is given but the same already is no change."""
        self._require_worker(act)
        self._refuse_closed()
        may_add = act.actor.kind != "staff"
        differences = edits.differences(self, changes, may_add=may_add)
        if not differences:
            return
        urgency = self.urgency
        edits.check_urgency_reason(differences, reason, act)
        for change in differences:
            setattr(self, change["field"], change["to"])
        if "category" in changes:
            self.category_id = self.category.category_id if self.category else None
        if self.urgency != urgency:
            self.urgency_reason = None if self.is_confidential else reason
            self._settle_hint()
        self.version += 1
        told = [edits.told(change) for change in differences]
        self._enter_event(act, "ticket.edited", changes=told, reason=reason)
        self._record(act, "ticket.edited", changed=[change["field"] for change in differences])

    def accept_hint(self, act: Act) -> None:
        """采纳: what the customer's words propose becomes the urgency, for that reason."""
        proposed = self._proposed()
        words = "、".join(str(word) for word in proposed["words"])
        reason = f"文字提示：{words}" if words else "文字提示"
        self.edit({"urgency": proposed["urgency"]}, reason, act)

    def change_status(
        self,
        status: str,
        reason: str | None,
        act: Act,
        fields: Mapping[str, Any] | None = None,
        closing: Closing | None = None,
        own: OwnStatuses = NO_OWN,
    ) -> None:
        """Move by hand, as the table of moves and the template allow.

        `fields` are said with it, and `closing` says as what it is closed, if it is; closing
        unsolved work needs a reason. `own`: the company's own statuses.
        """
        self._require_worker(act)
        wanted = find_status("status", status, own)
        allowed = moves.possible_moves(self.standing, self.move_rules, own)
        if wanted.key not in allowed:
            raise moves.refuse_move(self.standing, wanted.key, allowed)
        if wanted.base == "closed" and self.status != "closed":
            self._refuse_collaborating()
            self._refuse_open_children()
            closing = replace(closing or Closing(), own_status=wanted)
            self._close_by_hand(closing, reason, fields, act)
        else:
            filled = self._take_fields(self._filled(fields, act))
            self._move(wanted.base, reason, act, filled, own=wanted)

    def solve(
        self,
        text: str,
        notify_customer: bool,
        act: Act,
        fields: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Write the result down (处理结果) and, unless told otherwise, let the customer know.

        `fields` are said with it, as the closing summary is. Refused while something is missing
        that the ticket's template asks for at this stage.
        """
        self._require_worker(act)
        self._refuse_closed()
        self._refuse_solved()
        if not moves.may_solve(self.standing, self.move_rules):
            allowed = moves.possible_moves(self.standing, self.move_rules, NO_OWN)
            raise moves.refuse_move(self.standing, "solved", allowed)
        self._refuse_collaborating()
        self._refuse_open_children()
        after = self._filled(fields, act)
        refuse(self.lacking("solve", after), "ticket.incomplete")
        self._begin_work(act)
        filled = self._take_fields(after)
        previous = self.status
        self.solution, self.solved_at, self.confirmation = text, act.now, None
        if notify_customer:
            self.first_replied_at = self.first_replied_at or act.now
        self._set_status("solved", act)
        entry = self._enter_event(
            act,
            "ticket.solved",
            text,
            from_status=previous,
            notify_customer=notify_customer,
            **filled,
        )
        self._record(
            act,
            "ticket.solved",
            entry_id=entry.entry_id,
            text=text,
            notify_customer=notify_customer,
        )
        self.solved_seq = self.seq
        return entry

    def reopen(self, reason: str, act: Act) -> None:
        """The customer is not satisfied after all (待跟进), or it was closed by mistake."""
        self._require_worker(act)
        if not may_reopen(self):
            self._refuse_closed()
            raise Conflict("ticket.not_solved", "only what is solved or closed can be reopened")
        self._reopen("staff", reason, self._status_of_follow_up(), act)

    def follow_up(self, new: "Ticket", message_id: UUID, act: Act) -> None:
        """A message came for this closed ticket: `new`, numbered already, carries it on."""
        self.followed_up_by = new.ticket_id
        if not self.is_purged:
            self._enter_event(act, "ticket.followed_up", ticket_id=new.ticket_id, number=new.number)
        self._record(
            act,
            "ticket.followed_up",
            old_ticket_id=self.ticket_id,
            new_ticket_id=new.ticket_id,
            message_id=message_id,
        )

    def tell_failed_notice(self, entry_id: UUID, details: Mapping[str, Any], act: Act) -> None:
        """The customer could not be told; staff see it, nobody else needs to know."""
        event = {"type": "notice.failed", **checks.storable(details)}
        self._enter(entry_id, act.actor, act.now, kind="event", event=event)
        self.updated_at = max(self.updated_at, act.now)

    def tell_rule(self, entry_id: UUID, type: str, details: Mapping[str, Any], act: Act) -> None:
        """What a policy has found about the ticket; `entry_id` is the same if it is told again."""
        self._enter(entry_id, act.actor, act.now, kind="event", event={"type": type, **details})

    def tell_skipped(self, action: object, code: str, reason: str, act: Act) -> None:
        """A rule wanted something that the ticket's state, or the organisation, does not allow."""
        kind = action.get("type") if isinstance(action, Mapping) else None
        self._enter_event(act, "action.skipped", action=kind, code=code, reason=reason)

    def tell_stopped(self, rule: str, act: Act) -> None:
        """A trigger was not run, because triggers have set off one another too often."""
        self._enter_event(act, "trigger.stopped", reason=rule)

    def check_version(self, version: int | None) -> None:
        """Refuse a change that was made looking at an older state."""
        if version is not None and version != self.version:
            raise Stale(
                "version.stale",
                "somebody changed the ticket in the meantime",
                {"version": self.version},
            )

    def _begin_work(self, act: Act) -> None:
        """Whoever answers or solves an own ticket has thereby accepted it."""
        self._require_worker(act)
        self._refuse_closed()
        if self.status == "assigned" and self.assignee_id == act.actor.subject:
            self._accept(act)
