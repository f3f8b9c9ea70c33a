"""Tables of the gateway's own database: people, their sessions, failed logins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Integer, LargeBinary, MetaData, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every instant is aware, every text unlimited (limits are the schemas' business)."""

    metadata = MetaData(naming_convention=_CONVENTION)
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text()}


class Person(Base):
    """A member of staff. The login is unique whatever its case."""

    __tablename__ = "people"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    login: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str]
    role: Mapped[str]
    language: Mapped[str]
    is_active: Mapped[bool]
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_people_login", text("lower(login)"), unique=True),)


class LoginSession(Base):
    """A login that lasts, by cookie or bearer token; of the token only a hash is kept."""

    __tablename__ = "sessions"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"), index=True)
    kind: Mapped[str]
    name: Mapped[str | None]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str | None]
    user_agent: Mapped[str | None]


class LoginFailure(Base):
    """How often a login, an address, or both together failed since the window began."""

    __tablename__ = "login_failures"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    window_started_at: Mapped[datetime] = mapped_column(index=True)
