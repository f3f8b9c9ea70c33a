"""One's own password."""

from flask import Response

from gateway.auth.access import open_to_newcomers, requires
from gateway.blueprint import ApiBlueprint
from gateway.login.answers import answer_rotated
from gateway.login.desk import login_desk
from gateway.login.own import own_person
from gateway.login.own_password import change_password
from gateway.schemas.credentials import PasswordChange
from gateway.schemas.session import Session

blueprint = ApiBlueprint("password", __name__, description="One's own password")


@blueprint.operation("PUT", "/me/password", errors=(429,))
@open_to_newcomers
@requires("session.own")
@blueprint.arguments(PasswordChange)
@blueprint.response(200, Session)
def change_own_password(given: dict[str, str]) -> Response:
    """Choose a new password. Other sessions end, this one goes on with a new cookie or tokens.

    422 password.weak names every broken rule in `rules`.
    """
    who, desk = own_person(), login_desk()
    rotated = change_password(desk, who, given["current"], given["new"])
    return answer_rotated(desk, rotated, {})
