"""PostgreSQL's tsvector and tsquery as literals: exactly our words, past its own parser.

https://www.postgresql.org/docs/current/datatype-textsearch.html
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from libs.common.text.words import Term, Token

MAX_PLACE = 16_383
_MAX_PLACES = 256  # of one lexeme; PostgreSQL drops the others itself
# A tsvector holds at most 1 MB.
_MAX_SIZE = 900_000


def vector_of(parts: Iterable[tuple[str, Sequence[Token]]]) -> str:
    """A tsvector of (weight A–D, tokens); each part stands far enough behind the one before."""
    places: dict[str, list[str]] = {}
    offset = size = 0
    for weight, tokens in parts:
        for token in tokens:
            place = min(token.place + offset, MAX_PLACE)
            for word in (token.word, *token.parts):
                known = places.setdefault(word, [])
                if len(known) < _MAX_PLACES:
                    known.append(f"{place}{weight}")
                    size += 2
            size += len(token.word.encode())
            if size > _MAX_SIZE:
                return _vector(places)
        offset += (tokens[-1].place if tokens else 0) + 10
    return _vector(places)


def all_of(terms: Sequence[Term], same: Mapping[str, Sequence[str]] | None = None) -> str:
    """A tsquery for texts that have every term (or something that means the same)."""
    return " & ".join(one_of(term, same) for term in terms)


def any_of(terms: Sequence[Term], same: Mapping[str, Sequence[str]] | None = None) -> str:
    """A tsquery for texts that have at least one."""
    return " | ".join(one_of(term, same) for term in terms)


def one_of(
    term: Term,
    same: Mapping[str, Sequence[str]] | None = None,
    literal: Callable[[str], str] | None = None,
) -> str:
    """The word, all its parts together, or a word that means the same.

    `literal` says how a word stands in the query, e.g. with a weight.
    """
    show = literal or quoted
    choices = [show(term.word)]
    if len(term.parts) > 1 or (term.parts and not term.word.startswith(term.parts[0])):
        choices.append(f"({' & '.join(map(show, term.parts))})")
    choices += [show(other) for other in (same or {}).get(term.word, ())]
    return f"({' | '.join(choices)})" if len(choices) > 1 else choices[0]


def phrase_of(tokens: Sequence[Token], literal: Callable[[str], str] | None = None) -> str | None:
    """A tsquery for the words one after another as they stand; None for fewer than two."""
    if len(tokens) < 2:
        return None
    show = literal or quoted
    steps = [show(tokens[0].word)]
    for before, token in pairwise(tokens):
        steps.append(f"<{token.place - before.place}> {show(token.word)}")
    return " ".join(steps)


def quoted(word: str) -> str:
    """A lexeme as a literal of either kind has it."""
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _vector(places: Mapping[str, Sequence[str]]) -> str:
    return " ".join(f"{quoted(word)}:{','.join(at)}" for word, at in places.items())
