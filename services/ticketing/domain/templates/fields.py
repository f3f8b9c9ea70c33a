"""A field of a template: what it is called, what it may hold, when it shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from libs.common.conditions import Condition

Read = Callable[[Any], Any]
Wording = Mapping[str, str]  # zh, en


@dataclass(frozen=True)
class Field:
    """Immutable. `read` turns what was given into what is kept, or raises Fault."""

    key: str
    type: str
    label: Wording
    help: Wording | None = None
    placeholder: Wording | None = None
    required: bool = False
    visible_when: Condition | None = None
    required_when: Condition | None = None
    default: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)
    read: Read = field(default=lambda value: value, compare=False, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The form that is stored; reading it again gives an equal field."""
        return {
            "key": self.key,
            "type": self.type,
            "label": dict(self.label),
            "help": self.help and dict(self.help),
            "placeholder": self.placeholder and dict(self.placeholder),
            "required": self.required,
            "visible_when": self.visible_when and self.visible_when.as_json(),
            "required_when": self.required_when and self.required_when.as_json(),
            "default": self.default,
            "options": dict(self.options),
        }

    def conditions(self) -> dict[str, Condition]:
        """Those that it has, by their member's name."""
        named = {"visible_when": self.visible_when, "required_when": self.required_when}
        return {name: condition for name, condition in named.items() if condition is not None}


def is_empty(value: Any) -> bool:
    """Whether a value says nothing; false and 0 say something."""
    if isinstance(value, Mapping):
        return all(is_empty(one) for one in value.values())
    return value is None or value in ("", []) or (isinstance(value, str) and not value.strip())


def choice_values(choices: Any) -> list[str]:
    """All values of choices, those of trees with their inner nodes."""
    return [
        value
        for one in choices
        for value in (one["value"], *choice_values(one.get("children") or ()))
    ]


def leaf_values(choices: Any) -> list[str]:
    """The values of a tree that have none below."""
    return [
        value
        for one in choices
        for value in (leaf_values(one["children"]) if one.get("children") else [one["value"]])
    ]
