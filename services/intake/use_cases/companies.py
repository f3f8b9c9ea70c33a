"""Companies that customers belong to: made and changed by staff. The shell commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound, Stale, field_error
from libs.common.ids import uuid7
from services.intake.domain.texts import clean_line, clean_text, required_line
from services.intake.storage.companies import find_company, has_code, lock_company
from services.intake.storage.tables import CompanyRow

MAX_NAME, MAX_CODE, MAX_REMARK = 120, 40, 2_000


def create_company(
    uow: UnitOfWork, now: datetime, *, name: object, code: object = None, remark: object = None
) -> CompanyRow:
    """A new company; raises Conflict where another one has the code."""
    read = _read({"name": name, "code": code, "remark": remark})
    _refuse_known(uow.session, read["code"])
    row = CompanyRow(company_id=uuid7(), version=1, created_at=now, **read)
    uow.session.add(row)
    uow.session.flush()
    return row


def edit_company(
    uow: UnitOfWork, *, company_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> tuple[dict[str, Any], CompanyRow]:
    """What was before of what is changed, and the company after.

    Raises NotFound, Conflict as above, or Stale unless `version` is the present one.
    """
    wanted = _read(changes)
    row = lock_company(uow.session, company_id)
    if row is None:
        raise NotFound("company.unknown", "there is no such company")
    if version is not None and version != row.version:
        raise Stale("version.stale", "somebody changed the company", {"version": row.version})
    before = {name: getattr(row, name) for name in wanted}
    if before != wanted:
        _refuse_known(uow.session, wanted.get("code"), besides=company_id)
        for name, value in wanted.items():
            setattr(row, name, value)
        row.version += 1
        uow.session.flush()
    return before, row


def refuse_unknown_company(session: Session, company_id: UUID | None) -> None:
    """A customer can only be of a company that there is."""
    if company_id is not None and find_company(session, company_id) is None:
        raise field_error("company_id", "there is no such company", "company.unknown")


def _refuse_known(session: Session, code: str | None, besides: UUID | None = None) -> None:
    if code and has_code(session, code, besides):
        raise Conflict("company.exists", f"another company has the code {code}")


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := sorted(given.keys() - _READ.keys()):
        raise field_error(unknown[0], "cannot be changed")
    return {name: _READ[name](value) for name, value in given.items()}


def _optional(field: str, limit: int) -> Any:
    def read(value: object) -> str | None:
        if value is not None and not isinstance(value, str):
            raise field_error(field, "must be a text")
        if len(value or "") > limit:
            raise field_error(field, f"must be at most {limit} characters", "field.too_long")
        return clean_text(value or "").strip() or None

    return read


def _code(value: object) -> str | None:
    read = _optional("code", MAX_CODE)(value)
    return clean_line(read, MAX_CODE) if read else None


_READ: Mapping[str, Any] = {
    "name": lambda value: required_line("name", value, MAX_NAME),
    "code": _code,
    "remark": _optional("remark", MAX_REMARK),
}
