"""Finds and ranks. What has all the words comes before what has some, and the title says most.

A word that is in every second article costs no more than a rare one: at most a few hundred of its
articles are ranked. https://www.postgresql.org/docs/current/textsearch-controls.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from libs.common.text import Term, Token, all_of, any_of, fold, one_of, phrase_of
from services.kb.domain.ranking import Weighed, weigh
from services.kb.queries.narrowing import Narrowing
from services.kb.storage.lexemes import alike, counts_of
from services.kb.storage.settings_row import Language

MAX_RESULTS = 200
MAX_QUERY = 200  # characters
_MOST_TERMS = 8
# With all words: by title first, so that a broad word still finds what is about it.
_BY_TITLE, _BY_WORDS = 100, 150
# With some words: of each word so many, and the best of them together.
_BY_TERM, _BEST = 200, 60
_NEXT_TO_NOTHING = 0.12
# Fewer than this with all words: what has only some of them is shown behind.
_FEW = 5
_LEAST_ALIKE = 0.3
_UNKNOWN = 0.1
_TELLING = 0.34


@dataclass(frozen=True)
class Found:
    """A row of the result, best first; `words` are to be marked."""

    article_id: UUID
    is_working: bool
    score: float


@dataclass(frozen=True)
class Wanted:
    """What is looked for."""

    weighed: Sequence[Weighed]
    tokens: Sequence[Token]
    same: Mapping[str, Sequence[str]]
    folded: str

    @property
    def words(self) -> list[str]:
        """All that may be marked in a text."""
        terms = [one.term for one in self.weighed]
        own = [word for term in terms for word in (term.word, *term.parts)]
        return [*own, *(other for term in terms for other in self.same.get(term.word, ()))]


def read_query(session: Session, language: Language, query: str) -> Wanted:
    """The words of a query with their weights; of a long one those that tell most."""
    cut = query[:MAX_QUERY]
    tokens = language.segmenter.tokens(cut)
    return _wanted(session, language, tokens, fold(cut).strip(), _MOST_TERMS)


def read_text(session: Session, language: Language, cut: str, most: int) -> Wanted:
    """The most telling words of somebody's own text, most of which is in no article."""
    tokens = language.segmenter.tokens(cut)
    return _wanted(session, language, tokens, "", most, unknown=_UNKNOWN)


def match(session: Session, wanted: Wanted, narrowing: Narrowing) -> list[Found]:
    """At most MAX_RESULTS, best first: all words, then some, then what is only written alike."""
    found = _with_all(session, wanted, narrowing) if wanted.weighed else []
    if len(found) < _FEW and len(wanted.weighed) > 1:
        known = {(one.article_id, one.is_working) for one in found}
        more = match_some(session, wanted, narrowing)
        found += [one for one in more if (one.article_id, one.is_working) not in known]
    if not found and wanted.folded:
        found = (
            _cut_otherwise(session, wanted, narrowing)
            or _mistyped(session, wanted, narrowing)
            or _alike(session, wanted, narrowing)
        )
    return found[:MAX_RESULTS]


def match_some(
    session: Session, wanted: Wanted, narrowing: Narrowing, least: float = _TELLING
) -> list[Found]:
    """What has the most telling of the words: of all their weight at least the part `least`."""
    weighed = _worth_it(wanted.weighed)
    if not weighed:
        return []
    # What no article has must not keep back those with all the rest.
    known = sum(one.weight for one in weighed if one.is_known)
    total = known or sum(one.weight for one in weighed) or 1.0
    parameters = {
        **narrowing.parameters,
        **{f"term_{n}": one_of(one.term, wanted.same) for n, one in enumerate(weighed)},
        **{f"weight_{n}": one.weight / total for n, one in enumerate(weighed)},
        "any": any_of([one.term for one in weighed], wanted.same),
        "least": least if len(weighed) > 1 else 0.0,
    }
    return _run(session, _some(narrowing.sql, len(weighed)), parameters)


def _worth_it(weighed: Sequence[Weighed]) -> list[Weighed]:
    """Without words that say next to nothing beside the others, and cost the most."""
    most = max((one.weight for one in weighed if one.is_known), default=0.0)
    return [one for one in weighed if one.weight >= _NEXT_TO_NOTHING * most]


def _with_all(session: Session, wanted: Wanted, narrowing: Narrowing) -> list[Found]:
    terms = [one.term for one in wanted.weighed]
    # All of a short query; of a long one what tells most, for there is no article with all of it.
    parameters = {
        **narrowing.parameters,
        "all": all_of(terms, wanted.same),
        "any": any_of(terms, wanted.same),
        "phrase": phrase_of(wanted.tokens[:_MOST_TERMS]),
        "folded": wanted.folded,
    }
    return _run(session, _all(narrowing.sql), parameters)


def _cut_otherwise(session: Session, wanted: Wanted, narrowing: Narrowing) -> list[Found]:
    """By the known words among all pairs of Chinese characters: 开发票 may be cut as 开发, 票."""
    neighbours = pairwise(wanted.folded)
    pairs = {a + b for a, b in neighbours if min(a, b) >= "一" and max(a, b) <= "鿿"}
    counts, articles = counts_of(session, pairs)
    weighed = weigh([Term(pair) for pair in sorted(counts)], counts, articles, _MOST_TERMS)
    return match_some(session, Wanted(weighed, (), wanted.same, ""), narrowing)


