"""Changes policies; unfinished tickets are computed anew by a job."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound, field_error
from libs.common.ids import uuid7
from services.sla.domain.parsing import parse_policy
from services.sla.storage import policy_rows as rows
from services.sla.storage.book import open_book, turn_page
from services.sla.use_cases.known import KnownThings
from services.sla.use_cases.versions import check_version

MOST = 200

Row = rows.Row


def create_policy(uow: UnitOfWork, now: datetime, values: Mapping[str, Any]) -> Row:
    """A policy behind the others. Raises InvalidInput naming what cannot be."""
    open_book(uow.session)
    if len(rows.all_policies(uow.session)) >= MOST:
        raise Conflict("policy.too_many", f"there are at most {MOST} policies")
    policy_id = uuid7()
    row = rows.put_policy(uow.session, policy_id, _checked(uow.session, policy_id, values), now)
    turn_page(uow.session)
    return row


def replace_policy(
    uow: UnitOfWork, now: datetime, policy_id: UUID, version: int | None, values: Mapping[str, Any]
) -> tuple[Row, Row]:
    """The whole policy anew, at its place; returns it before and after."""
    before = _opened(uow.session, policy_id, version)
    row = rows.put_policy(uow.session, policy_id, _checked(uow.session, policy_id, values), now)
    turn_page(uow.session)
    return before, row


def remove_policy(uow: UnitOfWork, now: datetime, policy_id: UUID, version: int | None) -> Row:
    """Its unfinished tickets fall under whichever comes next; returns what it was."""
    before = _opened(uow.session, policy_id, version)
    rows.delete_policy(uow.session, policy_id, now)
    turn_page(uow.session)
    return before


def order_policies(
    uow: UnitOfWork, now: datetime, policy_ids: Sequence[UUID]
) -> tuple[Sequence[Row], Sequence[Row]]:
    """Another order in which they are tried; returns all before and after."""
    open_book(uow.session)
    before = rows.all_policies(uow.session)
    present = {row["policy_id"] for row in before}
    if set(policy_ids) != present or len(policy_ids) != len(present):
        raise field_error("policy_ids", "must name every policy once")
    rows.order_policies(uow.session, policy_ids, now)
    turn_page(uow.session)
    return before, rows.all_policies(uow.session)


def _opened(session: Session, policy_id: UUID, version: int | None) -> Row:
    open_book(session)
    row = rows.find_policy(session, policy_id)
    if row is None:
        raise NotFound("policy.unknown", "there is no such policy")
    check_version(row["version"], version)
    return row


def _checked(session: Session, policy_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the domain has read of it, as it is stored."""
    return parse_policy(values, policy_id=policy_id, known=KnownThings(session)).as_json()
