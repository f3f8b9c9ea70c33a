"""The second factor: an authenticator app and recovery codes."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer, nothing
from gateway.auth.access import open_to_newcomers, requires
from gateway.auth.sessions import revoke_all, revoke_others
from gateway.blueprint import ApiBlueprint
from gateway.login import second_factor
from gateway.login.answers import answer_rotated
from gateway.login.desk import login_desk
from gateway.login.own import own_person
from gateway.login.own_password import prove_again
from gateway.login.rotation import rotate
from gateway.login.second_factor import FactorCode
from gateway.organisation.rights import refuse_own
from gateway.own_commands import carry_out
from gateway.parts import parts
from gateway.resources.accounts import granter, refuse_proofs_of
from gateway.schemas.credentials import (
    AppCode,
    EnrolledSession,
    EnrolmentView,
    FactorProof,
    PasswordAgain,
    RecoveryCodes,
    SecondFactorView,
)
from gateway.schemas.session import Session
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound

blueprint = ApiBlueprint("second factor", __name__, description="Second factor")


@blueprint.operation("GET", "/me/totp")
@open_to_newcomers
@requires("session.own")
@blueprint.response(200, SecondFactorView)
def get_second_factor() -> Response:
    """Whether a code is asked for at login, and how many recovery codes are left."""
    with parts().database.begin(read_only=True) as uow:
        state = second_factor.state_of(uow.session, own_person().person_id)
    return answer(state)


@blueprint.operation("POST", "/me/totp", errors=(429,), is_command=True)
@open_to_newcomers
@requires("session.own")
@blueprint.arguments(PasswordAgain)
@blueprint.response(201, EnrolmentView)
def begin_second_factor(given: dict[str, str]) -> Response:
    """Set an authenticator app up; nothing changes until a code of it is confirmed."""
    who, desk = own_person(), login_desk()
    prove_again(desk, who, given.get("password"), is_weighty=False)

    def work(uow: UnitOfWork) -> dict[str, Any]:
        begun = second_factor.begin_enrolment(uow, desk, who.person_id, who.login)
        return {"secret": begun.secret, "uri": begun.uri}

    begun = carry_out("begin_second_factor", {}, work)
    return answer({**begun, "qr": _qr(begun["uri"])}, 201)


@blueprint.operation("POST", "/me/totp/confirmation", errors=(404, 429))
@open_to_newcomers
@requires("session.own")
@blueprint.arguments(AppCode)
@blueprint.response(200, EnrolledSession)
def confirm_second_factor(given: dict[str, str]) -> Response:
    """The app works. Other sessions end; ten recovery codes are shown, once."""
    who, desk = own_person(), login_desk()
    second_factor.count_guess(desk, who.person_id)
    with desk.database.begin(request_id=desk.request_id) as uow:
        codes = second_factor.confirm_enrolment(uow, desk, who.person_id, given["code"])
        second_factor.forgive_guess(uow, desk, who.person_id)
        revoke_others(uow.session, who.person_id, who.credential_id, desk.now)
        rotated = rotate(uow.session, desk, who, has_second_factor=True)
        uow.commit()
    return answer_rotated(desk, rotated, {"recovery_codes": codes})


@blueprint.operation("POST", "/me/totp/recovery-codes", errors=(404, 429))
@requires("session.own")
@blueprint.arguments(FactorProof)
@blueprint.response(201, RecoveryCodes)
def renew_recovery_codes(given: dict[str, str]) -> Response:
    """Ten new recovery codes in place of the old ones, shown once."""
    who, desk, code = _prove(given)
    with desk.database.begin(request_id=desk.request_id) as uow:
        codes = second_factor.renew_codes(uow, desk, who.person_id, code)
        uow.commit()
    return answer({"recovery_codes": codes}, 201)


# Not DELETE, whose body means nothing (RFC 9110, 9.3.5): the proofs stand in one.
@blueprint.operation("POST", "/me/totp/removal", errors=(404, 429))
@requires("session.own")
@blueprint.arguments(FactorProof)
@blueprint.response(200, Session)
def remove_second_factor(given: dict[str, str]) -> Response:
    """Do without from now on, or set up another app. This session goes on with new tokens."""
    who, desk, code = _prove(given)
    with desk.database.begin(request_id=desk.request_id) as uow:
        second_factor.take_off(uow, desk, who.person_id, code)
        rotated = rotate(uow.session, desk, who, has_second_factor=False)
        uow.commit()
    return answer_rotated(desk, rotated, {})


@blueprint.operation("DELETE", "/accounts/<uuid:person_id>/totp", errors=(404,), is_command=True)
@requires("person.manage")
@blueprint.response(204)
def reset_second_factor(person_id: UUID) -> Response:
    """Take somebody's second factor off, whose phone is lost; their sessions end."""
    now = parts().clock()

    def work(uow: UnitOfWork) -> dict[str, Any]:
        refuse_proofs_of(uow, person_id)
        # One's own is taken off with password and code, not by whoever has found the session.
        refuse_own(person_id, granter())
        if not second_factor.forget_factor(uow.session, person_id):
            raise NotFound("second_factor.none", "this person has no second factor")
        ended = revoke_all(uow.session, person_id, now)
        after = {"second_factor": False, "ended_sessions": ended}
        return {
            "audit": {"object": str(person_id), "before": {"second_factor": True}, "after": after}
        }

    carry_out("reset_second_factor", {"person_id": str(person_id)}, work)
    return nothing()


def _prove(given: dict[str, str]) -> tuple[Any, Any, FactorCode]:
    """Password and code are both guessed at: each is counted before it is looked at."""
    who, desk = own_person(), login_desk()
    prove_again(desk, who, given.pop("password", None), is_weighty=True)
    second_factor.count_guess(desk, who.person_id)
    return who, desk, FactorCode(**given)


def _qr(uri: str) -> str:
    import segno

    drawn: str = segno.make(uri, error="m").svg_data_uri(scale=4, border=2)
    return drawn
