"""Who else has a ticket open or is writing, so that two people do not answer it at once."""

from typing import Any

from flask import Response

from gateway.answers import answer, nothing
from gateway.audit.recording import unrecorded
from gateway.auth.access import requires
from gateway.auth.guard import caller
from gateway.blueprint import ApiBlueprint
from gateway.calls import query
from gateway.live import presence
from gateway.parts import parts
from gateway.schemas.ticket_presence import PresenceSign, PresentPeople
from libs.common.errors import NotFound

blueprint = ApiBlueprint(
    "ticket presence",
    __name__,
    url_prefix="/tickets/<number:number>/presence",
    description="Who else is at a ticket",
)


@blueprint.operation("POST", "", errors=(404,))
@requires("ticket.read")
@unrecorded
@blueprint.arguments(PresenceSign)
@blueprint.response(200, PresentPeople)
def sign_presence(given: dict[str, Any], number: str) -> Response:
    """Still there. Sent by consoles every 15 seconds; changes come as `presence.changed`."""
    who, now = caller(), parts().clock()
    with parts().database.begin() as uow:
        connection = uow.session.connection()
        place = _place(connection, number)
        others = []
        if place is not None:
            others = presence.sign(connection, place, who.person_id, who.name, given["state"], now)
        uow.commit()
    return answer({"people": others})


@blueprint.operation("DELETE", "", errors=(404,))
@requires("ticket.read")
@unrecorded
@blueprint.response(204)
def end_presence(number: str) -> Response:
    """The caller has closed it."""
    with parts().database.begin() as uow:
        connection = uow.session.connection()
        place = presence.find_place(connection, number)
        if place is not None:
            presence.leave(connection, place, caller().person_id, parts().clock())
        uow.commit()
    return nothing()


def _place(connection: Any, number: str) -> presence.Place | None:
    """NotFound for a ticket that the caller may not know of.

    None for one that has been quiet for so long that nobody is likely to be there: its owner says
    whether the caller may.
    """
    place = presence.find_place(connection, number)
    if place is None:
        query("ticketing", "list_timeline", {"number": number, "limit": 1})
    elif not place.is_open_to(caller().actor):
        raise NotFound("ticket.not_found", "there is no such ticket")
    return place
