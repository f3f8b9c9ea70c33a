"""Surveys as their customers see them, and as staff see what was answered."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_, union_all
from sqlalchemy.orm import Session

from libs.common import scope
from libs.common.actor import Actor
from libs.common.crypto import KeyRing, Undecryptable
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import find_groups, find_people
from libs.common.errors import field_error
from libs.common.instants import read_instant
from services.notify.domain.survey_links import make_token, path_of
from services.notify.domain.survey_settings import SurveySettings
from services.notify.domain.surveys import BEST_SCORE, OPEN, SurveyStatus, is_answerable
from services.notify.domain.wording import choose_language
from services.notify.storage.survey_settings import read_settings
from services.notify.storage.survey_tables import SurveyRow
from services.notify.storage.surveys import find_by_link
from services.notify.use_cases.answer_survey import SurveyDesk, open_comment, unknown_survey

_log = logging.getLogger(__name__)

LIMIT = 100
_STATUSES = tuple(SurveyStatus)
# Nothing of the ticket beyond its number, and nobody's name: whoever has the link sees it.
_STATES = {
    SurveyStatus.ANSWERED: "answered",
    SurveyStatus.SUPERSEDED: "superseded",
    SurveyStatus.CANCELLED: "superseded",
}

_SCOPE = scope.ScopeColumns(
    SurveyRow.assignee_id,  # type: ignore[arg-type]
    SurveyRow.group_id,  # type: ignore[arg-type]
    SurveyRow.department_id,  # type: ignore[arg-type]
    SurveyRow.region_id,  # type: ignore[arg-type]
    SurveyRow.customer_id,  # type: ignore[arg-type]
)


def get_survey(
    uow: UnitOfWork, desk: SurveyDesk, now: datetime, link: object, language: str | None = None
) -> dict[str, Any]:
    """The page of a link; raises NotFound for what is none of ours."""
    row = find_by_link(uow.session, *desk.read_link(link))
    if row is None:
        raise unknown_survey()
    return show_page(row, read_settings(uow.session), desk.company, now, language)


def show_page(
    row: SurveyRow,
    settings: SurveySettings,
    company: str,
    now: datetime,
    language: str | None = None,
) -> dict[str, Any]:
    """In the customer's language, unless another is asked for."""
    spoken = choose_language(language or row.language)
    texts = settings.texts[spoken]
    is_open = is_answerable(SurveyStatus(row.status), row.expires_at, now)
    state = _STATES.get(SurveyStatus(row.status), "open" if is_open else "expired")
    return {
        "number": row.number,
        "company": company,
        "language": spoken,
        "state": state,
        "title": texts["title"],
        "question": texts["question"],
        "thanks": texts["thanks"],
        "asks_nps": settings.asks_nps,
        "tags": [_tag(tag, spoken) for tag in settings.tags] if state == "open" else [],
        "score": row.score,
        "expires_at": _instant(row.expires_at),
    }


def _tag(tag: Mapping[str, str], language: str) -> dict[str, str]:
    return {"key": tag["key"], "label": tag[language], "for": tag["for"]}


def get_request_survey(
    session: Session, actor: Actor, desk: SurveyDesk, now: datetime, number: str
) -> dict[str, Any] | None:
    """Where the requester's own ticket can be rated now, if it can: {path, expires_at}."""
    requester = scope.requester_of(actor)
    statement = (
        select(SurveyRow)
        .where(
            SurveyRow.number == number,
            SurveyRow.customer_id == requester,
            SurveyRow.status.in_(OPEN),
            SurveyRow.send_at <= now,
            SurveyRow.expires_at > now,
        )
        .order_by(SurveyRow.solved_seq.desc())
        .limit(1)
    )
    row = session.scalars(statement).one_or_none()
    if row is None:
        return None
    token = make_token(row.survey_id, desk.link_keys[0])
    return {"path": path_of(token), "expires_at": _instant(row.expires_at)}


