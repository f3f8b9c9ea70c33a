"""A customer answers: once, by a link that proves itself, and told to those who act on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.common.contracts.notify import SurveyAnswered
from libs.common.crypto import KeyRing
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, Gone, NotFound
from services.notify.domain.survey_links import is_code, read_token
from services.notify.domain.survey_settings import SurveySettings
from services.notify.domain.surveys import (
    IN_PORTAL,
    Answer,
    SurveyStatus,
    is_answerable,
    meaning_of,
    read_answer,
)
from services.notify.storage.survey_settings import read_settings
from services.notify.storage.survey_tables import SurveyRow
from services.notify.storage.surveys import comment_context, lock_by_link
from services.notify.use_cases.send_surveys import mark_sent, named


@dataclass(frozen=True)
class SurveyDesk:
    """What answering needs beside the database: `link_keys` prove tokens, `company` asks."""

    keys: KeyRing
    link_keys: Sequence[bytes]
    company: str

    def read_link(self, link: object) -> tuple[UUID | None, str | None]:
        """(survey, None) of a token, (None, code) of a code; raises NotFound for anything else."""
        text = link if isinstance(link, str) else ""
        survey_id = read_token(text, self.link_keys)
        if survey_id is None and not is_code(text):
            raise unknown_survey()
        return survey_id, None if survey_id else text


def unknown_survey() -> NotFound:
    """The same for what is forged, mistyped or gone."""
    return NotFound("survey.unknown", "there is no such survey")


def answer_survey(
    uow: UnitOfWork,
    desk: SurveyDesk,
    now: datetime,
    *,
    link: object,
    score: object,
    nps: object = None,
    tags: object = None,
    comment: object = None,
) -> tuple[SurveyRow, SurveySettings]:
    """The same answer again changes nothing; another one is refused."""
    row = lock_by_link(uow.session, *desk.read_link(link))
    if row is None:
        raise unknown_survey()
    settings = read_settings(uow.session)
    known = settings.tag_keys | set(row.tags)
    answer = read_answer(frozenset(known), score=score, nps=nps, tags=tags, comment=comment)
    if row.status == SurveyStatus.ANSWERED:
        if answer != given_answer(desk.keys, row):
            raise Conflict("survey.answered", "this survey has been answered already")
        return row, settings
    _refuse_ended(row, now)
    if row.status == SurveyStatus.WAITING:
        # Found on the request's own page, before or without any message.
        mark_sent(uow, row, IN_PORTAL, now)
    _keep(uow, desk.keys, row, answer, settings, now)
    return row, settings


def _refuse_ended(row: SurveyRow, now: datetime) -> None:
    if row.status in (SurveyStatus.SUPERSEDED, SurveyStatus.CANCELLED):
        raise Gone("survey.superseded", "the ticket was worked on again: there is a newer survey")
    if not is_answerable(SurveyStatus(row.status), row.expires_at, now):
        raise Gone("survey.expired", "this survey has expired")


def _keep(
    uow: UnitOfWork,
    keys: KeyRing,
    row: SurveyRow,
    answer: Answer,
    settings: SurveySettings,
    now: datetime,
) -> None:
    meaning = meaning_of(answer.score, settings.low_score)
    row.status, row.answered_at = SurveyStatus.ANSWERED, now
    row.score, row.nps, row.tags = answer.score, answer.nps, list(answer.tags)
    row.is_satisfied = meaning.is_satisfied
    if answer.comment is not None:
        row.comment_encrypted = keys.encrypt_text(answer.comment, comment_context(row.survey_id))
    told = {
        "score": answer.score,
        "nps": answer.nps,
        "tags": list(answer.tags),
        "comment": answer.comment,
        "is_low": meaning.is_low,
        "is_satisfied": meaning.is_satisfied,
        "answered_at": now,
    }
    uow.emit(SurveyAnswered, subject=str(row.ticket_id), data=named(row) | told)


def given_answer(keys: KeyRing, row: SurveyRow) -> Answer:
    """What stands on an answered survey; raises Undecryptable."""
    return Answer(row.score or 0, row.nps, tuple(row.tags), open_comment(keys, row))


def open_comment(keys: KeyRing, row: SurveyRow) -> str | None:
    """Raises Undecryptable."""
    if row.comment_encrypted is None:
        return None
    return keys.decrypt_text(row.comment_encrypted, comment_context(row.survey_id))
