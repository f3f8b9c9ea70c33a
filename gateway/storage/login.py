"""What people prove who they are with, and what keeps guessers out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.base import Base


class LoginFailure(Base):
    """How often something failed (see `gateway.auth.throttle` for keys), and until when it waits.

    `window_started_at` is the first failure's, `failed_at` the last one's.
    """

    __tablename__ = "login_failures"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    window_started_at: Mapped[datetime] = mapped_column(index=True)
    failed_at: Mapped[datetime | None]
    blocked_until: Mapped[datetime | None]


class Captcha(Base):
    """A picture with characters that somebody was shown; the row goes with the first answer."""

    __tablename__ = "captchas"

    captcha_id: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(index=True)
    answer_hash: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class LoginChallenge(Base):
    """A question that waits for a code; of the challenge and its code only hashes are kept.

    Without a person nothing answers it. `kind`, `method` and `name` are those of the session that
    opens when it is answered.
    """

    __tablename__ = "login_challenges"

    challenge_hash: Mapped[bytes] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.person_id"))
    kind: Mapped[str | None]
    method: Mapped[str | None]
    name: Mapped[str | None]
    code_hash: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    attempts: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PasswordSet(Base):
    """A password that a person has chosen once; the present one is among them."""

    __tablename__ = "password_history"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    set_at: Mapped[datetime] = mapped_column(primary_key=True)
    password_hash: Mapped[str]


class SecondFactor(Base):
    """A person's authenticator app. A time step is accepted once: `last_step` was the last."""

    __tablename__ = "second_factors"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    secret_sealed: Mapped[bytes]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """Instead of a code of the app, once."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class SsoLogin(Base):
    """A browser that was sent to the company's sign-on and has not come back yet."""

    __tablename__ = "sso_logins"

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    browser_hash: Mapped[bytes]
    next_path: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SsoIdentity(Base):
    """Who a person is at the company's sign-on: its subject, which never changes."""

    __tablename__ = "sso_identities"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"))
    linked_at: Mapped[datetime]
