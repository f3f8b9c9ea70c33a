"""Categories of tickets (工单分类): a tree with defaults."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.ticket_category import (
    NewTicketCategory,
    TicketCategory,
    TicketCategoryChanges,
    TicketCategoryOrder,
    TicketCategoryPage,
    TicketCategoryUse,
)
from gateway.uses import with_uses

blueprint = ApiBlueprint(
    "ticket categories",
    __name__,
    url_prefix="/ticket-categories",
    description="The tree of categories of tickets",
)

_ONE = "/<uuid:category_id>"


@blueprint.operation("GET", "")
@requires("ticket.list")
@blueprint.response(200, TicketCategoryPage)
def list_ticket_categories() -> Response:
    """All of them, those that take no new tickets included."""
    return answer(query("ticketing", "list_ticket_categories"))


@blueprint.operation("POST", "", errors=(409,), is_command=True)
@requires("ticket_category.manage")
@blueprint.arguments(NewTicketCategory)
@blueprint.response(201, TicketCategory, headers={**LOCATION_HEADER, **ETAG_HEADER})
def create_ticket_category(values: dict[str, Any]) -> Response:
    """One behind its siblings."""
    made = command("ticketing", "create_ticket_category", {"values": values})
    return present(made, 201, f"/ticket-categories/{made['category_id']}")


@blueprint.operation(
    "PATCH", _ONE, errors=(*EDIT_ERRORS, 409), is_command=True, parameters=IF_MATCH
)
@requires("ticket_category.manage")
@blueprint.arguments(TicketCategoryChanges)
@blueprint.response(200, TicketCategory, headers=ETAG_HEADER)
def edit_ticket_category(changes: dict[str, Any], category_id: UUID) -> Response:
    """Another name, place or defaults; put it away, or take it into use again.

    `before_id` says in the same command where among its siblings it comes to stand.
    """
    version = expected_version(is_required=True)
    args = {"category_id": str(category_id), "version": version, "changes": changes}
    return present(with_uses(command("ticketing", "edit_ticket_category", args)))


@blueprint.operation("PUT", "/order", is_command=True)
@requires("ticket_category.manage")
@blueprint.arguments(TicketCategoryOrder)
@blueprint.response(200, TicketCategoryPage)
def order_ticket_categories(wanted: dict[str, Any]) -> Response:
    """Siblings in another order."""
    return answer(command("ticketing", "order_ticket_categories", wanted))


@blueprint.operation("GET", f"{_ONE}/use", errors=(404,))
@requires("ticket_category.manage")
@blueprint.response(200, TicketCategoryUse)
def get_ticket_category_use(category_id: UUID) -> Response:
    """Who would miss it."""
    args = {"category_id": str(category_id)}
    return answer(with_uses(query("ticketing", "get_ticket_category_use", args)))
