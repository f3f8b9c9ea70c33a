"""Collaborations, efforts, drafts and requests for material as clients see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.ticketing.domain.collaboration import Collaboration
from services.ticketing.domain.effort import Effort
from services.ticketing.domain.material import MaterialRequest
from services.ticketing.queries.shapes import show_instant

_WORDS = ("duty", "note", "again", "answer", "reason", "judgement")

Json = dict[str, Any]


def without_words(shown: Json) -> Json:
    """One whose ticket is withheld from the reader."""
    hidden: Json = {name: None for name in _WORDS if name in shown}
    if "text" in shown:
        hidden["text"] = ""
    lists: Json = {name: [] for name in ("materials", "answer_files") if name in shown}
    return shown | hidden | lists | {"is_withheld": True}


def show_collaboration(part: Collaboration, *, may_answer: bool) -> Json:
    """A part; `may_answer` where the reader belongs to those asked."""
    instants = ("asked_at", "due_at", "taken_at", "answered_at", "ended_at", "rated_at")
    return {
        "collaboration_id": str(part.collaboration_id),
        "target": part.target.as_shown(),
        "requester": _person(part.requester_id, part.requester_name),
        "taker": _person(part.taker_id, part.taker_name),
        "state": part.state,
        "round": part.round,
        "is_overdue": part.is_overdue,
        "materials": part.materials,
        "answer_files": part.answer_files,
        "score": part.score,
        "may_answer": may_answer and part.is_open,
        **{name: part.words.get(name) for name in _WORDS},
        **{name: show_instant(getattr(part, name)) for name in instants},
    }


def show_effort(effort: Effort) -> Json:
    """What one person has spent."""
    return {
        "effort_id": str(effort.effort_id),
        "person": _person(effort.person_id, effort.person_name),
        "minutes": effort.minutes,
        "worked_on": effort.worked_on.isoformat(),
        "note": effort.words.get("note"),
        "created_at": show_instant(effort.created_at),
        "updated_at": show_instant(effort.updated_at),
    }


def show_material(request: MaterialRequest, now: datetime) -> Json:
    """What was asked for, and whether it has come; the link itself nobody can read any more."""
    instants = ("created_at", "expires_at", "received_at", "revoked_at")
    return {
        "request_id": str(request.request_id),
        "text": request.words.get("text", ""),
        "kinds": request.kinds,
        "max_files": request.max_files,
        "state": request.state_at(now),
        "requester": _person(request.requester_id, request.requester_name),
        **{name: show_instant(getattr(request, name)) for name in instants},
    }


def show_material_page(request: MaterialRequest, number: str, now: datetime) -> Json:
    """What a link leads to: nothing of the ticket but its number, and no text once it is over."""
    state = request.state_at(now)
    return {
        "number": number,
        "state": state,
        "text": request.words.get("text", "") if state == "open" else "",
        "kinds": request.kinds,
        "max_files": request.max_files,
        "expires_at": show_instant(request.expires_at),
    }


def _person(person_id: UUID | None, name: str | None) -> Json | None:
    return {"person_id": str(person_id), "name": name or ""} if person_id else None
