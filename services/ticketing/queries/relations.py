"""What other tickets a ticket belongs with, as far as the actor may see each of them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, literal, select, text, union_all

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.ticketing.domain.links import Link
from services.ticketing.domain.statuses import is_unfinished
from services.ticketing.queries.scoping import SCOPE_COLUMNS, scope_of
from services.ticketing.queries.shapes import show_instant
from services.ticketing.storage.problem_tables import problems
from services.ticketing.storage.tables import ticket_links, tickets

_TICKET = select(
    tickets.c.ticket_id,
    tickets.c.number,
    tickets.c.parent_id,
    tickets.c.open_children,
    tickets.c.merged_into,
    tickets.c.split_from,
    tickets.c.problem_id,
    *SCOPE_COLUMNS,
).where(tickets.c.number == bindparam("number"), tickets.c.deleted_at.is_(None))
_FACES = select(
    tickets.c.ticket_id,
    tickets.c.number,
    tickets.c.subject,
    tickets.c.status,
    tickets.c.status_category,
    tickets.c.own_status,
    tickets.c.assignee_name,
    tickets.c.merged_at,
    *SCOPE_COLUMNS,
).where(tickets.c.ticket_id.in_(bindparam("ids", expanding=True)), tickets.c.deleted_at.is_(None))
_LINKS = (
    select(ticket_links)
    .where(ticket_links.c.from_id == bindparam("id"))
    .union_all(select(ticket_links).where(ticket_links.c.to_id == bindparam("id")))
    .order_by(text("created_at"), text("link_id"))
)
# More children or splits than a page shows would be a mistake somewhere.
_BESIDE = union_all(
    *(
        select(literal(kind).label("kind"), tickets.c.ticket_id)
        .where(column == bindparam("id"))
        .order_by(tickets.c.ticket_id)
        .limit(200)
        .subquery()
        .select()
        for kind, column in (
            ("child", tickets.c.parent_id),
            ("merged", tickets.c.merged_into),
            ("split", tickets.c.split_from),
        )
    )
)
_PROBLEM = select(problems.c.number, problems.c.title, problems.c.status).where(
    problems.c.problem_id == bindparam("id")
)

Json = dict[str, Any]


def get_relations(uow: UnitOfWork, actor: Actor, number: str) -> Json:
    """Links, parent, children, merges, splits and problem; of hidden tickets only how many."""
    row = uow.session.execute(_TICKET, {"number": number}).one_or_none()
    if row is None or not scope.allows(actor, scope_of(row)):
        raise NotFound("ticket.not_found", "there is no such ticket")
    links = _links(uow, row.ticket_id)
    beside: dict[str, list[UUID]] = {"child": [], "merged": [], "split": []}
    for kind, ticket_id in uow.session.execute(_BESIDE, {"id": row.ticket_id}):
        beside[kind].append(ticket_id)
    single = [row.parent_id, row.merged_into, row.split_from]
    wanted = {*single, *(other for _, other in links), *(i for ids in beside.values() for i in ids)}
    faces = _Faces(uow, actor, {one for one in wanted if one is not None})
    return {
        "links": faces.several(links),
        "parent": faces.one(row.parent_id),
        "children": faces.listed(beside["child"]) | {"open": row.open_children},
        "merged_into": faces.one(row.merged_into),
        "merged_from": faces.listed(beside["merged"], is_part=True),
        "split_from": faces.one(row.split_from),
        "split_into": faces.listed(beside["split"]),
        "problem": _problem(uow, actor, row.problem_id),
    }


class _Faces:
    """The other tickets in brief, asked for once."""

    def __init__(self, uow: UnitOfWork, actor: Actor, ids: Iterable[UUID]) -> None:
        wanted = list(ids)
        rows = uow.session.execute(_FACES, {"ids": wanted}).all() if wanted else []
        self._rows = {row.ticket_id: row for row in rows}
        self._seen = {row.ticket_id for row in rows if scope.allows(actor, scope_of(row))}

    def one(self, ticket_id: UUID | None) -> Json | None:
        """A ticket, `is_hidden` where the actor may not see it; None for what is in the bin."""
        if ticket_id is None or ticket_id not in self._rows:
            return None
        if ticket_id not in self._seen:
            return {"is_hidden": True, "ticket": None}
        return {"is_hidden": False, "ticket": _face(self._rows[ticket_id])}

    def listed(self, ids: Iterable[UUID], *, is_part: bool = False) -> Json:
        """Those to be seen, and how many are not; parts of the ticket itself are always seen."""
        known = [one for one in ids if one in self._rows]
        seen = [one for one in known if is_part or one in self._seen]
        items = [_face(self._rows[one]) for one in seen]
        return {"items": items, "hidden": len(known) - len(seen)}

    def several(self, links: Iterable[tuple[Json, UUID]]) -> Json:
        """Links with the tickets on their other side."""
        known = [(link, other) for link, other in links if other in self._rows]
        seen = [(link, other) for link, other in known if other in self._seen]
        items = [link | {"ticket": _face(self._rows[other])} for link, other in seen]
        return {"items": items, "hidden": len(known) - len(seen)}


def _links(uow: UnitOfWork, ticket_id: UUID) -> list[tuple[Json, UUID]]:
    found = []
    for row in uow.session.execute(_LINKS, {"id": ticket_id}):
        relation, other = Link(row.from_id, row.to_id, row.kind).seen_from(ticket_id)
        shown = {
            "link_id": str(row.link_id),
            "relation": relation,
            "created_at": show_instant(row.created_at),
            "created_by": row.created_by_name,
        }
        found.append((shown, other))
    return found


def _face(row: Any) -> Json:
    return {
        "number": row.number,
        "subject": row.subject,
        "status": row.status,
        "status_category": row.status_category,
        "own_status": row.own_status,
        "is_finished": not is_unfinished(row.status),
        "assignee_name": row.assignee_name,
        "merged_at": show_instant(row.merged_at),
    }


def _problem(uow: UnitOfWork, actor: Actor, problem_id: UUID | None) -> Json | None:
    if problem_id is None or not actor.may("problem.read"):
        return None
    row = uow.session.execute(_PROBLEM, {"id": problem_id}).one()
    return {"number": row.number, "title": row.title, "status": row.status}
