"""Reads a definition from JSON; everything that is wrong is named by its path in one refusal."""

from collections.abc import Mapping
from typing import Any

from services.ticketing.domain.moves import MoveRules
from services.ticketing.domain.statuses import CATEGORY_OF, is_own_key
from services.ticketing.domain.templates.conditions import Reading, order_of
from services.ticketing.domain.templates.definition import Definition
from services.ticketing.domain.templates.faults import Fault
from services.ticketing.domain.templates.fields import Field, is_empty
from services.ticketing.domain.templates.notes import Notes
from services.ticketing.domain.templates.options import read_options
from services.ticketing.domain.templates.reading import TYPES, reader_of
from services.ticketing.domain.templates.requirements import (
    FILE_KINDS,
    STAGES,
    SUMMARY,
    Requirement,
)

FIELDS_LIMIT = 60
STATUSES_LIMIT = 100
_MEMBERS = (
    *("key", "type", "label", "help", "placeholder", "required"),
    *("visible_when", "required_when", "default", "options"),
)


def parse_definition(raw: Any, where: str = "") -> Definition:
    """The definition; raises InvalidInput whose errors are keyed by paths below `where`.

    Refused are unknown types, keys used twice, conditions that speak of unknown fields or choices,
    that can never hold, or that go in a circle, and requirements of fields that are not there.
    """
    notes = Notes()
    given = notes.object(where.rstrip("."), raw, ("fields", "requirements", "statuses"))
    raws = notes.list(f"{where}fields", given.get("fields"), FIELDS_LIMIT)
    places = [f"{where}fields[{index}]" for index in range(len(raws))]
    plain = [_field(notes, place, one) for place, one in zip(places, raws, strict=True)]
    _refuse_twice(notes, plain, places)
    # A field that is wrong in itself would make its conditions look wrong as well.
    notes.refuse()
    reading = Reading(notes, plain)
    fields = tuple(
        reading.with_conditions(place, field, one)
        for place, field, one in zip(places, plain, raws, strict=True)
    )
    requirements = _requirements(notes, f"{where}requirements", given, fields)
    statuses = _statuses(notes, f"{where}statuses", given.get("statuses"))
    notes.refuse()
    order = order_of(notes, fields, places)
    notes.refuse()
    return Definition(fields, requirements, order, statuses)


def _field(notes: Notes, path: str, raw: Any) -> Field:
    given = notes.object(path, raw, _MEMBERS)
    type = notes.one_of(f"{path}.type", given.get("type"), TYPES)
    before = len(notes.errors)
    options = read_options(notes, f"{path}.options", type, given.get("options"))
    read = reader_of(type, options) if len(notes.errors) == before else lambda value: value
    field = Field(
        key=notes.key(f"{path}.key", given.get("key")),
        type=type,
        label=notes.wording(f"{path}.label", given.get("label"), 100),
        help=notes.optional_wording(f"{path}.help", given.get("help"), 500),
        placeholder=notes.optional_wording(f"{path}.placeholder", given.get("placeholder"), 100),
        required=notes.flag(f"{path}.required", given.get("required")),
        options=options,
        read=read,
    )
    return _with_default(notes, f"{path}.default", field, given.get("default"))


def _with_default(notes: Notes, path: str, field: Field, raw: Any) -> Field:
    if is_empty(raw):
        return field
    if field.type in ("file", "table"):
        notes.wrong(path, "cannot be given for this type")
        return field
    try:
        return Field(**{**vars(field), "default": field.read(raw)})
    except Fault as fault:
        notes.wrong(path + fault.path, fault.message)
        return field


def _refuse_twice(notes: Notes, fields: list[Field], places: list[str]) -> None:
    known: set[str] = set()
    for field, place in zip(fields, places, strict=True):
        if field.key and field.key in known:
            notes.wrong(f"{place}.key", "is used more than once")
        if field.key in SUMMARY:
            notes.wrong(f"{place}.key", "is kept for the closing summary")
        known.add(field.key)


def _requirements(
    notes: Notes, path: str, raw: Mapping[str, Any], fields: tuple[Field, ...]
) -> dict[str, Requirement]:
    stages = notes.object(path, raw.get("requirements"), STAGES)
    keys = {one.key for one in fields}
    found = {
        stage: _requirement(notes, f"{path}.{stage}", stages.get(stage), keys) for stage in STAGES
    }
    return {stage: one for stage, one in found.items() if one != Requirement()}


def _requirement(notes: Notes, path: str, raw: Any, keys: set[str]) -> Requirement:
    given = notes.object(path, raw, ("fields", "attachments", "summary"))
    wanted = notes.list(f"{path}.fields", given.get("fields"), FIELDS_LIMIT)
    for index, key in enumerate(wanted):
        if not isinstance(key, str) or key not in keys:
            notes.wrong(f"{path}.fields[{index}]", "is no field of this template")
    parts = notes.list(f"{path}.summary", given.get("summary"), len(SUMMARY))
    summary = {
        notes.one_of(f"{path}.summary[{index}]", one, SUMMARY) for index, one in enumerate(parts)
    }
    files = notes.list(f"{path}.attachments", given.get("attachments"), len(FILE_KINDS))
    return Requirement(
        fields=tuple(dict.fromkeys(str(key) for key in wanted)),
        attachments=tuple(
            _files(notes, f"{path}.attachments[{index}]", one) for index, one in enumerate(files)
        ),
        summary=tuple(part for part in SUMMARY if part in summary),
    )


def _files(notes: Notes, path: str, raw: Any) -> tuple[str, int]:
    given = notes.object(path, raw, ("kind", "count"))
    kind = notes.one_of(f"{path}.kind", given.get("kind"), FILE_KINDS)
    return kind, notes.count(f"{path}.count", given.get("count"), 1, 20, 1)


def _statuses(notes: Notes, path: str, raw: Any) -> MoveRules | None:
    """Whether the company has the own statuses is not known here."""
    given = notes.object(path, raw, ("offers", "moves"))
    offers = given.get("offers")
    rows = given.get("moves")
    if not isinstance(rows, Mapping | None):
        notes.wrong(f"{path}.moves", "must be an object")
        rows = None
    moves = {
        _status(notes, f"{path}.moves.{key}", key): _keys(notes, f"{path}.moves.{key}", row)
        for key, row in (rows or {}).items()
    }
    if offers is None and not moves:
        return None
    return MoveRules(None if offers is None else _keys(notes, f"{path}.offers", offers), moves)


def _keys(notes: Notes, path: str, raw: Any) -> tuple[str, ...]:
    keys = notes.list(path, raw, STATUSES_LIMIT)
    read = [_status(notes, f"{path}[{index}]", key) for index, key in enumerate(keys)]
    return tuple(dict.fromkeys(read))


def _status(notes: Notes, path: str, raw: Any) -> str:
    if not isinstance(raw, str) or (raw not in CATEGORY_OF and not is_own_key(raw)):
        notes.wrong(path, "is no status")
    return str(raw)
