"""Several departments on one ticket: asked, taken, answered, judged."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.errors import field_error
from services.ticketing.domain.collaboration import Collaboration
from services.ticketing.domain.ticket import Ticket
from services.ticketing.queries import collaborations as queries
from services.ticketing.queries.confidential import reason_for, reporting
from services.ticketing.queries.together_shapes import show_collaboration, without_words
from services.ticketing.service import arguments as args
from services.ticketing.use_cases import collaborations
from services.ticketing.use_cases.collaborations import Wanted

Json = dict[str, Any]


class CollaborationCalls:
    """Those asked name the collaboration, those who ask the ticket as well: it is theirs to see."""

    @query("ticket.read")
    def list_ticket_collaborations(self, call: Call, *, number: str) -> Json:
        """All of a ticket."""
        return queries.list_of_ticket(call.uow, call.actor, args.number_of(number))

    @query("collaboration.answer")
    def list_collaborations(
        self,
        call: Call,
        *,
        side: str = "for_me",
        states: list[str] | None = None,
        limit: int = 25,
        cursor: str | None = None,
    ) -> Json:
        """A page of what waits for the caller, or of what the caller has asked for."""
        return queries.list_collaborations(call.uow, call.actor, side, states, limit, cursor)

    @query("collaboration.answer")
    def get_collaboration(self, call: Call, *, collaboration_id: str) -> Json:
        """One of those."""
        wanted = args.uuid_of("collaboration_id", collaboration_id)
        return queries.get_collaboration(call.uow, call.actor, wanted)

    @query("collaboration.answer")
    def count_collaborations(self, call: Call) -> Json:
        """How many wait."""
        return queries.count_collaborations(call.uow, call.actor)

    @command("ticket.collaborate")
    def start_collaboration(
        self,
        call: Call,
        *,
        number: str,
        parts: list[Json],
        note: str | None = None,
        attachment_ids: list[str] | None = None,
    ) -> Json:
        """Ask one or several for help."""
        ticket, asked = collaborations.start_collaboration(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            parts=_wanted(parts),
            note=note,
            attachment_ids=args.uuids_of("attachment_ids", attachment_ids),
        )
        shown = [show_collaboration(part, may_answer=False) for part in asked]
        after = {"targets": [part.target.as_shown() for part in asked]}
        return {"items": shown, "audit": _trace(ticket, {}, after)}

    @command("collaboration.answer")
    def take_collaboration(self, call: Call, *, collaboration_id: str) -> Json:
        """See to it."""
        wanted = args.uuid_of("collaboration_id", collaboration_id)
        done = collaborations.take_collaboration(
            call.uow, call.actor, call.now, collaboration_id=wanted
        )
        return _answer(call, *done, is_helper=True)

    @command("collaboration.answer")
    def answer_collaboration(
        self,
        call: Call,
        *,
        collaboration_id: str,
        text: str,
        attachment_ids: list[str] | None = None,
    ) -> Json:
        """Say what came of it."""
        done = collaborations.answer_collaboration(
            call.uow,
            call.actor,
            call.now,
            collaboration_id=args.uuid_of("collaboration_id", collaboration_id),
            text=text,
            attachment_ids=args.uuids_of("attachment_ids", attachment_ids),
        )
        return _answer(call, *done, is_helper=True)

    @command("collaboration.answer")
    def decline_collaboration(self, call: Call, *, collaboration_id: str, reason: str) -> Json:
        """Say why it cannot be done."""
        wanted = args.uuid_of("collaboration_id", collaboration_id)
        done = collaborations.decline_collaboration(
            call.uow, call.actor, call.now, collaboration_id=wanted, reason=reason
        )
        return _answer(call, *done, is_helper=True)

    @command("ticket.collaborate")
    def accept_collaboration(self, call: Call, *, number: str, collaboration_id: str) -> Json:
        """What was answered will do."""
        done = collaborations.accept_collaboration(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            collaboration_id=args.uuid_of("collaboration_id", collaboration_id),
        )
        return _answer(call, *done)

    @command("ticket.collaborate")
    def ask_collaboration_again(
        self,
        call: Call,
        *,
        number: str,
        collaboration_id: str,
        text: str,
        due_at: str | None = None,
    ) -> Json:
        """It will not: another round."""
        done = collaborations.ask_again(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            collaboration_id=args.uuid_of("collaboration_id", collaboration_id),
            text=text,
            due_at=args.optional_instant("due_at", due_at),
        )
        return _answer(call, *done)

    @command("ticket.collaborate")
    def cancel_collaboration(
        self, call: Call, *, number: str, collaboration_id: str, reason: str | None = None
    ) -> Json:
        """No longer needed."""
        done = collaborations.cancel_collaboration(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            collaboration_id=args.uuid_of("collaboration_id", collaboration_id),
            reason=reason,
        )
        return _answer(call, *done)

    @command("ticket.collaborate")
    def rate_collaboration(
        self,
        call: Call,
        *,
        number: str,
        collaboration_id: str,
        score: int,
        words: str | None = None,
    ) -> Json:
        """How good the help was."""
        done = collaborations.rate_collaboration(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            collaboration_id=args.uuid_of("collaboration_id", collaboration_id),
            score=args.count_of("score", score),
            words=words,
        )
        return _answer(call, *done)


def _answer(call: Call, ticket: Ticket, part: Collaboration, *, is_helper: bool = False) -> Json:
    after = {"target": part.target.as_shown(), "state": part.state, "score": part.score}
    shown = show_collaboration(part, may_answer=is_helper)
    if reason_for(ticket, call.actor):
        shown = without_words(shown)
    shown = reporting(shown, [ticket], call.actor, "collaborations")
    return shown | {"audit": _trace(ticket, {}, after)}


def _trace(ticket: Ticket, before: Json, after: Json) -> Json:
    return {"object": ticket.number, "before": before, "after": after}


def _wanted(parts: object) -> list[Wanted]:
    listed = parts if isinstance(parts, list) else []
    if not listed or not all(isinstance(one, dict) for one in listed):
        raise field_error("parts", "must be a list of objects")
    return [
        Wanted(
            target_kind=str(part.get("target_kind")),
            target_id=args.uuid_of(f"parts.{place}.target_id", part.get("target_id")),
            duty=part.get("duty"),
            due_at=args.optional_instant(f"parts.{place}.due_at", part.get("due_at")),
        )
        for place, part in enumerate(listed)
    ]
