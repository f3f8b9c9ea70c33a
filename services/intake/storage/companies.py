"""Companies as rows."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.intake.storage.tables import CompanyRow, CustomerRow


def find_company(session: Session, company_id: UUID) -> CompanyRow | None:
    """By id."""
    return session.get(CompanyRow, company_id, populate_existing=True)


def lock_company(session: Session, company_id: UUID) -> CompanyRow | None:
    """The row, until the commit nobody else's to change."""
    wanted = select(CompanyRow).where(CompanyRow.company_id == company_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).first()


def has_code(session: Session, code: str, besides: UUID | None = None) -> bool:
    """Whether another company has the code."""
    wanted = select(CompanyRow.company_id).where(CompanyRow.code == code)
    if besides is not None:
        wanted = wanted.where(CompanyRow.company_id != besides)
    return session.scalars(wanted).first() is not None


def search_companies(
    session: Session, words: str, limit: int, after: tuple[str, UUID] | None
) -> Sequence[CompanyRow]:
    """Those whose name contains the words or that have the code, by name; all without words."""
    row, wanted = CompanyRow, select(CompanyRow)
    if words:
        pattern = words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
        wanted = wanted.where(or_(row.name.ilike(f"%{pattern}%"), row.code == words))
    if after is not None:
        name, company_id = after
        wanted = wanted.where(
            or_(row.name > name, (row.name == name) & (row.company_id > company_id))
        )
    return session.scalars(wanted.order_by(row.name, row.company_id).limit(limit)).all()


def count_members(session: Session, company_id: UUID, limit: int) -> int:
    """How many customers are of the company, counted up to the limit."""
    some = select(CustomerRow.customer_id).where(CustomerRow.company_id == company_id).limit(limit)
    return session.scalars(select(func.count()).select_from(some.subquery())).one()
