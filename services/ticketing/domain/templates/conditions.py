"""Conditions of fields: what they may speak of, that they can hold, and that they end."""

from collections.abc import Sequence
from typing import Any

from libs.common.conditions import Condition, parse_condition
from libs.common.conditions.nodes import Comparison, comparisons_of
from libs.common.errors import InvalidInput
from services.ticketing.domain.templates.fields import Field, choice_values
from services.ticketing.domain.templates.notes import Notes

_SUBJECTS = ("kind", "urgency", "channel")
_PREFIX = "fields."
_CHOOSING = ("choice", "tree_choice", "multi_choice")


class Reading:
    """Reads the conditions of fields that know one another."""

    def __init__(self, notes: Notes, fields: Sequence[Field]) -> None:
        self._notes = notes
        self._fields = {one.key: one for one in fields}

    def with_conditions(self, path: str, field: Field, raw: Any) -> Field:
        """The field with its conditions; what cannot be is noted."""
        shown = self._condition(f"{path}.visible_when", raw.get("visible_when"))
        needed = self._condition(f"{path}.required_when", raw.get("required_when"))
        if shown and needed:
            self._refuse_contradiction(f"{path}.required_when", shown, needed)
        return Field(**{**vars(field), "visible_when": shown, "required_when": needed})

    def _condition(self, path: str, raw: Any) -> Condition | None:
        if raw is None or raw == {}:
            return None
        try:
            condition = parse_condition(raw, where=path)
        except InvalidInput as refusal:
            for place, messages in refusal.details["errors"].items():
                for message in messages:
                    self._notes.wrong(place, message)
            return None
        for comparison in comparisons_of(condition.root):
            if wrong := self._wrong(comparison):
                self._notes.wrong(path, wrong)
        return condition

    def _wrong(self, comparison: Comparison) -> str | None:
        name = comparison.field.name
        if not name.startswith(_PREFIX):
            known = name in _SUBJECTS
            return None if known else f"{name}: a field's condition cannot speak of it"
        field = self._fields.get(name.removeprefix(_PREFIX))
        if field is None:
            return f"{name}: there is no such field in this template"
        if field.type not in _CHOOSING or comparison.op not in _EXACT:
            return None
        value = comparison.value
        values = value if isinstance(value, tuple) else (value,)
        known_values = choice_values(field.options["choices"])
        strange = [str(one) for one in values if one not in known_values]
        return f"{name} has no choice {', '.join(strange)}" if strange else None

    def _refuse_contradiction(self, path: str, shown: Condition, needed: Condition) -> None:
        try:
            parse_condition({"all": [shown.as_json(), needed.as_json()]}, where=path)
        except InvalidInput:
            self._notes.wrong(path, "can never hold while the field shows")


_EXACT = ("is", "is_not", "in", "not_in", "has_any", "has_all", "has_none")


def order_of(notes: Notes, fields: Sequence[Field], places: Sequence[str]) -> tuple[str, ...]:
    """Keys so that each comes after those that decide whether it shows; circles are noted."""
    needs = {one.key: referred(one.visible_when) - {""} for one in fields}
    order: list[str] = []
    while waiting := [key for key in needs if key not in order]:
        ready = [key for key in waiting if needs[key] <= set(order)]
        if not ready:
            circle = ", ".join(sorted(waiting))
            for one, place in zip(fields, places, strict=True):
                if one.key in waiting:
                    notes.wrong(f"{place}.visible_when", f"goes in a circle: {circle}")
            return ()
        order += ready
    return tuple(order)


def referred(condition: Condition | None) -> set[str]:
    """Keys of the fields that a condition speaks of."""
    names = condition.fields() if condition is not None else frozenset()
    return {name.removeprefix(_PREFIX) for name in names if name.startswith(_PREFIX)}
