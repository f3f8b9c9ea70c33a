"""Staff, for those who assign work to them."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.parts import parts
from gateway.people import list_people as find_people
from gateway.schemas.people import PeopleQuery
from gateway.schemas.session import PersonPage

blueprint = ApiBlueprint("people", __name__, description="Staff")


@blueprint.operation("GET", "/people")
@requires("people.list")
@blueprint.arguments(PeopleQuery, location="query")
@blueprint.response(200, PersonPage)
def list_people(wanted: dict[str, Any]) -> Response:
    """Active staff by login."""
    with parts().database.begin(read_only=True) as uow:
        items = find_people(uow.session, wanted.get("q"), wanted.get("role"), wanted["limit"])
    return answer({"items": items})
