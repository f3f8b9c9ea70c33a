"""What is wrong with a value, in words and as a code that every language has words for."""

from collections.abc import Mapping
from typing import Any

from libs.common.errors import InvalidInput


class Fault(Exception):
    """One thing that cannot stand; `path` leads on from the field, e.g. `[0].price`."""

    def __init__(self, code: str, message: str, path: str = "", **told: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.path = path
        self.told = told

    def within(self, path: str) -> "Fault":
        """The same, seen from what holds it."""
        return Fault(self.code, self.message, path + self.path, **self.told)

    def as_json(self) -> dict[str, Any]:
        """The code with what its words need."""
        return {"code": self.code, **self.told}


Faults = Mapping[str, Fault]  # by path


def refuse(faults: Faults, code: str = "field.invalid") -> None:
    """Raise InvalidInput that names every path, with a message and a code for each."""
    if not faults:
        return
    details = {
        "errors": {path: [fault.message] for path, fault in faults.items()},
        "faults": {path: fault.as_json() for path, fault in faults.items()},
    }
    raise InvalidInput(code, f"invalid: {', '.join(faults)}", details)


def required() -> Fault:
    """What must be there is not."""
    return Fault("required", "is required")
