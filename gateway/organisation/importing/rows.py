"""Rows of a file as people: what can be said of each without asking the database."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from gateway.organisation.importing.columns import Columns
from gateway.organisation.tree import MOST_LEVELS, split_path
from libs.common.crypto import normalise_email, normalise_phone
from libs.common.errors import InvalidInput

_LOGIN = re.compile(r"[A-Za-z0-9._-]{2,40}")
_EXTENSION = re.compile(r"[0-9*#]{1,20}")
_BETWEEN_GROUPS = re.compile(r"[;；、,，|]")
_LANGUAGES = {
    **dict.fromkeys(("zh", "zh-cn", "中文", "汉语", "简体中文", "chinese"), "zh"),
    **dict.fromkeys(("en", "en-us", "en-gb", "英文", "英语", "english"), "en"),
}
_LONGEST = 60  # characters of a name or title
_MOST_GROUPS = 50

Path = tuple[str, ...]


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell.

    `problem`: required, invalid, unknown, repeated, taken, beyond_own, staff_only, inactive, full.
    """

    column: str
    problem: str
    message: str


@dataclass
class Row:
    """Somebody, as the file has it; None where it says nothing. Addresses in their normal form."""

    line: int
    login: str
    name: str | None = None
    role: str | None = None
    department: Path | None = None
    region: Path | None = None
    groups: tuple[str, ...] | None = None
    extension: str | None = None
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    language: str | None = None
    faults: list[Fault] = field(default_factory=list)

    def refuse(self, column: str, problem: str, message: str) -> None:
        self.faults.append(Fault(column, problem, message))


def read_rows(columns: Columns, lines: Iterable[tuple[int, Sequence[str]]]) -> list[Row]:
    """One row a line; what may be there only once in the file is refused where it comes again."""
    rows = [_read(columns, line, cells) for line, cells in lines]
    for column in ("login", "email", "phone"):
        _refuse_repeats(rows, column)
    return rows


def _read(columns: Columns, line: int, cells: Sequence[str]) -> Row:
    row = Row(line, "")
    for column, place in columns.places.items():
        cell = cells[place] if place < len(cells) else ""
        if cell:
            try:
                setattr(row, column, _READERS[column](cell))
            except InvalidInput as error:
                row.refuse(column, "invalid", error.message)
            except ValueError as error:
                row.refuse(column, "invalid", str(error))
    if not row.login and not any(fault.column == "login" for fault in row.faults):
        row.refuse("login", "required", "the login is missing")
    return row


def _refuse_repeats(rows: Sequence[Row], column: str) -> None:
    first: dict[str, int] = {}
    for row in rows:
        value: str | None = getattr(row, column)
        if not value:
            continue
        line = first.setdefault(value.lower(), row.line)
        if line != row.line:
            row.refuse(column, "repeated", f"stands in line {line} already")


def _login(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell)
    if not _LOGIN.fullmatch(text):
        raise ValueError("2 to 40 letters, digits, dots, hyphens or underscores")
    return text


def _line(cell: str) -> str:
    if len(cell) > _LONGEST:
        raise ValueError(f"more than {_LONGEST} characters")
    return cell


def _path(cell: str) -> Path:
    path = split_path(cell)
    if not path or len(path) > MOST_LEVELS:
        raise ValueError(f"1 to {MOST_LEVELS} names, separated by /")
    return tuple(_line(name) for name in path)


def _groups(cell: str) -> tuple[str, ...]:
    names = [name.strip() for name in _BETWEEN_GROUPS.split(cell)]
    groups = tuple(dict.fromkeys(name for name in names if name))
    if len(groups) > _MOST_GROUPS:
        raise ValueError(f"more than {_MOST_GROUPS} groups")
    return groups


def _extension(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell)
    if not _EXTENSION.fullmatch(text):
        raise ValueError("1 to 20 digits, * or #")
    return text


def _language(cell: str) -> str:
    language = _LANGUAGES.get(cell.lower())
    if language is None:
        raise ValueError("zh or en")
    return language


_READERS: dict[str, Callable[[str], object]] = {
    "login": _login,
    "name": _line,
    "role": _line,
    "department": _path,
    "region": _path,
    "groups": _groups,
    "extension": _extension,
    "email": normalise_email,
    "phone": normalise_phone,
    "title": _line,
    "language": _language,
}
