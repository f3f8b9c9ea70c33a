"""The end of every way of logging in: a session, or the question for the second factor."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.audit.alerts import raise_alert
from gateway.audit.entry import Who
from gateway.audit.recording import record_fact
from gateway.auth.sessions import open_session
from gateway.login.accounts import Account
from gateway.login.challenges import VALID_FOR, ask
from gateway.login.desk import LoginDesk
from gateway.login.places import is_new_place, network_of
from gateway.login.refresh import RefreshGrant, grant_refresh
from gateway.login.totp import is_enrolled
from libs.common.database.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Wish:
    """The session that is wanted: `kind` cookie or bearer; an app's has a `name`."""

    kind: str
    name: str | None = None


@dataclass(frozen=True)
class Proof:
    """Who it is, and by which `method` we know: password, sms or sso."""

    account: Account
    method: str
    has_second_factor: bool = False


@dataclass(frozen=True)
class Entered:
    """The session's tokens, shown only now; a browser's is not refreshed."""

    account: Account
    session_id: UUID
    token: str
    refresh: RefreshGrant | None


@dataclass(frozen=True)
class Asked:
    """A code of the second factor is wanted, with this challenge."""

    challenge: str
    expires_at: datetime


def let_in(uow: UnitOfWork, desk: LoginDesk, proof: Proof, wish: Wish) -> Entered | Asked:
    """Open the session, or ask whoever has set up a second factor for it; the caller commits."""
    session, account = uow.session, proof.account
    if proof.has_second_factor or not is_enrolled(session, account.person_id):
        return _open(uow, desk, proof, wish)
    challenge = ask(
        session,
        "second_factor",
        desk.now,
        person_id=account.person_id,
        kind=wish.kind,
        method=proof.method,
        name=wish.name,
    )
    return Asked(challenge, desk.now + VALID_FOR)


def note_refusal(claimed: str | None, account: Account | None, cause: str) -> None:
    """Tell the log who was not let in and why; the answer does not say."""
    # Of what nobody is called only the beginning: a password may stand in the wrong place.
    who = account.who() if account else Who("nobody", login=claimed and f"{claimed[:3]}…")
    detail = {"cause": cause}
    record_fact("session.refused", outcome="refused", person=who, detail=detail, status=401)


def _open(uow: UnitOfWork, desk: LoginDesk, proof: Proof, wish: Wish) -> Entered:
    account, rules = proof.account, desk.settings.sessions
    opened = open_session(
        uow.session,
        account.person_id,
        wish.kind,
        desk.now,
        rules,
        name=wish.name,
        address=desk.origin.address,
        user_agent=desk.origin.user_agent,
        method=proof.method,
        has_second_factor=proof.has_second_factor,
    )
    granted = None
    if wish.kind == "bearer":
        ends_at = desk.now + rules.refresh
        granted = grant_refresh(uow.session, opened.session_id, ends_at, desk.now)
    record_fact(
        "session.opened",
        person=account.who(opened.session_id),
        object_kind="session",
        object_id=opened.session_id,
        detail={
            "kind": wish.kind,
            "method": proof.method,
            "second_factor": proof.has_second_factor,
        },
        uow=uow,
    )
    _look_at_place(uow, desk, account, opened.session_id)
    return Entered(account, opened.session_id, opened.token, granted)


def _look_at_place(uow: UnitOfWork, desk: LoginDesk, account: Account, session_id: UUID) -> None:
    address = desk.origin.address
    if not is_new_place(uow.session, account.person_id, address, desk.now):
        return
    raise_alert(
        uow,
        "new_place",
        person_id=account.person_id,
        address=address,
        facts={"session_id": str(session_id), "network": network_of(address)},
        now=desk.now,
    )
