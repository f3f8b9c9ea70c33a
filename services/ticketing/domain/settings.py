"""What an installation has decided about the life of its tickets."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from libs.common.errors import InvalidInput

_WORDS_LIMIT, _WORD_LIMIT = 100, 40

URGE_WORDS = (
    "催一下",
    "催单",
    "催促",
    "尽快",
    "快点",
    "怎么还没",
    "还没处理",
    "多久能好",
    "什么时候能",
    "any update",
    "any progress",
    "hurry",
    "asap",
    "still waiting",
)


@dataclass(frozen=True)
class Settings:
    """Days are counted in full; None: never.

    `reopen_days`: a customer's answer within so many days after the closing reopens the ticket; 0
    makes it a follow-up at once. `close_days`, `archive_days`: solved tickets are closed, and
    closed ones archived, by themselves.
    """

    reopen_days: int = 0
    close_days: int | None = None
    archive_days: int | None = None
    needs_confirmation: bool = False
    needs_transfer_note: bool = False
    urge_hours: int = 4
    urge_words: tuple[str, ...] = URGE_WORDS
    bin_days: int = 30
    identity_check_hours: int = 24
    allows_free_tags: bool = True

    def changed(self, changes: Mapping[str, Any]) -> "Settings":
        """With these; raises InvalidInput naming all that cannot stand."""
        wrong = {name: [told] for name, value in changes.items() if (told := _wrong(name, value))}
        if wrong:
            first, messages = next(iter(wrong.items()))
            raise InvalidInput("field.invalid", f"{first}: {messages[0]}", {"errors": wrong})
        given = dict(changes)
        if "urge_words" in given:
            words = (word.replace("\0", "").strip() for word in given["urge_words"])
            given["urge_words"] = tuple(dict.fromkeys(words))
        return replace(self, **given)

    def as_json(self) -> dict[str, Any]:
        """As it is kept and shown."""
        return asdict(self) | {"urge_words": list(self.urge_words)}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Settings":
        """What is not kept has its default, also where an older release wrote it."""
        known = {one.name: kept[one.name] for one in fields(cls) if one.name in kept}
        words = known.get("urge_words")
        return cls(**known | ({} if words is None else {"urge_words": tuple(words)}))


_BOUNDS = {
    "reopen_days": (0, 365, False),
    "close_days": (1, 365, True),
    "archive_days": (1, 3650, True),
    "urge_hours": (1, 24 * 7, False),
    "bin_days": (1, 3650, False),
    "identity_check_hours": (1, 720, False),
}
_FLAGS = ("needs_confirmation", "needs_transfer_note", "allows_free_tags")


def _wrong(name: str, value: object) -> str | None:
    if name in _FLAGS:
        return None if isinstance(value, bool) else "must be true or false"
    if name == "urge_words":
        return None if _are_words(value) else f"must be 1 to {_WORDS_LIMIT} short words"
    if name not in _BOUNDS:
        return "is no setting"
    least, most, may_be_none = _BOUNDS[name]
    if value is None and may_be_none:
        return None
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if is_whole and least <= value <= most:  # type: ignore[operator]
        return None
    return f"must be a whole number, {least} to {most}"


def _are_words(value: object) -> bool:
    return (
        isinstance(value, list)
        and 0 < len(value) <= _WORDS_LIMIT
        and all(isinstance(one, str) and 0 < len(one.strip()) <= _WORD_LIMIT for one in value)
    )
