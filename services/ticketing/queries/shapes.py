"""Tickets, entries and files as clients see them: the shapes of REST, ready for JSON."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.scope import handles
from services.ticketing.domain.moves import MoveRules
from services.ticketing.domain.rights import allowed_actions, allowed_moves
from services.ticketing.domain.statuses import NO_OWN, OwnStatuses
from services.ticketing.queries.scoping import scope_of


def show_row(ticket: Any) -> dict[str, Any]:
    """A ticket in a list; takes a row or a ticket."""
    return {
        "ticket_id": str(ticket.ticket_id),
        "number": ticket.number,
        "subject": ticket.subject,
        "kind": ticket.kind,
        "category": show_category(ticket),
        "channel": ticket.channel,
        "status": ticket.status,
        "status_category": ticket.status_category,
        "own_status": ticket.own_status,
        "urgency": ticket.urgency,
        "urgency_word": ticket.urgency_word,
        "assignee": _person(ticket.assignee_id, ticket.assignee_name),
        "group": _group(ticket.group_id, ticket.group_name),
        "department_id": _text(ticket.department_id),
        "region_id": _text(ticket.region_id),
        "customer": {"customer_id": str(ticket.customer_id), "name": ticket.customer_name},
        "created_at": show_instant(ticket.created_at),
        "updated_at": show_instant(ticket.updated_at),
        "last_customer_message_at": show_instant(ticket.last_customer_message_at),
        "next_due_at": show_instant(ticket.next_due_at),
        "is_overdue": ticket.is_overdue,
        "score": ticket.score,
        "is_dissatisfied": ticket.is_dissatisfied,
        "close_kind": ticket.close_kind,
        "urge_count": ticket.urge_count,
        "last_urged_at": show_instant(ticket.last_urged_at),
        "supervision": _supervision(ticket),
        "is_confidential": ticket.is_confidential,
        "deleted_at": show_instant(ticket.deleted_at),
        "version": ticket.version,
    }


def show_ticket(
    ticket: Any,
    actor: Actor,
    numbers: Mapping[UUID, str],
    rules: MoveRules | None = None,
    own: OwnStatuses = NO_OWN,
) -> dict[str, Any]:
    """A ticket by itself, with what this actor may do; `numbers` are those of related tickets.

    `rules` are those of its template for moves, `own` the company's statuses.
    """
    return show_row(ticket) | {
        "fields": ticket.fields,
        "tags": ticket.tags,
        "urgency_reason": ticket.urgency_reason,
        "urgency_proposal": ticket.urgency_proposal,
        "group_id": _text(ticket.group_id),
        "accepted_at": show_instant(ticket.accepted_at),
        "first_replied_at": show_instant(ticket.first_replied_at),
        "solved_at": show_instant(ticket.solved_at),
        "closed_at": show_instant(ticket.closed_at),
        "dissatisfied_at": show_instant(ticket.dissatisfied_at),
        "solution": ticket.solution,
        "open_collaborations": ticket.open_collaborations,
        "effort_minutes": ticket.effort_minutes,
        "possibly_related_to": _related(ticket.possibly_related_to, numbers),
        "follows_up": _related(ticket.follows_up, numbers),
        "merged_into": _related(ticket.merged_into, numbers),
        "is_merged": ticket.merged_into is not None,
        "open_children": ticket.open_children,
        "duplicate_of": _related(ticket.duplicate_of, numbers),
        "confirmation": ticket.confirmation,
        "cc": ticket.cc_shown,
        "identity_check": {
            "is_needed": ticket.needs_identity_check,
            "valid_until": show_instant(ticket.identity_valid_until),
        },
        "previous_assignee": _person(ticket.previous_assignee_id, ticket.previous_assignee_name),
        "allowed": _allowed(ticket, actor, rules, own),
    }


def _allowed(
    ticket: Any, actor: Actor, rules: MoveRules | None, own: OwnStatuses
) -> dict[str, list[str]]:
    """Nothing for whoever only watches it."""
    if not handles(actor, scope_of(ticket)):
        return {"moves": [], "actions": []}
    moves = allowed_moves(ticket, actor, rules, own)
    more = {}
    if ticket.open_children:
        every = allowed_moves(ticket, actor, rules, own, with_children=True)
        more["moves_with_children"] = [key for key in every if key not in moves]
    return more | {
        "moves": moves,
        "actions": allowed_actions(ticket, actor, rules),
    }


def _supervision(ticket: Any) -> dict[str, Any] | None:
    if not ticket.is_supervised:
        return None
    shown = ("leader", "started_at", "due_at", "every_hours", "reminders")
    return {name: ticket.supervision[name] for name in shown}


def show_entry(entry: Any) -> dict[str, Any]:
    """One line of a timeline; takes a row or an entry."""
    return {
        "entry_id": str(entry.entry_id),
        "seq": entry.seq,
        "kind": entry.kind,
        "direction": entry.direction,
        "author": {
            "kind": entry.author_kind,
            "id": _text(entry.author_id),
            "name": entry.author_name,
        },
        "text": entry.text,
        "html": entry.html,
        "attachments": entry.attachments,
        "event": entry.event,
        "is_auto_reply": entry.is_auto_reply,
        "mentions": entry.mentions or [],
        "created_at": show_instant(entry.created_at),
    }


def show_attachment(file: Any) -> dict[str, Any]:
    """An attachment's facts for whoever serves its bytes."""
    return {
        "attachment_id": str(file.attachment_id),
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "blob_key": file.blob_key,
        "thumbnail": file.thumbnail_key
        and {"blob_key": file.thumbnail_key, "size": file.thumbnail_bytes},
    }


def show_instant(instant: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _person(person_id: UUID | None, name: str | None) -> dict[str, Any] | None:
    return None if person_id is None else {"person_id": str(person_id), "name": name}


def show_category(ticket: Any) -> dict[str, Any] | None:
    """With its names from the top of the tree down."""
    if ticket.category_id is None:
        return None
    names = {"zh": list(ticket.category_zh or ()), "en": list(ticket.category_en or ())}
    return {"category_id": str(ticket.category_id), "names": names}


def _group(group_id: UUID | None, name: str | None) -> dict[str, Any] | None:
    return None if group_id is None else {"group_id": str(group_id), "name": name or ""}


def _related(ticket_id: UUID | None, numbers: Mapping[UUID, str]) -> dict[str, Any] | None:
    number = numbers.get(ticket_id) if ticket_id else None
    return {"number": number} if number else None
