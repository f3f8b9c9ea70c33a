"""Score sheets and sampling rules, shown."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.directory.finders import names_of
from libs.common.directory.tables import GROUPS, PEOPLE
from libs.common.errors import NotFound
from services.ticketing.domain.quality_check.sampling import GROUP
from services.ticketing.domain.quality_check.sheets import ACTIVE
from services.ticketing.queries.quality_check.shapes import show_rule, show_sheet
from services.ticketing.queries.staleness import problem_of
from services.ticketing.storage.known_things import KnownThings
from services.ticketing.storage.quality_check.rule_rows import list_quality_rules
from services.ticketing.storage.quality_check.tables import quality_rules, score_sheets
from services.ticketing.storage.versioned_rows import find_row

Json = dict[str, Any]


def list_sheets(uow: UnitOfWork) -> Json:
    """All of them by name: {items}."""
    order = (score_sheets.c.name, score_sheets.c.sheet_id)
    rows = uow.session.execute(select(score_sheets).order_by(*order))
    return {"items": [show_sheet(row) for row in rows]}


def get_sheet(uow: UnitOfWork, sheet_id: UUID) -> Json:
    """One of them; raises NotFound."""
    row = find_row(uow.session, score_sheets, sheet_id)
    if row is None:
        raise NotFound("score_sheet.unknown", "there is no such score sheet")
    return show_sheet(row)


def show_rules(uow: UnitOfWork) -> Json:
    """All of them: {items}, each with why it rests if it does."""
    return {"items": _shown(uow.session, list_quality_rules(uow.session))}


def get_rule(uow: UnitOfWork, rule_id: UUID) -> Json:
    """One of them; raises NotFound."""
    row = find_row(uow.session, quality_rules, rule_id)
    if row is None:
        raise NotFound("quality_rule.unknown", "there is no such sampling rule")
    [shown] = _shown(uow.session, [row])
    return shown


def _shown(session: Session, rows: list[Row[Any]]) -> list[Json]:
    sheets = {
        row.sheet_id: row
        for row in session.execute(
            select(score_sheets).where(score_sheets.c.sheet_id.in_({one.sheet_id for one in rows}))
        )
    }
    groups = {one.reviewer_id for one in rows if one.reviewer_kind == GROUP}
    people = {one.reviewer_id for one in rows} - groups
    names: dict[UUID, str] = {key: one.name for key, one in sheets.items()}
    names |= names_of(session, GROUPS, groups) if groups else {}
    names |= names_of(session, PEOPLE, people) if people else {}
    known = KnownThings(session)
    return [show_rule(row, names, _problem(row, sheets, known)) for row in rows]


def _problem(row: Row[Any], sheets: Mapping[UUID, Row[Any]], known: KnownThings) -> str | None:
    """Why it cannot do what it says any more: what it names has gone."""
    if sheets[row.sheet_id].state != ACTIVE:
        return "sheet_id: the score sheet is not in use"
    kind = "groups" if row.reviewer_kind == GROUP else "people"
    if not known.has(kind, str(row.reviewer_id)):
        return "reviewer_id: is no longer in use"
    return problem_of(row.condition, known)
