"""Canned replies are kept, and filled in for a ticket."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from services.ticketing.domain import kept
from services.ticketing.domain.confidential import withheld_reason
from services.ticketing.domain.variables import Filled, Setting, check_variables, fill_in
from services.ticketing.storage.kept_rows import CANNED_REPLY, count_use
from services.ticketing.use_cases.finding import read_ticket
from services.ticketing.use_cases.keeping_shared import add_kept, get_kept, replace_kept

Values = Mapping[str, Any]


def create_canned_reply(uow: UnitOfWork, actor: Actor, now: datetime, values: Values) -> RowMapping:
    """A new one; raises InvalidInput naming what could never be filled in."""
    return add_kept(uow, CANNED_REPLY, actor, now, kept.parse_canned_reply(values))


def replace_canned_reply(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    reply_id: UUID,
    version: int | None,
    values: Values,
) -> tuple[RowMapping, RowMapping]:
    """As it was, and as it is now."""
    wanted = kept.parse_canned_reply(values)
    return replace_kept(uow, CANNED_REPLY, actor, now, reply_id, version, wanted)


def render_canned_reply(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    reply_id: UUID,
    number: str,
    is_used: bool,
) -> Filled:
    """The reply with the ticket's values; `is_used` counts it."""
    reply = get_kept(uow.session, CANNED_REPLY, actor, reply_id)
    ticket = read_ticket(uow, actor, number)
    hidden = withheld_reason(ticket, actor, now) is not None
    setting = Setting(ticket, actor.name, now, zone, reply["language"], is_withheld=hidden)
    filled = fill_in(reply["body"], setting)
    if is_used:
        count_use(uow.session, CANNED_REPLY.table, reply_id, now)
    return filled


def try_canned_reply(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    body: str,
    language: str,
    number: str,
) -> Filled:
    """The same for a text that is not kept yet."""
    check_variables("body", body)
    ticket = read_ticket(uow, actor, number)
    spoken = kept.language_of({"language": language})
    hidden = withheld_reason(ticket, actor, now) is not None
    return fill_in(body, Setting(ticket, actor.name, now, zone, spoken, is_withheld=hidden))
