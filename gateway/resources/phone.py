"""One's own phone, verified by a code that it receives."""

from flask import Response
from sqlalchemy import select

from gateway.answers import answer, nothing
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.login.desk import login_desk
from gateway.login.own import own_person
from gateway.login.own_phone import ask_for_phone_code, confirm_phone
from gateway.organisation.contacts import open_phone
from gateway.parts import parts
from gateway.resources.session import challenge_view
from gateway.schemas.credentials import PhoneNumber, PhoneView
from gateway.schemas.session import Challenge, CodeAnswer
from gateway.storage.people import Person
from libs.common.errors import NotFound

blueprint = ApiBlueprint("phone", __name__, description="One's own phone")


@blueprint.operation("GET", "/me/phone")
@requires("session.own")
@blueprint.response(200, PhoneView)
def get_own_phone() -> Response:
    """The number, and whether it was shown to be one's own."""
    own = select(Person).where(Person.person_id == own_person().person_id)
    with parts().database.begin(read_only=True) as uow:
        person = uow.session.scalars(own).one()
        phone, is_verified = open_phone(uow.session, person), person.phone_verified_at is not None
    has_sms = parts().login.has_sms
    return answer({"phone": phone, "is_verified": is_verified, "can_verify": has_sms})


@blueprint.operation("POST", "/me/phone", errors=(404, 429))
@requires("session.own")
@blueprint.arguments(PhoneNumber)
@blueprint.response(202, Challenge)
def send_phone_code(given: dict[str, str]) -> Response:
    """Send a code by SMS to the number that is to be one's own."""
    if not parts().login.has_sms:
        raise NotFound("sms.not_configured", "this installation sends no text messages")
    challenge = ask_for_phone_code(login_desk(), own_person(), given["phone"])
    return answer(challenge_view(challenge), 202)


@blueprint.operation("PUT", "/me/phone")
@requires("session.own")
@blueprint.arguments(CodeAnswer)
@blueprint.response(204)
def confirm_own_phone(given: dict[str, str]) -> Response:
    """The code has arrived: the number is one's own, also for logging in by SMS."""
    confirm_phone(login_desk(), own_person(), given["challenge"], given["code"])
    return nothing()
