"""Staff, for those who assign work to them."""

from typing import Any

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.organisation.people import list_workers
from gateway.parts import parts
from gateway.schemas.people import PeopleQuery
from gateway.schemas.session import PersonPage

blueprint = ApiBlueprint("people", __name__, description="Staff")


@blueprint.operation("GET", "/people")
@requires("people.list")
@blueprint.arguments(PeopleQuery, location="query")
@blueprint.response(200, PersonPage)
def list_people(wanted: dict[str, Any]) -> Response:
    """Active people who can be given work, by login."""
    filters = (wanted.get("q"), wanted.get("role"), wanted.get("group_id"))
    with parts().database.begin(read_only=True) as uow:
        items = list_workers(uow.session, *filters, wanted["limit"])
    return answer({"items": items})
