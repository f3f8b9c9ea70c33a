"""Who the customer of a confidential ticket is: checked before anything of it shows."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.schemas.confidential import IdentityCheck, IdentityChecks, NewIdentityCheck

blueprint = ApiBlueprint(
    "identity checks",
    __name__,
    url_prefix="/tickets/<number:number>/identity-checks",
    description="Checks of who the customer of a confidential ticket is",
)


@blueprint.operation("GET", "", errors=(404,))
@requires("ticket.read")
@blueprint.response(200, IdentityChecks)
def list_identity_checks(number: str) -> Response:
    """The newest, and whether the ticket asks for one."""
    return answer(query("ticketing", "list_identity_checks", {"number": number}))


@blueprint.operation("POST", "", errors=(404,), is_command=True)
@requires("ticket.check_identity")
@blueprint.arguments(NewIdentityCheck)
@blueprint.response(201, IdentityCheck)
def check_identity(check: dict[str, Any], number: str) -> Response:
    """Keep how the customer's identity was checked; a passed check shows the ticket for a while."""
    return answer(command("ticketing", "check_identity", {"number": number, **check}), 201)
