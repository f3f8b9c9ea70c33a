"""Connections: psycopg2 by SQLAlchemy, bounded in every way that could hang a worker."""

import logging

import psycopg2.extensions
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from libs.common.config import ConfigError

_log = logging.getLogger(__name__)

_CONNECT_ARGS = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c timezone=UTC",
}


def open_engine(url: str, *, application: str, pool_size: int = 10) -> Engine:
    """An engine with a pool; `pool_size` 0 means a connection per use (migrations).

    No session state is set, so that PgBouncer in transaction mode may stand between;
    time-outs are set per transaction by the unit of work.
    """
    connect_args = {**_CONNECT_ARGS, "application_name": application}
    if pool_size == 0:
        return create_engine(
            url, poolclass=NullPool, hide_parameters=True, connect_args=connect_args
        )
    return create_engine(
        url,
        # Errors are logged, and parameters hold what customers wrote.
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_recycle=1800,
        # The unit of work replaces a connection that died; asking each time costs a round trip.
        pool_pre_ping=False,
        connect_args=connect_args,
    )


def assert_green() -> None:
    """Refuse to run a green process whose driver would block every greenlet."""
    if psycopg2.extensions.get_wait_callback() is None:
        raise ConfigError("psycopg2 is not green: eventlet.monkey_patch() must come first")


def assert_usable(connection: Connection) -> None:
    """Refuse a database whose locale makes trigrams of Chinese text silently empty."""
    known = connection.execute(text("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"))
    if known.scalar() is None:
        return
    if connection.execute(text("SELECT cardinality(show_trgm('登录'))")).scalar() == 0:
        raise ConfigError(
            "the database's locale does not know Chinese: initdb --locale=C.UTF-8 --encoding=UTF8"
        )
