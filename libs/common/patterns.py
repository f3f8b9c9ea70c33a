"""Regular expressions written by users: matched in linear time, so that none can stop a process.

Backtracking engines need exponential time for `(a+)+$`; RE2 does not, and has no
back-references.
"""

import re2

from libs.common.errors import field_error

MAX_PATTERN = 1_000  # characters
MAX_TEXT = 50_000  # characters looked at; the rest of a longer text is not searched
# Time is text × instructions at worst: with these limits about half a second.
MAX_INSTRUCTIONS = 3_000


class Pattern:
    """A compiled expression of RE2 syntax (no look-around, no back-references)."""

    def __init__(self, source: str, program: "re2._Regexp") -> None:
        self.source = source
        self._program = program

    def __repr__(self) -> str:
        return f"Pattern({self.source!r})"

    def matches(self, text: str) -> bool:
        """Whether it matches the whole text."""
        return len(text) <= MAX_TEXT and self._program.fullmatch(_searchable(text)) is not None

    def find(self, text: str) -> tuple[str, dict[str, str | None]] | None:
        """The first match and its named groups, or None."""
        match = self._program.search(_searchable(text))
        return None if match is None else (match.group(), match.groupdict())


def compile_pattern(source: str, field: str = "pattern", *, ignore_case: bool = False) -> Pattern:
    """Compile within the limits above; raises InvalidInput naming `field` and what is wrong."""
    if len(source) > MAX_PATTERN:
        raise field_error(field, f"longer than {MAX_PATTERN} characters", "pattern.too_long")
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    try:
        program = re2.compile(_encodable(source), options)
    except re2.error as error:
        raise field_error(field, _reason(error), "pattern.invalid") from None
    if program.programsize > MAX_INSTRUCTIONS:
        raise field_error(field, "too many repetitions", "pattern.too_large")
    return Pattern(source, program)


def _searchable(text: str) -> str:
    return _encodable(text[:MAX_TEXT])


def _encodable(text: str) -> str:
    """Without lone surrogates, which badly decoded mail may bring and RE2 cannot encode."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else "not a regular expression"
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