def list_surveys(
    uow: UnitOfWork,
    actor: Actor,
    keys: KeyRing,
    filters: Mapping[str, Any],
    limit: int = 25,
    cursor: str | None = None,
) -> dict[str, Any]:
    """What the actor's tickets were answered, newest first: {items, next_cursor}.

    Answered ones by their answer, those of another `status` by when the ticket was solved.
    """
    if not isinstance(limit, int) or not 1 <= limit <= LIMIT:
        raise field_error("limit", f"must be 1 to {LIMIT}", "filter.invalid")
    status = _status(filters.get("status"))
    order = SurveyRow.answered_at if status == SurveyStatus.ANSWERED else SurveyRow.created_at
    conditions = [SurveyRow.status == status, *_narrow(filters, order)]
    if cursor:
        after = decode_cursor(cursor, 3, str, datetime, UUID)
        if after[0] != status:
            raise field_error("cursor", "belongs to another list", "cursor.invalid")
        conditions.append(tuple_(order, SurveyRow.survey_id) < tuple_(*after[1:]))
    rows = _page(uow.session, actor, conditions, order, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    more = [str(status), getattr(last, order.key), last.survey_id] if last else None
    return {
        "items": _show_all(uow.session, keys, rows[:limit]),
        "next_cursor": encode_cursor(more) if more else None,
    }


def _page(
    session: Session, actor: Actor, conditions: list[Any], order: Any, limit: int
) -> list[SurveyRow]:
    """Each branch of the actor's scope read to the page's length, then merged."""
    by = (order.desc(), SurveyRow.survey_id.desc())
    branches = scope.branches(actor, _SCOPE)
    ids = [
        select(SurveyRow.survey_id).where(branch, *conditions).order_by(*by).limit(limit)
        for branch in branches
    ]
    if not ids:
        return []
    some = ids[0] if len(ids) == 1 else union_all(*ids)
    wanted = select(SurveyRow).where(SurveyRow.survey_id.in_(some)).order_by(*by).limit(limit)
    return list(session.scalars(wanted))


def _status(value: object) -> SurveyStatus:
    if value is None:
        return SurveyStatus.ANSWERED
    if value not in _STATUSES:
        raise field_error("status", f"must be one of {', '.join(_STATUSES)}", "filter.invalid")
    return SurveyStatus(str(value))


def _narrow(filters: Mapping[str, Any], order: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if (scores := filters.get("score")) is not None:
        found.append(SurveyRow.score.in_(_scores(scores)))
    if (since := filters.get("from")) is not None:
        found.append(order >= read_instant("from", since, "filter.invalid"))
    if (until := filters.get("until")) is not None:
        found.append(order < read_instant("until", until, "filter.invalid"))
    for name in ("group_id", "agent_id", "customer_id"):
        if filters.get(name) is not None:
            found.append(getattr(SurveyRow, name) == _read_id(name, filters[name]))
    if filters.get("number"):
        found.append(SurveyRow.number == str(filters["number"]).replace("\0", "").upper())
    if isinstance(filters.get("is_satisfied"), bool):
        found.append(SurveyRow.is_satisfied.is_(filters["is_satisfied"]))
    return found


def _scores(value: Any) -> Sequence[int]:
    words = value if isinstance(value, list) else [value]
    known = {str(score): score for score in range(1, BEST_SCORE + 1)}
    if not words or any(str(word) not in known for word in words):
        raise field_error("score", f"must be scores from 1 to {BEST_SCORE}", "filter.invalid")
    return sorted({known[str(word)] for word in words})


def _read_id(name: str, value: Any) -> UUID:
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise field_error(name, "must be a UUID", "filter.invalid") from None


def _show_all(session: Session, keys: KeyRing, rows: Sequence[SurveyRow]) -> list[dict[str, Any]]:
    people = find_people(session, {row.agent_id for row in rows if row.agent_id})
    groups = find_groups(session, {row.group_id for row in rows if row.group_id})
    return [
        {
            "survey_id": str(row.survey_id),
            "ticket_id": str(row.ticket_id),
            "number": row.number,
            "customer_id": str(row.customer_id),
            "kind": row.kind,
            "status": row.status,
            "channel": row.channel,
            "score": row.score,
            "nps": row.nps,
            "is_satisfied": row.is_satisfied,
            "tags": row.tags,
            "comment": _comment(keys, row),
            "agent": _named(row.agent_id, people, "person_id"),
            "group": _named(row.group_id, groups, "group_id"),
            "created_at": _instant(row.created_at),
            "sent_at": _instant(row.sent_at),
            "answered_at": _instant(row.answered_at),
            "expires_at": _instant(row.expires_at),
        }
        for row in rows
    ]


def _named(one: UUID | None, known: Mapping[UUID, Any], key: str) -> dict[str, str] | None:
    if one is None:
        return None
    return {key: str(one), "name": known[one].name if one in known else ""}


def _comment(keys: KeyRing, row: SurveyRow) -> str | None:
    """A text that no key opens must not hide the rest."""
    try:
        return open_comment(keys, row)
    except Undecryptable:
        _log.exception("the comment of survey %s cannot be read", row.survey_id)
        return None


def _instant(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
