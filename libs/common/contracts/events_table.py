"""The generated part of docs/events.md: every type, when it comes, and its public fields."""

from pathlib import Path

from marshmallow import Schema

from libs.common.contracts.catalogue import EventType, event_types, producers
from libs.common.contracts.envelope import EventSchema
from libs.common.contracts.json_schema import is_private

FILE = Path(__file__).resolve().parents[3] / "docs" / "events.md"
BEGIN, END = "<!-- generated: types -->", "<!-- end of what is generated -->"
_HEAD = "| type | when | public fields |\n| --- | --- | --- |"


def page() -> str:
    """The page with its table as it should be; ValueError if the marks are missing."""
    before, begin, rest = FILE.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{FILE.name} has no place for the table")
    return f"{before}{BEGIN}\n\n{table()}\n{END}{after}"


def table() -> str:
    """A section per producer; fields that a whole family has are named once."""
    parts = []
    for producer, about in producers().items():
        types = [one for one in event_types() if one.producer == producer]
        parts.append(f"### {producer}\n\n{about}\n\n" + _families(types))
    return "\n".join(parts)


def _families(types: list[EventType]) -> str:
    families = {one.family: one for one in types if one.family}
    told = [_told(family, one) for family, one in families.items()]
    rows = [f"| `{one.name}` | {_line(one.description)} | {_own(one)} |" for one in types]
    return "\n".join([*told, _HEAD, *rows]) + "\n"


def _told(family: type[EventSchema], one: EventType) -> str:
    return f"**{family.__name__}**: {_line(one.about_family)} {_names(_public(family))}\n"


def _own(one: EventType) -> str:
    shared = _public(one.family) if one.family else []
    own = _names([name for name in _public(one.schema) if name not in shared])
    whole = f"as **{one.family.__name__}**" if one.family else ""
    return ", ".join(part for part in (whole, own) if part)


def _public(schema: type[Schema]) -> list[str]:
    return [name for name, field in schema._declared_fields.items() if not is_private(field)]


def _names(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _line(text: str) -> str:
    return text.replace("\n\n", " ").replace("|", "\\|")
