"""Who may do what to a ticket in its present state: asked by the rules and shown to clients."""

from uuid import UUID

from libs.common.actor import Actor
from services.ticketing.domain.statuses import CATEGORY_OF, MOVES, SOLVED, is_unfinished


def may_work(assignee_id: UUID | None, actor: Actor) -> bool:
    """People work on their own tickets; some on all that they see."""
    return actor.may("ticket.work_all") or (
        assignee_id is not None and assignee_id == actor.subject
    )


def allowed_moves(
    status: str, assignee_id: UUID | None, actor: Actor, *, is_dissatisfied: bool = False
) -> list[str]:
    """Statuses that this actor may move the ticket to by hand."""
    if not actor.may("ticket.move") or not may_work(assignee_id, actor):
        return []
    return [one for one in MOVES[status] if one != "closed" or not is_dissatisfied]


def allowed_actions(status: str, assignee_id: UUID | None, actor: Actor) -> list[str]:
    """Names of what this actor may do now; what is missing would be refused.

    Each is a permission of that name, too, which the entrypoints ask for.
    """
    works, unfinished = may_work(assignee_id, actor), is_unfinished(status)
    is_own = assignee_id is not None and assignee_id == actor.subject
    allowed = {
        "take": assignee_id is None and unfinished,
        "assign": unfinished,
        "transfer": unfinished,
        "accept": is_own and status == "assigned",
        "return": unfinished and assignee_id is not None and (is_own or actor.may("ticket.assign")),
        "reply": works and CATEGORY_OF[status] != "closed",
        "note": works and status != "archived",
        "solve": works and unfinished,
        "reopen": works and CATEGORY_OF[status] == SOLVED,
        "edit": works and CATEGORY_OF[status] != "closed",
        "judge": works and status != "archived",
    }
    return [
        name for name, is_allowed in allowed.items() if is_allowed and actor.may(f"ticket.{name}")
    ]
