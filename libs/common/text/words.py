"""Cuts texts into words: Chinese by dictionary, everything else by its form.

An edition names the rules and the dictionary by which a text was cut; texts that were cut by
another one are cut anew, or words would be looked for that are not there.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from threading import Lock
from typing import Any

import rjieba

from libs.common.text.normalising import fold

# Raise it whenever the same text gives other words than before.
_RULES = 1
MAX_WORD = 64  # characters
MAX_OWN_WORDS = 5_000

_RUN = re.compile(
    r"(?P<latin>[a-z0-9à-öø-ÿ]+(?:[-_./'][a-z0-9à-öø-ÿ]+)*)|(?P<han>[㐀-䶿一-鿿豈-﫿]+)"
    r"|(?P<other>[^\W_]+)"
)
_PART = re.compile(r"[a-z0-9à-öø-ÿ]+")
_LETTERS = re.compile(r"[a-zà-öø-ÿ]+")
_ENDINGS = ("ings", "ing", "ies", "ed", "es", "s")
# More common than anything of jieba's own, so that what a company calls something stays whole.
_FREQUENCY = 2_000_000
# What customers write every day and jieba's dictionary lacks.
_TRADE = ("到账", "无理由", "单号", "运单号", "运费险", "仅退款", "花呗", "小程序", "公众号")
_COMMON = """
的 了 是 我 你 您 他 她 它 们 在 和 与 及 或 也 就 都 而 着 吗 呢 吧 啊 呀 哦 嗯 么 这 那 个
被 把 给 让 对 从 到 以 为 于 之 其 请 请问 您好 你好 我们 你们 他们 什么 怎么 怎样 如何 为什么
这个 那个 一个 一下 可以 能 会 要 想 还 很 再 又 哪 哪里 哪个 谢谢
a an the of to in on at for and or is are was were be been am i my me we our us you your he she
it its they them their this that these those with as by from do does did can could will would
should what how why when where which who please hello hi thanks thank
"""


@dataclass(frozen=True, slots=True)
class Token:
    """A word at its place (counted in words). `parts` are the words within it."""

    word: str
    place: int
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """Something looked for: a word, or all the parts of it instead."""

    word: str
    parts: tuple[str, ...] = ()


class Segmenter:
    """Cuts by one dictionary: jieba's, and the words of the company's own."""

    def __init__(self, own_words: Sequence[str] = ()) -> None:
        self.edition = edition_of(own_words)
        # The module itself cuts by the dictionary that it has loaded already.
        self._jieba: Any = rjieba.Jieba() if own_words else rjieba
        for word in (*_TRADE, *own_words):
            self._jieba.add_word(fold(word), _FREQUENCY, "n")

    def tokens(self, text: str) -> list[Token]:
        """All words of the text but those that are in every text; places count these too."""
        found: list[Token] = []
        for place, (word, parts) in enumerate(self._words(fold(text)), 1):
            if word not in _STOP_WORDS and len(word) <= MAX_WORD:
                found.append(Token(word, place, parts))
        return found

    def terms(self, text: str, most: int) -> list[Term]:
        """What a query looks for, each once, the first `most` of them."""
        found = {token.word: Term(token.word, token.parts) for token in self.tokens(text)}
        return list(found.values())[:most]

    def pieces(self, text: str) -> list[str]:
        """The whole text cut into its words and what stands between them."""
        found: list[str] = []
        at = 0
        for run in _RUN.finditer(fold(text)):
            found += text[at : run.start()]
            at = run.end()
            whole = text[run.start() : at]
            found += self._jieba.cut(whole) if run.lastgroup == "han" else [whole]
        return [*found, *text[at:]]

    def _words(self, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        for run in _RUN.finditer(text):
            if run.lastgroup == "latin":
                yield _latin(run.group())
            elif run.lastgroup == "han":
                yield from self._han(run.group())
            else:
                yield run.group(), ()

    def _han(self, run: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        for word in self._jieba.cut(run):
            yield word, self._within(word) if len(word) > 2 else ()

    def _within(self, word: str) -> tuple[str, ...]:
        shorter = (part for part in self._jieba.cut_for_search(word) if part != word)
        return tuple(dict.fromkeys(part for part in shorter if len(part) > 1))


def _latin(run: str) -> tuple[str, tuple[str, ...]]:
    """`a2023-1001` is a word and two parts; a plain English word loses its ending."""
    parts = _PART.findall(run)
    if len(parts) == 1:
        return stem(run), ()
    return run, tuple(dict.fromkeys(stem(part) for part in parts if len(part) <= MAX_WORD))


def stem(word: str) -> str:
    """Without the commonest English endings, so that refunds, refunded and refund are alike.

    Not a word any more, perhaps: it is compared with its like only.
    """
    if len(word) < 4 or not _LETTERS.fullmatch(word):
        return word
    for ending in _ENDINGS:
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and not (ending == "s" and rest.endswith("s")):
            word = rest + "y" if ending == "ies" else rest
            break
    word = word.removesuffix("e") if len(word) > 3 else word
    is_doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeou"
    return word[:-1] if is_doubled else word


_STOP_WORDS = frozenset(form for word in _COMMON.split() for form in (word, stem(word)))


def edition_of(own_words: Sequence[str]) -> str:
    """The name of the rules and the dictionary: what was cut under another one is out of date."""
    digest = hashlib.sha256("\n".join(own_words).encode()).hexdigest()[:12] if own_words else "0"
    return f"{_RULES}-{version('rjieba')}-{digest}"


_making = Lock()


def segmenter_of(own_words: tuple[str, ...]) -> Segmenter:
    """One of a kind in a process: a dictionary takes 0.1 s to load, and some memory.

    One thread makes it: words must not be added while another thread cuts.
    """
    with _making:
        return _segmenter_of(own_words)


@lru_cache(maxsize=2)
def _segmenter_of(own_words: tuple[str, ...]) -> Segmenter:
    return Segmenter(own_words)
