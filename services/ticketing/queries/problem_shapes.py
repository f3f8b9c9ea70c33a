"""Problem records and their answers as clients see them."""

from collections.abc import Mapping
from typing import Any

from services.ticketing.queries.shapes import show_instant

Json = dict[str, Any]


def show_problem(row: Any, counts: tuple[int, int] = (0, 0)) -> Json:
    """A problem; `counts` are its tickets and the unfinished of them."""
    total, unfinished = counts
    return {
        "number": row.number,
        "title": row.title,
        "description": row.description,
        "status": row.status,
        "workaround": row.workaround,
        "solution": row.solution,
        "owner": _named("person_id", row.owner_id, row.owner_name),
        "group": _named("group_id", row.group_id, row.group_name),
        "tickets": total,
        "unfinished_tickets": unfinished,
        "version": row.version,
        "created_by": row.created_by_name,
        "created_at": show_instant(row.created_at),
        "updated_at": show_instant(row.updated_at),
        "solved_at": show_instant(row.solved_at),
    }


def show_answer(row: Any, text: str | None, share: Mapping[str, int]) -> Json:
    """An answer to all tickets with its text as it is read, and how far it is."""
    return {
        "answer_id": str(row.answer_id),
        "text": text or "",
        "solves": row.solves,
        "status": row.status,
        "ordered_by": row.actor["name"],
        "total": row.total,
        "answered": share.get("answered", 0),
        "skipped": share.get("skipped", 0),
        "created_at": show_instant(row.created_at),
        "finished_at": show_instant(row.finished_at),
    }


def _named(key: str, one: Any, name: str | None) -> Json | None:
    return None if one is None else {key: str(one), "name": name or ""}
