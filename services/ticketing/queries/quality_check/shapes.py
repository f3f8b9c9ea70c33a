"""Sheets, rules and reviews in the shapes of REST."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.ticketing.domain.quality_check.review import Review
from services.ticketing.queries.shapes import show_instant

Json = dict[str, Any]

_INSTANTS = ("drawn_at", "scored_at", "appealed_at", "decided_at", "confirmed_at", "due_at")


def show_sheet(row: Any) -> Json:
    """A sheet as it is edited; `number` is that of its newest version, 0 while it has none."""
    return {
        "sheet_id": str(row.sheet_id),
        "name": row.name,
        "description": row.description,
        "state": row.state,
        "number": row.number,
        **row.content,
        "updated_at": show_instant(row.updated_at),
        "version": row.version,
    }


def show_version(row: Any) -> Json:
    """A version, as reviews were made with it."""
    return {
        "sheet_id": str(row.sheet_id),
        "number": row.number,
        "name": row.name,
        **row.content,
    }


def show_rule(row: Any, names: Mapping[UUID, str], problem: str | None) -> Json:
    """A rule; `names` are those of reviewers and sheets, `problem` why it rests."""
    return {
        "rule_id": str(row.rule_id),
        "name": row.name,
        "is_active": row.is_active,
        "event": row.event,
        "condition": row.condition,
        "percent": row.percent,
        "per_agent": row.per_agent,
        "period": row.period,
        "reviewer": {
            "kind": row.reviewer_kind,
            "id": str(row.reviewer_id),
            "name": names.get(row.reviewer_id, ""),
        },
        "sheet": {"sheet_id": str(row.sheet_id), "name": names.get(row.sheet_id, "")},
        "problem": problem,
        "updated_at": show_instant(row.updated_at),
        "version": row.version,
    }


def show_review(row: Any) -> Json:
    """A review in a list; takes a row with the names of ticket, rule and sheet."""
    group = row.group_id and {"group_id": str(row.group_id), "name": row.group_name or ""}
    waits_in = row.reviewer_group_id and {
        "group_id": str(row.reviewer_group_id),
        "name": row.reviewer_group_name or "",
    }
    rule = row.rule_id and {"rule_id": str(row.rule_id), "name": row.rule_name or ""}
    return {
        "review_id": str(row.review_id),
        "ticket": {"number": row.number or "", "subject": row.subject or ""},
        "source": row.source,
        "rule": rule,
        "sheet": {
            "sheet_id": str(row.sheet_id),
            "number": row.sheet_number,
            "name": row.sheet_name or "",
        },
        "handler": {"person_id": str(row.handler_id), "name": row.handler_name},
        "group": group,
        "reviewer": _person(row.reviewer_id, row.reviewer_name),
        "reviewer_group": waits_in,
        "state": row.state,
        "total": row.total,
        "first_total": row.first_total,
        "is_passed": row.is_passed,
        "is_fatal": row.is_fatal,
        **{name: show_instant(getattr(row, name)) for name in _INSTANTS},
        "version": row.version,
    }


def show_judgement(
    review: Review, allowed: list[str], sheet: Any, *, is_withheld: bool = False
) -> Json:
    """What belongs to one review alone: the sheet, what was given, and what happened when.

    Without the words where the ticket is withheld.
    """
    words = {} if is_withheld else review.words
    comments = words.get("items") or {}
    reasons = words.get("reasons") or []
    return {
        "scores": {
            key: {"points": points, "comment": comments.get(key)}
            for key, points in review.points.items()
        },
        "comment": words.get("comment"),
        "entry_ids": [str(one) for one in review.entry_ids],
        "steps": [
            {**step, "reason": reasons[place] if place < len(reasons) else None}
            for place, step in enumerate(review.steps)
        ],
        "allowed": allowed,
        "form": show_version(sheet),
    }


def _person(person_id: UUID | None, name: str | None) -> Json | None:
    return {"person_id": str(person_id), "name": name or ""} if person_id else None
