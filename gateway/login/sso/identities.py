"""Which of our people somebody at the OpenID provider is.

The provider's subject is kept with the first login: names there may be given to others later, and
then lead nowhere.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gateway.audit.recording import record_fact
from gateway.login.accounts import Account, find_by_email, find_by_id, find_by_login
from gateway.login.desk import LoginDesk
from gateway.login.settings import Sso
from gateway.organisation.accounts import new_person
from gateway.organisation.state import begin_change, refusing_taken
from gateway.organisation.telling import tell_people
from gateway.storage.login import SsoIdentity
from gateway.storage.people import RoleRow
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import InvalidInput, Unauthenticated
from libs.common.ids import uuid7

# No password is right: the person logs in over there.
_NO_PASSWORD = "!sso"
_LONGEST = 100


def find_person(uow: UnitOfWork, desk: LoginDesk, sso: Sso, claims: Mapping[str, Any]) -> Account:
    """Our person, linked with this login; raises Unauthenticated where there is none."""
    account = _linked(uow.session, sso, claims["sub"])
    if account is None:
        account = _by_claims(uow.session, desk, sso, claims) or _create(uow, desk, sso, claims)
        if account is not None:
            _link(uow.session, desk, sso, claims["sub"], account)
    if account is None or not account.is_active:
        raise Unauthenticated("sso.person_unknown", "nobody here has this login")
    return account


def unlink(session: Session, person_id: object) -> bool:
    """The next login over there is the first again; False if there was none."""
    own = delete(SsoIdentity).where(SsoIdentity.person_id == person_id)
    return session.execute(own.returning(SsoIdentity.subject)).first() is not None


def _linked(session: Session, sso: Sso, subject: str) -> Account | None:
    own = (SsoIdentity.issuer == sso.issuer, SsoIdentity.subject == subject)
    person_id = session.scalar(select(SsoIdentity.person_id).where(*own))
    return find_by_id(session, person_id) if person_id else None


def _by_claims(
    session: Session, desk: LoginDesk, sso: Sso, claims: Mapping[str, Any]
) -> Account | None:
    """By our login, else by a mail address that the provider has verified."""
    login = _text(claims.get(sso.login_claim))
    is_trusted = sso.login_claim != "email" or claims.get("email_verified") is True
    found = find_by_login(session, login) if login and is_trusted else None
    email = _text(claims.get("email"))
    if found is None and email and claims.get("email_verified") is True:
        try:
            found = find_by_email(session, desk.sealing.index.of_email(email))
        except InvalidInput:
            return None
    return found


def _link(session: Session, desk: LoginDesk, sso: Sso, subject: str, account: Account) -> None:
    linked = insert(SsoIdentity).values(
        issuer=sso.issuer, subject=subject, person_id=account.person_id, linked_at=desk.now
    )
    session.execute(linked.on_conflict_do_nothing())
    now_linked = _linked(session, sso, subject)
    if now_linked is None or now_linked.person_id != account.person_id:
        message = "this person has logged in as somebody else over there before"
        raise Unauthenticated("sso.linked_elsewhere", message)


def _create(
    uow: UnitOfWork, desk: LoginDesk, sso: Sso, claims: Mapping[str, Any]
) -> Account | None:
    """An account for somebody whom only the provider knows, if that is wanted."""
    login = _text(claims.get(sso.login_claim))
    role = uow.session.scalar(select(RoleRow.key).where(RoleRow.key == sso.create_role))
    if role is None or login is None:
        return None
    begin_change(uow.session)
    person_id = uuid7()
    language = "en" if str(claims.get("locale", "")).startswith("en") else "zh"
    name = _text(claims.get("name")) or login
    columns = {"login": login, "name": name, "role": role, "language": language}
    person = new_person(person_id, columns, _NO_PASSWORD, desk.now)
    person.must_change_password = False
    uow.session.add(person)
    with refusing_taken():
        uow.session.flush()
    tell_people(uow, [person_id])
    account = find_by_id(uow.session, person_id)
    record_fact(
        "person.created_by_sso",
        person=account.who() if account else None,
        object_kind="person",
        object_id=person_id,
        detail={"role": role},
        uow=uow,
    )
    return account


def _text(value: object) -> str | None:
    """One line that our columns may hold; the provider's users may have typed it."""
    if not isinstance(value, str) or not value.strip().isprintable():
        return None
    text = value.strip()
    return text if 0 < len(text) <= _LONGEST else None