def _mistyped(session: Session, wanted: Wanted, narrowing: Narrowing) -> list[Found]:
    """With the nearest known word instead of each Latin one that nobody has written."""
    counts, _ = counts_of(session, [one.term.word for one in wanted.weighed])
    same = dict(wanted.same)
    for one in wanted.weighed:
        word = one.term.word
        if word not in counts and len(word) > 3 and word.isascii() and word.isalpha():
            same[word] = alike(session, word)
    if same == dict(wanted.same):
        return []
    corrected = Wanted(wanted.weighed, wanted.tokens, same, wanted.folded)
    return _with_all(session, corrected, narrowing) or match_some(session, corrected, narrowing)


def _alike(session: Session, wanted: Wanted, narrowing: Narrowing) -> list[Found]:
    parameters = {**narrowing.parameters, "folded": wanted.folded}
    # Local to the transaction; the index serves the operator, and the operator this threshold.
    limit = f"SET LOCAL pg_trgm.word_similarity_threshold = {_LEAST_ALIKE}"
    session.connection().exec_driver_sql(limit)
    return _run(session, _by_title(narrowing.sql), parameters)


def _wanted(
    session: Session,
    language: Language,
    tokens: list[Token],
    folded: str,
    most: int,
    unknown: float = 1.0,
) -> Wanted:
    terms = {token.word: Term(token.word, token.parts) for token in tokens}
    counts, articles = counts_of(session, list(terms))
    weighed = weigh(list(terms.values()), counts, articles, most, unknown=unknown)
    return Wanted(weighed, tokens, language.same, folded)


def _run(session: Session, statement: TextClause, parameters: dict[str, Any]) -> list[Found]:
    return [Found(*row) for row in session.execute(statement, parameters)]


# {D, C, B, A}: texts, summary and tags, title.
_RANK = "ts_rank_cd('{0.05, 0.15, 0.5, 1.0}', words, CAST(:any AS tsquery), 32)"


@cache
def _all(narrowed: str) -> TextClause:
    """Those with all words: first by title, then by everything."""
    source = f"SELECT article_id, is_working FROM search_rows WHERE {narrowed} AND"
    return text(
        f"WITH titled AS ({source} title_words @@ CAST(:all AS tsquery) LIMIT {_BY_TITLE}), "
        # What has all in its title comes first anyway: with enough of that, nothing else is opened.
        f"found AS (SELECT * FROM titled UNION ({source} words @@ CAST(:all AS tsquery) "
        f"LIMIT CASE WHEN (SELECT count(*) FROM titled) < {_BY_TITLE} THEN {_BY_WORDS} "
        "ELSE 0 END)) "
        "SELECT article_id, is_working, "
        # All in the title; the very words as they were put; where and how often.
        "(CASE WHEN title_words @@ CAST(:all AS tsquery) THEN 2.0 "
        "WHEN title_words @@ CAST(:any AS tsquery) THEN 0.5 ELSE 0.0 END "
        "+ CASE WHEN folded_title = :folded THEN 2.0 ELSE 0.0 END "
        "+ CASE WHEN title_words @@ CAST(:phrase AS tsquery) THEN 0.6 "
        "WHEN words @@ CAST(:phrase AS tsquery) THEN 0.3 ELSE 0.0 END "
        f"+ {_RANK} + boost) AS score "
        "FROM found JOIN search_rows USING (article_id, is_working) "
        f"ORDER BY score DESC, article_id LIMIT {MAX_RESULTS}"
    )


@cache
def _some(narrowed: str, count: int) -> TextClause:
    """Words looked up one by one, and what each tells added up per article.

    Each word by a statement of its own: for a common one PostgreSQL then reads along the table
    until it has enough, for a rare one it asks the index.
    """

    def each(column: str) -> str:
        return " UNION ALL ".join(
            f"(SELECT article_id, is_working, CAST(:weight_{n} AS float) AS weight "
            f"FROM search_rows WHERE {narrowed} AND {column} @@ CAST(:term_{n} AS tsquery) "
            f"LIMIT {_BY_TERM})"
            for n in range(count)
        )

    grouped = "FROM ({}) AS one GROUP BY article_id, is_working"
    return text(
        "WITH hits AS (SELECT article_id, is_working, sum(weight) AS told "
        f"{grouped.format(each('words'))}), "
        "titled AS (SELECT article_id, is_working, sum(weight) AS titled "
        f"{grouped.format(each('title_words'))}), "
        "best AS (SELECT article_id, is_working, greatest(coalesce(told, 0), "
        "coalesce(titled, 0)) AS told, coalesce(titled, 0) AS titled "
        "FROM hits FULL JOIN titled USING (article_id, is_working) "
        f"ORDER BY coalesce(told, 0) + coalesce(titled, 0) DESC LIMIT {_BEST}) "
        "SELECT article_id, is_working, "
        f"(2.0 * told + 1.5 * titled + {_RANK} + boost) AS score "
        "FROM best JOIN search_rows USING (article_id, is_working) "
        "WHERE told >= :least ORDER BY score DESC, article_id"
    )


@cache
def _by_title(narrowed: str) -> TextClause:
    """Titles that hold the text, or something written like it."""
    return text(
        "SELECT article_id, is_working, word_similarity(:folded, folded_title) AS score "
        f"FROM search_rows WHERE {narrowed} AND :folded <% folded_title "
        "ORDER BY score DESC, article_id LIMIT 20"
    )
