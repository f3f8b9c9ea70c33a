"""Which passwords may be chosen: plain rules, all that are broken named at once."""

import re
from collections.abc import Iterable, Sequence

from gateway.login.settings import PasswordRules
from libs.common.errors import InvalidInput

MAX_LENGTH = 128
_KINDS_NEEDED = 3
_SHORTEST_WORD = 3  # "王" or "Li" stands in too many passwords by chance
# Of ten random characters 10¹⁰, rarely less than this; a common word with year and mark: 10⁶–10⁹.
_LEAST_GUESSES = 2 * 10**9
# zxcvbn's time grows with the square of the length, and nobody guesses a tail by its words.
_LOOKED_AT = 64
# What Chinese offices choose and zxcvbn's lists do not know well enough.
_LOCAL_WORDS = (
    *("woaini", "1314", "5201314", "520", "admin", "mima", "kefu", "gongdan", "welcome"),
    *("asdf1234", "qwer1234", "abcd1234", "a123456", "88888888", "66666666", "zhangsan"),
    *("huawei", "alibaba", "tencent", "taobao", "beijing", "shanghai", "shenzhen", "guangzhou"),
    *("qaz", "wsx", "edc", "rfv", "zaq", "xsw"),
)

MESSAGES = {
    "too_short": "shorter than {min_length} characters",
    "too_long": f"longer than {MAX_LENGTH} characters",
    "too_few_kinds": "fewer than three of: small letters, capital letters, digits, others",
    "holds_name": "holds the login, the name or the company's name",
    "guessable": "common or easily guessed",
    "used_before": "one of the last passwords",
}


def broken_rules(password: str, rules: PasswordRules, own_words: Iterable[str]) -> list[str]:
    """Names of the rules that a password breaks, of those that need no earlier password.

    `own_words`: the person's login and name.
    """
    words = [word.casefold() for word in (*own_words, *rules.company)]
    broken = {
        "too_short": len(password) < rules.min_length,
        "too_long": len(password) > MAX_LENGTH,
        "too_few_kinds": kinds_of(password) < _KINDS_NEEDED,
        "holds_name": _holds_one_of(password.casefold(), words),
        "guessable": _is_guessable(password, words),
    }
    return [name for name, is_broken in broken.items() if is_broken]


def kinds_of(password: str) -> int:
    """How many of: small letters, capitals, digits, anything else (that is Chinese, too)."""
    kinds = {_kind(character) for character in password}
    return len(kinds)


def weak_password(broken: Sequence[str], rules: PasswordRules, field: str = "new") -> InvalidInput:
    """The refusal; `rules` in its details are stable names, the messages are for people."""
    messages = [MESSAGES[name].format(min_length=rules.min_length) for name in broken]
    details = {"errors": {field: messages}, "rules": list(broken)}
    return InvalidInput("password.weak", f"{field}: {'; '.join(messages)}", details)


def _kind(character: str) -> str:
    if "a" <= character <= "z":
        return "small"
    if "A" <= character <= "Z":
        return "capital"
    return "digit" if "0" <= character <= "9" else "other"


def _holds_one_of(password: str, words: Iterable[str]) -> bool:
    parts = {part for word in words for part in (word, *re.split(r"[\s._@-]+", word))}
    return any(len(part) >= _SHORTEST_WORD and part in password for part in parts)


def _is_guessable(password: str, words: Sequence[str]) -> bool:
    from zxcvbn import zxcvbn  # 15 MB of word lists, for the few who change their password

    if not password:
        return True
    looked_at = password[:_LOOKED_AT]
    found = zxcvbn(looked_at, user_inputs=[*words, *_LOCAL_WORDS], max_length=_LOOKED_AT)
    return bool(found["guesses"] < _LEAST_GUESSES)
