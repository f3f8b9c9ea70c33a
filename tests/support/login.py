"""People at the gateway's door, and what they hold in their hands."""

from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import event, text, update

from gateway.auth.passwords import hash_password
from gateway.sealing import Sealing
from gateway.storage.people import Person
from libs.common.config import Config
from libs.common.crypto import field_context
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7
from tests.support.gateway import PASSWORD, Browser, Hands

STRONG = "Kx7#mP2qLw-第三"
# Argon2 takes its time: once for all people of all tests.
_HASH = hash_password(PASSWORD)


def make_person(database: Database, login: str, role: str = "agent", **columns: Any) -> UUID:
    """Somebody with PASSWORD."""
    person_id = uuid7()
    with database.begin() as uow:
        uow.session.execute(
            text(
                "INSERT INTO people (person_id, login, name, password_hash, role) "
                "VALUES (:id, :login, :name, :hash, :role)"
            ),
            {
                "id": person_id,
                "login": login,
                "name": f"{login} 的名字",
                "hash": columns.pop("password_hash", _HASH),
                "role": role,
            },
        )
        if columns:
            own = update(Person).where(Person.person_id == person_id)
            uow.session.execute(own.values(**columns))
        uow.commit()
    return person_id


def give_phone(database: Database, config: Config, person_id: UUID, number: str) -> None:
    """A phone that the person has verified."""
    sealing = Sealing(config)
    context = field_context("people", "phone", person_id)
    with database.begin() as uow:
        own = update(Person).where(Person.person_id == person_id)
        uow.session.execute(
            own.values(
                phone_sealed=sealing.ring.encrypt_text(number, context),
                phone_index=sealing.index.of_phone(number),
                phone_verified_at=Person.created_at,
            )
        )
        uow.commit()


def plant_captcha(database: Database, config: Config, answer: str, clock: Hands) -> dict[str, str]:
    """A picture whose answer is known, as the answer to send: the product's own are not for us."""
    captcha_id = uuid7()
    with database.begin() as uow:
        uow.session.execute(
            text("INSERT INTO captchas VALUES (:id, '127.0.0.1', :hash, :expires_at)"),
            {
                "id": captcha_id,
                "hash": Sealing(config).index.of("captcha", f"{captcha_id}:{answer}"),
                "expires_at": clock.now.replace(year=clock.now.year + 1),
            },
        )
        uow.commit()
    return {"captcha_id": str(captcha_id), "answer": answer}


def app_code(secret: str, clock: Hands, steps: int = 0) -> str:
    """What an authenticator app shows, so many steps from now."""
    return pyotp.TOTP(secret).generate_otp(int(clock.now.timestamp()) // 30 + steps)


def enrol(browser: Browser, clock: Hands) -> tuple[str, list[str]]:
    """Set an authenticator app up for whoever is logged in: its secret, the recovery codes."""
    begun = browser.post("/me/totp", json={})
    assert begun.status_code == 201, begun.get_data(as_text=True)
    secret = begun.get_json()["secret"]
    confirmed = browser.post("/me/totp/confirmation", json={"code": app_code(secret, clock)})
    assert confirmed.status_code == 200, confirmed.get_data(as_text=True)
    return secret, confirmed.get_json()["recovery_codes"]


def statements_of(database: Database, act: Any) -> list[str]:
    """The SQL that an act sends through the gateway's own engine, without its values."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    return seen


def forget_attempts(database: Database) -> None:
    """Nobody has failed, and nobody has asked for anything."""
    with database.begin() as uow:
        for table in ("login_failures", "code_requests", "captchas", "login_challenges"):
            uow.session.execute(text(f"DELETE FROM {table}"))
        uow.commit()


def count_rows(database: Database, query: str, **values: Any) -> int:
    """How many rows a query finds."""
    with database.begin(read_only=True) as uow:
        return len(uow.session.execute(text(query), values).all())
