"""Sessions: one's own, and everybody's for those who look after them."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.auth.sessions import revoke_all, revoke_others, revoke_session
from gateway.blueprint import ApiBlueprint
from gateway.login.accounts import find_by_id
from gateway.login.own import own_person
from gateway.login.session_list import all_sessions, find_open, own_sessions
from gateway.own_commands import carry_out
from gateway.parts import parts
from gateway.schemas.credentials import OwnSessionPage, SessionPage, SessionQuery
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound

blueprint = ApiBlueprint("sessions", __name__, description="Sessions")


@blueprint.operation("GET", "/me/sessions")
@requires("session.own")
@blueprint.response(200, OwnSessionPage)
def list_own_sessions() -> Response:
    """Where one is logged in."""
    who, here = own_person(), parts()
    with here.database.begin(read_only=True) as uow:
        items = own_sessions(
            uow.session, who.person_id, who.credential_id, here.clock(), here.login.sessions
        )
    return answer({"items": items})


@blueprint.operation("DELETE", "/me/sessions", is_command=True)
@requires("session.own")
@blueprint.response(204)
def end_other_sessions() -> Response:
    """Log out everywhere else."""
    who, now = own_person(), parts().clock()

    def work(uow: UnitOfWork) -> dict[str, Any]:
        ended = revoke_others(uow.session, who.person_id, who.credential_id, now)
        return {"audit": {"object": str(who.person_id), "after": {"ended_sessions": ended}}}

    carry_out("end_other_sessions", {}, work)
    return nothing()


@blueprint.operation("DELETE", "/me/sessions/<uuid:session_id>", errors=(404,), is_command=True)
@requires("session.own")
@blueprint.response(204)
def end_own_session(session_id: UUID) -> Response:
    """Log out there."""
    who = own_person()
    _end("end_own_session", session_id, who.person_id)
    return nothing()


@blueprint.operation("GET", "/sessions")
@requires("session.manage")
@blueprint.arguments(SessionQuery, location="query")
@blueprint.response(200, SessionPage)
def list_sessions(wanted: dict[str, Any]) -> Response:
    """Who is logged in, the newest login first."""
    here = parts()
    with here.database.begin(read_only=True) as uow:
        items, next_cursor = all_sessions(
            uow.session,
            here.clock(),
            here.login.sessions,
            person_id=wanted.get("person_id"),
            text=wanted.get("q"),
            cursor=wanted.get("cursor"),
            limit=wanted["limit"],
        )
    return answer({"items": items, "next_cursor": next_cursor})


@blueprint.operation("DELETE", "/sessions/<uuid:session_id>", errors=(404,), is_command=True)
@requires("session.manage")
@blueprint.response(204)
def end_session(session_id: UUID) -> Response:
    """Log somebody out of one session."""
    _end("end_session", session_id, None)
    return nothing()


@blueprint.operation(
    "DELETE", "/accounts/<uuid:person_id>/sessions", errors=(404,), is_command=True
)
@requires("session.manage")
@blueprint.response(204)
def end_sessions_of_person(person_id: UUID) -> Response:
    """Log somebody out everywhere."""
    now = parts().clock()

    def work(uow: UnitOfWork) -> dict[str, Any]:
        if find_by_id(uow.session, person_id) is None:
            raise NotFound("person.unknown", "there is no such person")
        ended = revoke_all(uow.session, person_id, now)
        return {"audit": {"object": str(person_id), "after": {"ended_sessions": ended}}}

    carry_out("end_sessions_of_person", {"person_id": str(person_id)}, work)
    return nothing()


def _end(method: str, session_id: UUID, owner: UUID | None) -> None:
    """End an open session, if it is the owner's (None: anybody's); raises NotFound."""
    now = parts().clock()

    def work(uow: UnitOfWork) -> dict[str, Any]:
        found = find_open(uow.session, session_id, now)
        if found is None or owner not in (None, found.person_id):
            raise NotFound("session.unknown", "there is no such open session")
        revoke_session(uow.session, session_id, now)
        after = {"ended": True, "person_id": str(found.person_id)}
        return {"audit": {"object": str(session_id), "after": after}}

    carry_out(method, {"session_id": str(session_id)}, work)
