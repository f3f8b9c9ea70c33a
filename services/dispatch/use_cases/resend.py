"""Sends proposals and withdrawals again that ticketing has not answered.

It repeats its answer to a proposal. It may have passed over a withdrawal, because the ticket was
solved at that moment; if somebody has reopened it meanwhile, it is still to be taken away.
"""

from datetime import datetime, timedelta

from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database
from libs.common.directory.finders import names_of
from libs.common.directory.tables import PEOPLE
from services.dispatch.storage.assignment_rows import not_taken_away, unanswered
from services.dispatch.storage.rows import change_rows, row_of
from services.dispatch.storage.tables import assignments
from services.dispatch.storage.ticket_copies import read_headers
from services.dispatch.use_cases.telling import propose, withdraw

_PATIENCE = timedelta(seconds=60)
_BATCH = 100


def resend_proposals(database: Database, now: datetime) -> bool:
    """With the same ids; whether there were any. Never released by the clock alone."""
    with database.begin() as uow:
        found = unanswered(uow.session, now - _PATIENCE, _BATCH)
        headers = read_headers(uow.session, [one.ticket_id for one in found])
        by_id = {one.ticket_id: one for one in headers}
        names = names_of(uow.session, PEOPLE, {one.person_id for one in found})
        for one in found:
            one.sent_at = now
            propose(uow, by_id[one.ticket_id], one, names.get(one.person_id, ""))
        rows = [row_of(assignments, one) for one in found]
        change_rows(uow.session, assignments, ("sent_at",), rows)
        if found:
            crash_point("dispatch_after_resend_before_commit")
        uow.commit()
    return bool(found)


def resend_withdrawals(database: Database, now: datetime) -> bool:
    """The same for what is to be taken away and still stands."""
    with database.begin() as uow:
        found = not_taken_away(uow.session, now - _PATIENCE, _BATCH)
        headers = read_headers(uow.session, [one.ticket_id for one in found])
        by_id = {one.ticket_id: one for one in headers}
        for one in found:
            one.withdrawn_at = now
            withdraw(uow, by_id[one.ticket_id], one)
        rows = [row_of(assignments, one) for one in found]
        change_rows(uow.session, assignments, ("withdrawn_at",), rows)
        uow.commit()
    return bool(found)
