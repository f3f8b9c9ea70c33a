"""Single sign-on: away to the company's OpenID provider, and back. For browsers, not for apps."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, current_app, request
from marshmallow import EXCLUDE

from gateway.answers import nothing
from gateway.auth.access import public, requires
from gateway.blueprint import ApiBlueprint
from gateway.login.answers import set_cookies
from gateway.login.desk import LoginDesk, login_desk
from gateway.login.opening import Asked, note_refusal
from gateway.own_commands import carry_out
from gateway.parts import parts
from gateway.resources.accounts import refuse_proofs_of
from gateway.schemas.sso import SsoDeparture, SsoReturn
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import DeskError, NotFound

if TYPE_CHECKING:
    from gateway.login.sso.flow import Return
    from gateway.login.sso.provider import Provider

blueprint = ApiBlueprint("sso", __name__, description="Single sign-on")

BROWSER_COOKIE = "tidedesk_sso"
_PATH = "/api/v1/sso"
_EXTENSION = "tidedesk-sso"
_LOCATION = {"Location": {"schema": {"type": "string"}}}


@blueprint.operation("GET", "/sso/start", errors=(404,))
@public
@blueprint.arguments(SsoDeparture, location="query")
@blueprint.response(302, headers=_LOCATION)
def depart_to_sso(wanted: dict[str, str]) -> Response:
    """Send the browser to the company's sign-on; `next` is the page that it comes back to."""
    from gateway.login.sso.flow import VALID_FOR, depart

    desk, kept = login_desk(), request.cookies.get(BROWSER_COOKIE)
    try:
        departure = depart(desk, _provider(), _redirect_uri(), wanted["next"], kept)
    except DeskError as error:
        return _to_login_page(desk, error, wanted["next"])
    response = _redirect(departure.location)
    response.set_cookie(
        BROWSER_COOKIE,
        departure.browser,
        max_age=int(VALID_FOR.total_seconds()),
        path=_PATH,
        secure=request.is_secure,
        httponly=True,
        # Not Strict: it must come along when the provider sends the browser back.
        samesite="Lax",
    )
    return response


@blueprint.operation("GET", "/sso/callback", errors=(404,))
@public
@blueprint.arguments(SsoReturn, location="query", unknown=EXCLUDE)
@blueprint.response(302, headers=_LOCATION)
def return_from_sso(brought: dict[str, str]) -> Response:
    """Where the provider sends the browser back to: logs in, or says why not on the login page."""
    from gateway.login.sso.flow import arrive

    desk, kept = login_desk(), request.cookies.get(BROWSER_COOKIE)
    try:
        return _enter(desk, arrive(desk, _provider(), _redirect_uri(), brought, kept))
    except DeskError as error:
        note_refusal(None, None, error.code)
        return _to_login_page(desk, error, "/")


@blueprint.operation(
    "DELETE", "/accounts/<uuid:person_id>/sso-identity", errors=(404,), is_command=True
)
@requires("person.manage")
@blueprint.response(204)
def unlink_sso_identity(person_id: UUID) -> Response:
    """Forget who somebody is at the company's sign-on, so that a new login there may be theirs."""
    from gateway.login.sso.identities import unlink

    def work(uow: UnitOfWork) -> dict[str, Any]:
        refuse_proofs_of(uow, person_id)
        if not unlink(uow.session, person_id):
            raise NotFound("sso.not_linked", "this person has not logged in over there")
        return {"audit": {"object": str(person_id), "after": {"sso_identity": None}}}

    carry_out("unlink_sso_identity", {"person_id": str(person_id)}, work)
    return nothing()


def _provider() -> "Provider":
    """Made when somebody first asks for it; raises NotFound where none is configured."""
    sso = parts().login.sso
    if sso is None:
        raise NotFound("sso.not_configured", "this installation has no single sign-on")
    if _EXTENSION not in current_app.extensions:
        from gateway.login.sso.provider import Provider
        from libs.common.http import open_http

        current_app.extensions[_EXTENSION] = Provider(sso, open_http())
    found: Provider = current_app.extensions[_EXTENSION]
    return found


def _redirect_uri() -> str:
    return f"{parts().login.public_url}{_PATH}/callback"


def _enter(desk: LoginDesk, returned: "Return") -> Response:
    found = returned.found
    if isinstance(found, Asked):
        # Behind the #, so that it stands in no log: the login page asks for the code.
        wanted = urlencode({"next": returned.next_path})
        return _redirect(f"/login?{wanted}#second-factor={found.challenge}")
    response = _redirect(returned.next_path)
    set_cookies(response, desk, found)
    # Its other cookie stays for its ten minutes: another tab may still be on its way.
    return response


def _to_login_page(desk: LoginDesk, error: DeskError, wanted: str) -> Response:
    from gateway.login.sso.flow import own_path

    if isinstance(error, NotFound):
        raise error
    query = urlencode({"problem": error.code, "next": own_path(wanted)})
    return _redirect(f"/login?{query}")


def _redirect(location: str) -> Response:
    response = Response(status=302, headers={"Location": location})
    # An absolute address is the provider's, a path stays on our own page whatever we are called.
    response.autocorrect_location_header = False
    del response.headers["Content-Type"]
    return response
