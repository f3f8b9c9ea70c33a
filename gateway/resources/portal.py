"""The portal's door: a code to a known address, or a token of the company's own site."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Response, request

from gateway.answers import answer, nothing
from gateway.audit.entry import Who
from gateway.audit.recording import record_fact
from gateway.auth.access import public, requires
from gateway.auth.csrf import refuse_foreign_site
from gateway.auth.guard import PORTAL_COOKIE, caller
from gateway.blueprint import ApiBlueprint
from gateway.parts import parts
from gateway.portal import assertions, codes
from gateway.portal.identities import identify_contact, order, owns_ticket
from gateway.portal.sessions import (
    LIFETIME,
    Customer,
    end_portal_session,
    forget_portal,
    open_portal_session,
)
from gateway.schemas.portal import (
    PortalChallengeView,
    PortalCode,
    PortalCodeRequest,
    PortalIntroduction,
    PortalSessionView,
)
from libs.common.crypto import normalise_email, normalise_phone
from libs.common.errors import InvalidInput, Unauthenticated, field_error

blueprint = ApiBlueprint(
    "portal", __name__, url_prefix="/portal", description="The customers' way in"
)


@blueprint.operation("POST", "/codes", errors=(429,))
@public
@blueprint.arguments(PortalCodeRequest)
@blueprint.response(202, PortalChallengeView)
def send_portal_code(wanted: dict[str, str]) -> Response:
    """Send a code to a customer's address.

    The answer is the same for every address, and every ticket's number, known or not.
    """
    kind, address = _normal(wanted["contact"])
    claim = _claim(address, wanted.get("number"))
    now = parts().clock()
    with parts().database.begin() as uow:
        codes.forget_challenges(uow.session, now)
        index = parts().sealing.index.of(kind, address)
        challenge, code, is_wanted = codes.open_challenge(
            uow.session, index, claim, wanted["language"], now
        )
        uow.commit()
    args = {
        "channel": "sms" if kind == "phone" else "mail",
        "address": address,
        "code": code,
        "purpose": "portal",
        "language": claim.language if claim else wanted["language"],
        "valid_seconds": int(codes.VALID_FOR.total_seconds()),
        "is_wanted": is_wanted,
    }
    order("notify", "send_code", args)
    shown = {"challenge": challenge, "expires_in": int(codes.VALID_FOR.total_seconds())}
    return answer(shown, 202)


@blueprint.operation("POST", "/sessions", errors=(401, 403, 429))
@public
@blueprint.arguments(PortalCode)
@blueprint.response(201, PortalSessionView)
def open_portal_by_code(given: dict[str, str]) -> Response:
    """Prove the address by the code; the session sees the owner's tickets and nothing else."""
    refuse_foreign_site(request)
    now = parts().clock()
    with parts().database.begin() as uow:
        claim = codes.try_code(uow.session, given["challenge"], given["code"], now)
        uow.commit()
    if claim is None:
        _note_refusal()
        raise codes.refused()
    # The address is proven whatever comes next; repeating it changes nothing.
    order("intake", "verify_contact", {"contact_id": str(claim.contact_id)})
    customer = Customer(claim.customer_id, claim.contact_id, claim.name, claim.language)
    return _opened(customer, given["kind"], now, number=claim.number)


@blueprint.operation("POST", "/introductions", errors=(401, 403, 415, 429))
@public
@blueprint.arguments(PortalIntroduction)
@blueprint.response(201, PortalSessionView)
def open_portal_by_introduction(given: dict[str, str]) -> Response:
    """Take the company's own site's word for who the customer is (a signed token, good once)."""
    refuse_foreign_site(request)
    now = parts().clock()
    try:
        introduction = _introduced(given["assertion"], now)
    except Unauthenticated:
        _note_refusal()
        raise
    found = order(
        "intake",
        "introduce_customer",
        {
            "email": introduction.email,
            "phone": introduction.phone,
            "name": introduction.name,
            "language": introduction.language,
        },
        f"introduction:{introduction.assertion_id}",
    )
    customer = Customer(
        UUID(found["customer_id"]),
        UUID(found["contact_id"]),
        introduction.name or "",
        introduction.language,
    )
    return _opened(customer, given["kind"], now)


@blueprint.operation("GET", "/session")
@requires("request.own")
@blueprint.response(200, PortalSessionView)
def get_portal_session() -> Response:
    """Who is in the portal."""
    return answer(_shown(caller().person_id, caller().name, caller().language, caller().expires_at))


@blueprint.operation("DELETE", "/session")
@requires("request.own")
@blueprint.response(204)
def leave_portal() -> Response:
    """End the customer's session."""
    with parts().database.begin() as uow:
        end_portal_session(uow.session, caller().credential_id, parts().clock())
        uow.commit()
    response = nothing()
    response.delete_cookie(PORTAL_COOKIE, httponly=True, samesite="Strict")
    return response


def _normal(contact: str) -> tuple[str, str]:
    """('email' or 'phone', the address in its normal form); raises InvalidInput."""
    for kind, normalise in (("email", normalise_email), ("phone", normalise_phone)):
        try:
            return kind, normalise(contact)
        except InvalidInput:
            continue
    raise field_error("contact", "neither a mail address nor a phone number", "contact.invalid")


def _claim(address: str, number: str | None) -> codes.Claim | None:
    """Whose address it is, if the ticket that was asked for is theirs; as much work if not."""
    found = identify_contact(address)
    customer_id = UUID(found["customer_id"]) if found else uuid4()
    is_theirs = owns_ticket(customer_id, number) if number else True
    if found is None or not is_theirs:
        return None
    return codes.Claim(
        customer_id, UUID(found["contact_id"]), found["name"], found["language"], number
    )


def _introduced(assertion: str, now: datetime) -> assertions.Introduction:
    introduction = assertions.read_assertion(assertion, parts().portal_key, now)
    with parts().database.begin() as uow:
        assertions.use_once(uow.session, introduction)
        uow.commit()
    return introduction


def _note_refusal() -> None:
    record_fact("portal.session_refused", outcome="refused", person=Who("nobody"), status=401)


def _opened(customer: Customer, kind: str, now: datetime, number: str | None = None) -> Response:
    address = request.remote_addr or ""
    with parts().database.begin() as uow:
        forget_portal(uow.session, now)
        token, expires_at = open_portal_session(uow.session, customer, kind, address, now)
        who = Who("customer", id=customer.customer_id, name=customer.name)
        record_fact("portal.session_opened", person=who, uow=uow)
        uow.commit()
    shown = _shown(customer.customer_id, customer.name, customer.language, expires_at)
    if number:
        shown["number"] = number
    if kind == "bearer":
        shown["token"] = token
    response = answer(shown, 201)
    if kind == "cookie":
        response.set_cookie(
            PORTAL_COOKIE,
            token,
            max_age=int(LIFETIME.total_seconds()),
            secure=request.is_secure,
            httponly=True,
            samesite="Strict",
        )
    return response


def _shown(
    customer_id: UUID, name: str, language: str, expires_at: datetime | None
) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "name": name,
        "language": language,
        "expires_at": expires_at,
    }
