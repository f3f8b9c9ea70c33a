"""Who may do what to a ticket in its present state: asked by the rules and shown to clients."""

from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from services.ticketing.domain.moves import MoveRules, may_solve, possible_moves
from services.ticketing.domain.statuses import (
    CATEGORY_OF,
    NO_OWN,
    SOLVED,
    OwnStatuses,
    Status,
    is_unfinished,
)


def may_work(assignee_id: UUID | None, actor: Actor) -> bool:
    """People work on their own tickets; some on all that they see."""
    return actor.may("ticket.work_all") or (
        assignee_id is not None and assignee_id == actor.subject
    )


def may_reopen(ticket: Any) -> bool:
    """Whether staff may go on with it: what is closed only until another ticket carries it on."""
    is_carried_on = ticket.followed_up_by is not None or ticket.merged_into is not None
    is_closed = ticket.status == "closed" and not is_carried_on
    return is_closed or CATEGORY_OF.get(ticket.status) == SOLVED


def allowed_moves(
    ticket: Any,
    actor: Actor,
    rules: MoveRules | None = None,
    own: OwnStatuses = NO_OWN,
    *,
    with_children: bool = False,
) -> list[str]:
    """Statuses that this actor may move the ticket to by hand; takes a ticket or its row.

    `rules` are those of its template, `own` the company's statuses. `with_children`: as if its open
    children were to be closed with it.
    """
    if not actor.may("ticket.move") or not may_work(ticket.assignee_id, actor):
        return []
    moves = possible_moves(_standing(ticket), rules, own)
    is_waiting = bool(ticket.open_children) and not with_children
    is_held = bool(ticket.is_dissatisfied or is_waiting or ticket.is_supervised)
    # What is closed already may still be called by another name.
    may_end = ticket.status == "closed" or not is_held
    return [key for key in moves if may_end or _base(key, own) != "closed"]


def allowed_actions(ticket: Any, actor: Actor, rules: MoveRules | None = None) -> list[str]:
    """Names of what this actor may do now; what is missing would be refused.

    Takes a ticket or its row. Each name is a permission, too, which the entrypoints ask for.
    `rules` are those of its template.
    """
    allowed = [name for name, is_allowed in _judged(ticket, actor) if is_allowed]
    if "solve" in allowed and not may_solve(_standing(ticket), rules):
        allowed.remove("solve")
    return allowed


def _standing(ticket: Any) -> Status:
    return Status(ticket.own_status or ticket.status, ticket.status)


def _base(key: str, own: OwnStatuses) -> str:
    return own[key].base if key in own else key


def _judged(ticket: Any, actor: Actor) -> list[tuple[str, bool]]:
    if ticket.deleted_at is not None:
        return []
    status, assignee_id = ticket.status, ticket.assignee_id
    works, unfinished = may_work(assignee_id, actor), is_unfinished(status)
    is_own = assignee_id is not None and assignee_id == actor.subject
    judged = {
        "take": assignee_id is None and unfinished,
        "assign": unfinished,
        "transfer": unfinished and works,
        "accept": is_own and status == "assigned",
        "return": unfinished and assignee_id is not None and (is_own or actor.may("ticket.assign")),
        "reply": works and CATEGORY_OF[status] != "closed",
        "note": works and status != "archived",
        "solve": works and unfinished and not ticket.open_children,
        "reopen": works and may_reopen(ticket),
        "edit": works and CATEGORY_OF[status] != "closed",
        "judge": works and status != "archived",
        "collaborate": works and unfinished,
        "link": works and status != "archived",
        "attach": works and unfinished,
        "merge": works and CATEGORY_OF[status] != "closed",
        "unmerge": works and ticket.merged_into is not None and status != "archived",
        "split": works and status != "archived",
        "urge": unfinished,
        "supervise": not ticket.is_supervised and CATEGORY_OF[status] != "closed",
        "cc": works and status != "archived",
        "check_identity": ticket.is_confidential and status != "archived",
        "delete": True,
    }
    return [(name, holds and actor.may(f"ticket.{name}")) for name, holds in judged.items()]
