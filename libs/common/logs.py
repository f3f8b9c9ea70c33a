"""Logs: one line of JSON per record on stderr, with who logs and on whose behalf.

Passwords in URLs, bearer tokens, mail addresses and phone numbers are masked, wherever they stand.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

MAX_TEXT = 16_384  # characters of a message or traceback; the middle of longer ones is cut out

# Context variables belong to a thread and, since greenlet 1.0, to a greenlet: nothing leaks.
_context: ContextVar[dict[str, str] | None] = ContextVar("log_context", default=None)

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_TALKATIVE = ("amqp", "kombu", "urllib3", "botocore", "boto3", "s3transfer", "mail.log", "asyncio")

# Bounded repetitions: a pattern of ours must not take quadratic time on a long line either.
_URL_PASSWORD = re.compile(r"(://[^\s:/@\"'<>]{0,128}:)[^\s\"'<>]{0,512}@")
_TOKEN = re.compile(r"\b(Bearer|Basic)(?:\s|%20){1,3}[\w.~+/=-]{4,}", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.!#$%&'+/=?^`{|}~-]{1,64}@(?=[\w-]{1,63}\.)")
_PHONE = re.compile(r"(?<![\w.])\+[0-9]{8,15}(?!\d)")


@contextmanager
def log_context(*, request_id: str | None = None, ticket: str | None = None) -> Iterator[None]:
    """Put these on every record that this thread or greenlet writes inside the block.

    Inner blocks add to outer ones. Threads and greenlets started inside begin with none.
    """
    given = {"request_id": request_id, "ticket": ticket}
    added = {name: value for name, value in given.items() if value is not None}
    token = _context.set({**current_log_context(), **added})
    try:
        yield
    finally:
        _context.reset(token)


def current_log_context() -> dict[str, str]:
    """What records are marked with here, e.g. to carry it into a thread: `log_context(**…)`."""
    return _context.get() or {}


def redact(text: str) -> str:
    """The text without passwords, tokens, mail addresses' owners and phone numbers."""
    if "@" in text:
        text = _ADDRESS.sub("***@", _URL_PASSWORD.sub(r"\1***@", text))
    if "+" in text:
        text = _PHONE.sub("+***", text)
    return _TOKEN.sub(r"\1 ***", text)


class JsonFormatter(logging.Formatter):
    """A record as one JSON object; fields of `extra` are added to it. Never raises."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        """One line, without its end."""
        fields = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _clean(_message(record)),
            "role": self._role,
            **current_log_context(),
            **_extra(record),
        }
        if trace := _trace(record):
            fields["exception"] = _clean(trace)
        return _dump(fields)


class TextFormatter(logging.Formatter):
    """The same for people at a terminal; a traceback takes lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, message, then what else is known."""
        known = {**current_log_context(), **_extra(record)}
        notes = "".join(f" {name}={value}" for name, value in known.items())
        line = f"{_time(record)[11:23]} {record.levelname:7} {record.name}: {_message(record)}"
        trace = _trace(record)
        return redact(line + notes + (f"\n{trace}" if trace else ""))


def configure_logs(role: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send everything that this process logs to `stream` (stderr); may be called again.

    JSON, unless the stream is a terminal. Libraries speak from WARNING on, except at DEBUG.
    """
    target = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(target)
    handler.setFormatter(TextFormatter() if target.isatty() else JsonFormatter(role))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in _TALKATIVE:
        quiet = logging.NOTSET if level == "DEBUG" else logging.WARNING
        logging.getLogger(name).setLevel(quiet)


def _time(record: logging.LogRecord) -> str:
    instant = datetime.fromtimestamp(record.created, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args!r}"  # the caller's mistake is no reason to lose it


def _trace(record: logging.LogRecord) -> str:
    if record.exc_info and record.exc_info[0] is not None:
        return "".join(traceback.format_exception(*record.exc_info)).rstrip()
    return record.exc_text or ""


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return {
        name: value if isinstance(value, int | float | None) else _clean(str(value))
        for name, value in vars(record).items()
        if name not in _STANDARD
    }


def _clean(text: str) -> str:
    if len(text) > MAX_TEXT:
        half = MAX_TEXT // 2
        text = f"{text[:half]} […] {text[-half:]}"
    return redact(text)


def _dump(fields: dict[str, Any]) -> str:
    try:
        return orjson.dumps(fields, option=orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, ValueError):  # e.g. lone surrogates, integers beyond 64 bits
        plain = {name: ascii(value) for name, value in fields.items()}
        return orjson.dumps(plain).decode()
