"""What is found first: how telling a word is, and how much use and newness count beside it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.common.text import Term

# Beside a score of at most about six.
MAX_BOOST = 0.5
_YEAR = 365 * 86_400


@dataclass(frozen=True)
class Weighed:
    """A word that is looked for, and how much it tells (0 or more). Known: some article has it."""

    term: Term
    weight: float
    is_known: bool = True


def weigh(
    terms: Sequence[Term],
    counts: Mapping[str, int],
    articles: int,
    most: int,
    *,
    unknown: float = 1.0,
) -> list[Weighed]:
    """The `most` telling ones, by inverse document frequency (as BM25 has it).

    https://en.wikipedia.org/wiki/Okapi_BM25. A word that no article is known to have may stand in
    new ones: it tells as much as one that stands in a single article, times `unknown`.
    """
    total = max(articles, 1)
    found = []
    for term in terms:
        count = min(max(counts.get(term.word, 1), 1), total)
        weight = math.log(1 + (total - count + 0.5) / (count + 0.5))
        is_known = term.word in counts
        found.append(Weighed(term, weight * (1.0 if is_known else unknown), is_known))
    kept = sorted(found, key=lambda one: -one.weight)[:most]
    return [one for one in found if one in kept]


def boost_of(
    *, uses: int, views: int, helpful: int, unhelpful: int, changed_at: datetime, now: datetime
) -> float:
    """A little more for what is used, read, found helpful and fresh; never above MAX_BOOST."""
    use = min(math.log1p(uses) / 5, 1.0) * 0.2
    sight = min(math.log1p(views) / 9, 1.0) * 0.1
    # Two imagined votes of either kind, so that the first one does not decide.
    judged = ((helpful + 2) / (helpful + unhelpful + 4) - 0.5) * 0.2
    age = max((now - changed_at).total_seconds(), 0.0) / _YEAR
    fresh = 0.1 * math.exp(-age)
    return max(min(use + sight + judged + fresh, MAX_BOOST), 0.0)
