"""API keys: made, listed, revoked."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.api_keys import keeping
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.own_commands import carry_out
from gateway.parts import parts
from gateway.resources.accounts import granter
from gateway.roles.rules import networks_of
from gateway.schemas.api_key import ApiKeyPage, NewApiKey, NewApiKeyView
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Forbidden

blueprint = ApiBlueprint("api keys", __name__, description="Keys for programs")


@blueprint.operation("GET", "/api-keys")
@requires("api_key.read")
@blueprint.response(200, ApiKeyPage)
def list_api_keys() -> Response:
    """All keys, the newest first; tokens are never shown again."""
    with parts().database.begin(read_only=True) as uow:
        return answer({"items": keeping.list_keys(uow.session)})


@blueprint.operation("POST", "/api-keys", is_command=True)
@requires("api_key.manage")
@blueprint.arguments(NewApiKey)
@blueprint.response(201, NewApiKeyView)
def create_api_key(key: dict[str, Any]) -> Response:
    """Make a key; the answer holds its token, once."""
    who = caller()
    if who.kind == "api_key":
        raise Forbidden("api_key.person_only", "only people make keys")
    values = {**key, "allowed_networks": networks_of(key["allowed_networks"])}

    def work(uow: UnitOfWork) -> dict[str, Any]:
        made = keeping.add_key(
            uow.session,
            parts().clock(),
            creator=(who.person_id, who.name),
            granting=granter(),
            values=values,
        )
        told = {"object": made["api_key_id"], "after": {**values, "hint": made["hint"]}}
        return {**made, "audit": told}

    return answer(carry_out("create_api_key", key, work), 201)


@blueprint.operation("DELETE", "/api-keys/<uuid:api_key_id>", errors=(404,), is_command=True)
@requires("api_key.manage")
@blueprint.response(204)
def revoke_api_key(api_key_id: UUID) -> Response:
    """Revoke a key; it opens nothing from the next request on."""

    def work(uow: UnitOfWork) -> dict[str, Any]:
        name = keeping.revoke_key(uow.session, api_key_id, parts().clock())
        return {"audit": {"object": str(api_key_id), "after": {"revoked": True, "name": name}}}

    carry_out("revoke_api_key", {"api_key_id": str(api_key_id)}, work)
    return nothing()
