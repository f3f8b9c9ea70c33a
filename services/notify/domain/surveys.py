"""Surveys: who is asked after a solution, by which link, and what an answer means (R101–R106)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from libs.common.errors import field_error

BEST_SCORE = 5
SATISFIED_FROM = 4  # CSAT's usual "top two boxes"; docs/definitions.md has the source
BEST_NPS = 10
COMMENT_LIMIT = 2_000  # characters
TAGS_LIMIT = 10
INTERNAL = "internal"
IN_PORTAL = "portal"  # the channel of who was asked nowhere else than on the request's own page


class SurveyStatus(StrEnum):
    """The life of a survey: waiting → sent → answered, or one of the ends without an answer.

    `superseded`: the ticket was solved again, and its newer survey is the one to answer.
    `cancelled`: reopened before anybody was asked.
    """

    WAITING = "waiting"
    SENT = "sent"
    ANSWERED = "answered"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


OPEN = (SurveyStatus.WAITING, SurveyStatus.SENT)


@dataclass(frozen=True)
class Meaning:
    """`is_low`: the ticket is worked on again. `is_satisfied` is None where it says neither."""

    is_low: bool
    is_satisfied: bool | None


def meaning_of(score: int, low_score: int) -> Meaning:
    """What a score of 1–5 says; `low_score` and below is low."""
    if score <= low_score:
        return Meaning(is_low=True, is_satisfied=False)
    return Meaning(is_low=False, is_satisfied=True if score >= SATISFIED_FROM else None)


@dataclass(frozen=True)
class Answer:
    """What the customer answered; the same answer given again is the same."""

    score: int
    nps: int | None = None
    tags: tuple[str, ...] = ()
    comment: str | None = None


def read_answer(
    known_tags: frozenset[str], *, score: object, nps: object, tags: object, comment: object
) -> Answer:
    """Raises InvalidInput naming what cannot stand."""
    return Answer(
        score=_whole("score", score, 1, BEST_SCORE),
        nps=None if nps is None else _whole("nps", nps, 0, BEST_NPS),
        tags=_tags(tags, known_tags),
        comment=_comment(comment),
    )


def _whole(field: str, value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise field_error(field, f"must be a whole number, {least} to {most}")
    return value


def _tags(value: object, known: frozenset[str]) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > TAGS_LIMIT:
        raise field_error("tags", f"must be a list of at most {TAGS_LIMIT}")
    wrong = [tag for tag in value if not isinstance(tag, str) or tag not in known]
    if wrong:
        raise field_error("tags", f"unknown: {wrong[0]!s:.50}", "field.unknown_value")
    return tuple(dict.fromkeys(value))


def _comment(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise field_error("comment", "must be text")
    text = value.replace("\0", "").strip()
    if len(text) > COMMENT_LIMIT:
        raise field_error("comment", f"must be at most {COMMENT_LIMIT} characters")
    return text or None


@dataclass(frozen=True)
class Solving:
    """One solving of a ticket, as far as asking about it is concerned."""

    ticket_id: UUID
    seq: int
    kind: str
    is_internal: bool

    @classmethod
    def of(cls, ticket: Mapping[str, Any]) -> "Solving":
        """From the data of `ticket.solved`."""
        is_internal = INTERNAL in (ticket["kind"], ticket["channel"])
        return cls(ticket["ticket_id"], ticket["seq"], ticket["kind"], is_internal)


@dataclass(frozen=True)
class Course:
    """What is known of a ticket after a solving: by its newest event, and by its surveys.

    `newest_solved_seq`: of the newest survey of the ticket, 0 if there is none. `seq` and
    `is_finished` are of the ticket's newest known state, which may be older than the solving.
    """

    newest_solved_seq: int = 0
    seq: int = 0
    is_finished: bool = True


def begin(solving: Solving, course: Course) -> SurveyStatus:
    """How a survey begins, in whichever order the ticket's events are heard."""
    if solving.seq < course.newest_solved_seq:
        return SurveyStatus.SUPERSEDED
    if solving.seq < course.seq and not course.is_finished:
        return SurveyStatus.CANCELLED
    return SurveyStatus.WAITING


def is_answerable(status: SurveyStatus, expires_at: datetime, now: datetime) -> bool:
    """Whether its link still takes an answer."""
    return status in OPEN and now < expires_at
