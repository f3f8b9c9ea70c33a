"""A definition as a whole: which fields show for given values, and what is wrong or missing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.ticketing.domain.moves import MoveRules
from services.ticketing.domain.templates.faults import Fault, Faults, required
from services.ticketing.domain.templates.fields import Field, is_empty
from services.ticketing.domain.templates.requirements import (
    CREATE,
    STAGES,
    SUMMARY,
    Requirement,
    files_of_kind,
)

Values = Mapping[str, Any]
Facts = Mapping[str, Any]  # kind, urgency, channel

_NOTHING = Requirement()


@dataclass(frozen=True)
class Definition:
    """Immutable. `order`: keys so that each field comes after those its visibility depends on.

    `statuses`: which moves by hand it allows; None: all that the rules allow.
    """

    fields: tuple[Field, ...] = ()
    requirements: Mapping[str, Requirement] = field(default_factory=dict)
    order: tuple[str, ...] = field(default=(), compare=False)
    statuses: MoveRules | None = None

    @property
    def own_fields(self) -> dict[str, Field]:
        """The fields as the template's writer has put them, by key."""
        return {one.key: one for one in self.fields}

    def known_fields(self) -> dict[str, Field]:
        """These and the parts of the closing summary that some stage asks for."""
        asked = {part for one in self.requirements.values() for part in one.summary}
        parts = [Field(part, "long_text", SUMMARY[part], read=_prose) for part in SUMMARY]
        return self.own_fields | {part.key: part for part in parts if part.key in asked}

    def as_json(self) -> dict[str, Any]:
        """The form that is stored; reading it again gives an equal definition."""
        told: dict[str, Any] = {
            "fields": [one.as_json() for one in self.fields],
            "requirements": self.requirements_as_json(),
        }
        return told if self.statuses is None else {**told, "statuses": self.statuses.as_json()}

    def requirements_as_json(self) -> dict[str, Any]:
        """What each stage asks for, in the form that is stored."""
        return {stage: self.requirement(stage).as_json() for stage in STAGES}

    def requirement(self, stage: str) -> Requirement:
        """What a stage asks for."""
        return self.requirements.get(stage, _NOTHING)

    def visible(self, values: Values, facts: Facts) -> dict[str, Any]:
        """The values that count: of fields that show, null for those without one.

        The value of a field that does not show counts for no condition either.
        """
        own = self.own_fields
        counting = {key: value for key, value in values.items() if key not in own}
        shown: dict[str, Any] = {}
        for key in self.order:
            condition = own[key].visible_when
            if condition is None or condition.holds({**facts, "fields": counting}):
                shown[key] = values.get(key)
                counting[key] = shown[key]
        for key in self.known_fields().keys() - own.keys():
            shown[key] = values.get(key)
        return shown

    def read(self, given: Values) -> tuple[dict[str, Any], dict[str, Fault]]:
        """What is to be kept of the given values of known fields, and what cannot be, by path."""
        kept: dict[str, Any] = {}
        faults: dict[str, Fault] = {}
        known = self.known_fields()
        for key, value in given.items():
            if key not in known:
                continue
            try:
                said = None if is_empty(value) else known[key].read(value)
                kept[key] = None if is_empty(said) else said
            except Fault as fault:
                faults[f"fields.{key}{fault.path}"] = fault
        return kept, faults

    def demanded(self, values: Values, facts: Facts) -> set[str]:
        """Keys of the fields that must be filled by whoever fills in the form."""
        shown = self.visible(values, facts)
        counting = {**facts, "fields": _counting(values, shown, self.own_fields)}
        return {
            key
            for key, one in self.own_fields.items()
            if key in shown
            and (one.required or (one.required_when and one.required_when.holds(counting)))
        }

    def missing(
        self, stage: str, values: Values, facts: Facts, media_types: Iterable[str] = ()
    ) -> Faults:
        """What the stage asks for and the ticket does not have, by path."""
        wanted = self.requirement(stage)
        shown = self.visible(values, facts)
        keys = {*wanted.fields, *wanted.summary} & shown.keys()
        if stage == CREATE:
            keys |= self.demanded(values, facts)
        lacking: dict[str, Fault] = {
            f"fields.{key}": required() for key in shown if key in keys and is_empty(shown[key])
        }
        held = list(media_types)
        for kind, count in wanted.attachments:
            if (there := files_of_kind(kind, held)) < count:
                lacking[f"attachments.{kind}"] = Fault(
                    "too_few_files",
                    f"needs {count} of kind {kind}, there are {there}",
                    kind=kind,
                    count=count,
                    there=there,
                )
        return lacking

    def opening_without(self, keys: Collection[str]) -> "Definition":
        """The same without these fields, for whoever only opens tickets."""
        asked = self.requirement(CREATE)
        left = tuple(key for key in asked.fields if key not in keys)
        return Definition(
            tuple(one for one in self.fields if one.key not in keys),
            {CREATE: Requirement(left, asked.attachments)},
            tuple(key for key in self.order if key not in keys),
        )

    def defaults(self) -> dict[str, Any]:
        """What fields hold until somebody says otherwise."""
        return {one.key: one.default for one in self.fields if one.default is not None}


def _counting(values: Values, shown: Values, own: Mapping[str, Field]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in own or key in shown}


def _prose(value: Any) -> str:
    if not isinstance(value, str):
        raise Fault("not_text", "must be text")
    if len(value) > 4_000:
        raise Fault("too_long", "must be at most 4000 characters", limit=4_000)
    return value.replace("\x00", "").strip()
