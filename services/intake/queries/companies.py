"""Companies, and all that intake knows of a customer at once."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import NotFound, field_error
from services.intake.storage import companies
from services.intake.storage.tables import CompanyRow

_LIMIT = 100
_MEMBERS = 1_000


def list_companies(session: Session, words: str, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page by name: {items, next_cursor}."""
    if not 1 <= limit <= _LIMIT:
        raise field_error("limit", f"must be 1 to {_LIMIT}", "filter.invalid")
    after = decode_cursor(cursor, 2, str, UUID) if cursor else None
    rows = companies.search_companies(
        session, words.replace("\0", "").strip(), limit + 1, (after[0], after[1]) if after else None
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": [show_company(row) for row in rows[:limit]],
        "next_cursor": encode_cursor([last.name, last.company_id]) if last else None,
    }


def get_company(session: Session, company_id: UUID) -> dict[str, Any]:
    """One, with how many customers it has (up to 1,000); raises NotFound."""
    row = companies.find_company(session, company_id)
    if row is None:
        raise NotFound("company.unknown", "there is no such company")
    found = companies.count_members(session, company_id, _MEMBERS + 1)
    count = {"value": min(found, _MEMBERS), "is_exact": found <= _MEMBERS}
    return show_company(row) | {"customer_count": count}


def show_company(row: CompanyRow) -> dict[str, Any]:
    """The shape of REST."""
    return {
        "company_id": str(row.company_id),
        "name": row.name,
        "code": row.code,
        "remark": row.remark,
        "version": row.version,
    }
