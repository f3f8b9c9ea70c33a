"""A ticket on which others help: each change of a part stands in its timeline, for staff alone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.errors import Conflict
from services.ticketing.domain.act import Act
from services.ticketing.domain.collaboration import CANCELLED, DECLINED, OPEN, Collaboration
from services.ticketing.domain.rating import RatedTicket
from services.ticketing.domain.timeline import Attachment, Entry

_STARTED = "ticket.collaboration_started"


class CollaboratingTicket(RatedTicket):
    """`open_collaborations` counts the parts that wait for those who were asked."""

    def start_collaboration(
        self,
        parts: Sequence[Collaboration],
        others: Sequence[Collaboration],
        files: Sequence[Attachment],
        note: str | None,
        recipients: Sequence[UUID],
        act: Act,
    ) -> Entry:
        """Ask for help (发起协作) beside the `others` there are; who is asked sees the ticket."""
        self._require_worker(act)
        self.check_unfinished()
        self.count_collaborations([*others, *parts])
        told = [_told(part) for part in parts]
        # Duties are people's words, which stand in the text: there they are sealed where wanted.
        duties = "\n".join(f"{part.target_name}：{part.words['duty']}" for part in parts)
        text = f"{duties}\n{note}" if note else duties
        entry = self._enter_event(act, _STARTED, text, parts=[_shown(part) for part in parts])
        entry.attachments = [file.as_shown() for file in files]
        requester = act.actor.subject
        self._record(act, _STARTED, parts=told, requester_id=requester, recipients=recipients)
        return entry

    def tell_part(
        self,
        verb: str,
        part: Collaboration,
        recipients: Sequence[UUID],
        act: Act,
        *,
        text: str | None = None,
        reason: str | None = None,
        files: Sequence[Attachment] = (),
        **details: Any,
    ) -> Entry:
        """One change of a part, that is made already: the entry and the event of it."""
        type = f"ticket.collaboration_{verb}"
        spoken = {"reason": reason} if reason else {}
        entry = self._enter_event(act, type, text, **_shown(part), **spoken, **details)
        entry.attachments = [file.as_shown() for file in files]
        about = _told(part) | {"requester_id": part.requester_id, "recipients": list(recipients)}
        self._record(act, type, **about, **details)
        return entry

    def count_collaborations(self, parts: Collection[Collaboration]) -> None:
        """Who helps and how much is open, of all parts that the ticket has."""
        self.open_collaborations = sum(part.state in OPEN for part in parts)
        left = [part.target_id for part in parts if part.state not in (CANCELLED, DECLINED)]
        self.collaborators = list(dict.fromkeys(left))

    def check_requester(self, act: Act) -> None:
        """Whoever works on the ticket deals with what others answer, whoever has asked them."""
        self._require_worker(act)

    def _refuse_collaborating(self) -> None:
        if self.open_collaborations:
            raise Conflict(
                "ticket.collaboration_open",
                f"{self.open_collaborations} collaborations are open: wait for them or cancel them",
                {"open": self.open_collaborations},
            )

    def check_unfinished(self) -> None:
        """Who would help with what is done?"""
        self._refuse_closed()
        self._refuse_solved()


def _told(part: Collaboration) -> dict[str, Any]:
    due_at: datetime | None = part.due_at
    return {
        "collaboration_id": part.collaboration_id,
        "target_kind": part.target_kind,
        "target_id": part.target_id,
        "due_at": due_at,
        "round": part.round,
    }


def _shown(part: Collaboration) -> dict[str, Any]:
    due_at = part.due_at and part.due_at.isoformat().replace("+00:00", "Z")
    return {
        "collaboration_id": str(part.collaboration_id),
        "target": part.target.as_shown(),
        "due_at": due_at,
    }
