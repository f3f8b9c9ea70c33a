"""Seals what was written before TICKET_BODIES was set to sealed: a job with own transactions."""

from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database
from services.ticketing.storage.plain_texts import seal_some
from services.ticketing.storage.plain_words import seal_some_words
from services.ticketing.storage.problem_answer_rows import seal_some_answers
from services.ticketing.storage.sealed_texts import sealing_keys

_BATCH = 200


def seal_texts(database: Database) -> int:
    """One batch; returns how many texts it had: 0 at the end, and where texts stay plain."""
    with database.begin() as uow:
        keys = sealing_keys(uow.session)
        if keys is None:
            return 0
        sealed = seal_some(uow.session, keys, _BATCH)
        sealed += seal_some_words(uow.session, keys, _BATCH)
        sealed += seal_some_answers(uow.session, keys, _BATCH)
        if sealed:
            crash_point("after_sealing_before_commit")
        uow.commit()
    return sealed
