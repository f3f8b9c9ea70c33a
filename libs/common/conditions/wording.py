"""Finds words regardless of case, the same way in Python and in PostgreSQL.

Both have lower() of their own, and PostgreSQL's depends on the database's locale. So a word becomes
a regular expression that either engine reads alike: a letter with one capital is a class of both.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from string import punctuation


def pattern_of(word: str) -> str:
    """The word as a regular expression, of Python's and of PostgreSQL's kind."""
    return "".join(map(_class, word))


def _class(sign: str) -> str:
    low, high = sign.lower(), sign.upper()
    # Letters of three cases (ǆ) or of several capitals stay what they are: alike is transitive.
    is_pair = sign in (low, high) and len(low) == len(high) == 1
    if low != high and is_pair and low.upper() == high and high.lower() == low:
        return f"[{low}{high}]"
    return f"\\{sign}" if sign in punctuation else sign


@lru_cache(1_024)
def finder(word: str) -> Callable[[str], bool]:
    """Whether a text contains the word."""
    pattern = pattern_of(word)
    if "[" not in pattern:
        return lambda text: word in text
    search = re.compile(pattern).search
    if not word.isascii():
        return lambda text: search(text) is not None
    low = word.lower()
    return lambda text: low in text.lower() if text.isascii() else search(text) is not None


@lru_cache(1_024)
def opener(word: str) -> Callable[[str], bool]:
    """Whether a text starts with the word."""
    match = re.compile(pattern_of(word)).match
    return lambda text: match(text) is not None
