"""What rules, macros and views name, beside conditions and actions by variables of their texts."""

from collections.abc import Mapping
from typing import Any

from libs.common.conditions.naming import Named as _Named
from libs.common.conditions.naming import comparisons as comparisons
from services.ticketing.domain.variables import fields_named

_TEXTS = ("text",)


class Named(_Named):
    """The same with what texts name."""

    def in_text(self, text: Any) -> bool:
        """Whether a text has one of the fields as a variable."""
        return isinstance(text, str) and bool(fields_named(text) & set(self.fields))

    def is_offered(self, ids: Any) -> bool:
        """Whether one of the categories is among those that a template offers."""
        return any(one in self.categories for one in ids or ())

    def _acts(self, action: Mapping[str, Any]) -> bool:
        return super()._acts(action) or any(self.in_text(action.get(name)) for name in _TEXTS)
