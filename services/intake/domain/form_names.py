"""How a web form calls things, and what tickets' templates call them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from libs.common.errors import field_error
from services.intake.domain import texts

MAX_NAMES = 60
_MAX_KEY = 64
_NAMED = {"template_key", "fields", "category_field"}


@dataclass(frozen=True)
class FormNames:
    """`template_key`: for forms that name none themselves; `fields`: from the form's names to the
    template's keys; `category_field`: the form's name of the field that names a category. What is
    not named here goes by its own name."""

    template_key: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    category_field: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The form that is stored and shown."""
        return {
            "template_key": self.template_key,
            "fields": dict(self.fields),
            "category_field": self.category_field,
        }

    def read(
        self, category: str | None, given: Mapping[str, str]
    ) -> tuple[str | None, dict[str, str]]:
        """What names the category, and the other fields by the template's keys.

        A category that the form has named by itself counts; its field is one as others are then.
        """
        name = self.category_field
        if category is not None or name is None:
            return category, self.keyed(given)
        others = {one: value for one, value in given.items() if one != name}
        return given.get(name) or None, self.keyed(others)

    def keyed(self, given: Mapping[str, str]) -> dict[str, str]:
        """The fields by the template's keys. Of two for one key the second keeps its name."""
        own = {name for name in given if name not in self.fields}
        keyed: dict[str, str] = {}
        for name, value in given.items():
            key = self.fields.get(name, name)
            is_taken = key != name and (key in own or key in keyed)
            keyed[name if is_taken else key] = value
        return keyed


def read_form_names(raw: Any) -> FormNames | None:
    """None for nothing; raises InvalidInput naming what is wrong below `form`."""
    if raw is None:
        return None
    if not isinstance(raw, Mapping) or not set(raw) <= _NAMED:
        raise field_error("form", f"must be an object of {', '.join(sorted(_NAMED))}")
    key, fields = raw.get("template_key"), raw.get("fields") or {}
    if not isinstance(fields, Mapping) or len(fields) > MAX_NAMES:
        raise field_error("form.fields", f"must be an object of at most {MAX_NAMES} names")
    named = {
        texts.required_line(f"form.fields.{name}", name, _MAX_KEY): texts.required_line(
            f"form.fields.{name}", value, _MAX_KEY
        )
        for name, value in fields.items()
    }
    template = None if key is None else texts.required_line("form.template_key", key, 40)
    category = raw.get("category_field")
    if category is not None:
        category = texts.required_line("form.category_field", category, _MAX_KEY)
        if category in named:
            raise field_error("form.category_field", "is a field of the template already")
    return FormNames(template, named, category) if template or named or category else None


def stored_form_names(settings: Mapping[str, Any]) -> FormNames:
    """The same as an account keeps it."""
    raw = settings.get("form") or {}
    return FormNames(raw.get("template_key"), raw.get("fields") or {}, raw.get("category_field"))
