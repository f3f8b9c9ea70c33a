"""How good kb's search is: judged queries, beside what LIKE '%query%' would find.

    python -m tests.bench.kb_relevance

nDCG@10 as in Järvelin and Kekäläinen (2002), gains 2^grade − 1, grades 0–3.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text

from libs.common.database.unit_of_work import Database
from libs.common.text import fold
from services.kb.queries.narrowing import Narrowing
from services.kb.queries.searching import search
from services.kb.seed import publish_demo, seed
from services.kb.use_cases.count_readers import count_words
from tests.bench.own_database import own_database
from tests.bench.table import print_table

_FILE = Path(__file__).with_name("relevance") / "knowledge.json"
_DEMO = Path(__file__).parents[2] / "services" / "kb" / "demo_articles.json"
_AT = 10

# A query's best articles by their keys, best first.
Search = Callable[[str], Sequence[str]]


def measure_relevance() -> list[dict[str, Any]]:
    """Rows of the bench: ours, and LIKE's."""
    with own_database("kb") as database:
        return [
            {"name": f"kb: nDCG@{_AT} in % {name}", "rate": 100 * score, "note": note}
            for name, (score, note) in judge(database).items()
        ]


def judge(database: Database) -> dict[str, tuple[float, str]]:
    """Mean nDCG@10 and the weakest queries, of our search and of LIKE."""
    judged = json.loads(_FILE.read_text(encoding="utf-8"))
    demo = json.loads(_DEMO.read_text(encoding="utf-8"))["articles"]
    seed(database)
    publish_demo(database, judged["articles"])
    count_words(database)
    keys = {one["title"]: one["key"] for one in [*demo, *judged["articles"]]}
    queries = judged["queries"]
    return {
        "of our search": _mean(queries, _ours(database, keys)),
        "of LIKE": _mean(queries, _like(database, keys)),
    }


def ndcg(found: Sequence[str], relevant: Mapping[str, int]) -> float:
    """1 where nothing could stand better, 0 where nothing relevant is found."""
    gained = sum(_gain(relevant.get(key, 0), at) for at, key in enumerate(found[:_AT]))
    grades = sorted(relevant.values(), reverse=True)[:_AT]
    return gained / sum(_gain(grade, at) for at, grade in enumerate(grades))


def _gain(grade: int, at: int) -> float:
    return float(2**grade - 1) / math.log2(at + 2)


def _mean(queries: Sequence[Mapping[str, Any]], find: Search) -> tuple[float, str]:
    scores = {one["q"]: ndcg(find(one["q"]), one["relevant"]) for one in queries}
    weakest = sorted(scores.items(), key=lambda one: one[1])[:4]
    shown = ", ".join(f"{query} {score:.2f}" for query, score in weakest)
    return sum(scores.values()) / len(scores), f"{len(queries)} queries; weakest: {shown}"


def _ours(database: Database, keys: Mapping[str, str]) -> Search:
    def find(query: str) -> Sequence[str]:
        with database.begin(read_only=True) as uow:
            narrowing = Narrowing(["state = 'published'"])
            items = search(uow.session, narrowing, query, limit=_AT)["items"]
            return [keys[one["title"]] for one in items]

    return find


def _like(database: Database, keys: Mapping[str, str]) -> Search:
    """As help desks do it that have no search of their own."""
    statement = text(
        "SELECT title FROM versions WHERE state = 'published' AND "
        "(title || ' ' || summary || ' ' || body_text || ' ' || steps::text) ILIKE :pattern "
        "ORDER BY updated_at DESC LIMIT 10"
    )

    def find(query: str) -> Sequence[str]:
        with database.begin(read_only=True) as uow:
            rows = uow.session.scalars(statement, {"pattern": f"%{fold(query)}%"})
            return [keys[title] for title in rows]

    return find


if __name__ == "__main__":
    print_table(measure_relevance())
