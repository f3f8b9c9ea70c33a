"""How fast kb's search is among 100,000 articles, asked by two processes of four threads each.

    python -m tests.bench.kb_search

What is measured is a page of twenty with marked hits, from the words to the answer's JSON.
"""

import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from typing import Any

import orjson

from libs.common.config import Config
from libs.common.database.unit_of_work import Database
from services.kb.queries.narrowing import Narrowing
from services.kb.queries.searching import search
from services.kb.use_cases.count_readers import count_words
from tests.bench.kb_library import fill
from tests.bench.own_database import own_server
from tests.bench.table import print_table

ARTICLES, PROCESSES, THREADS = 100_000, 2, 4
P95 = 80.0  # milliseconds
_PAUSE = 0.2  # seconds in the mean between an answer and the next question

Row = dict[str, Any]


def measure_search(seconds: float, articles: int = ARTICLES) -> list[Row]:
    """A row of the bench."""
    with own_server("kb") as url:
        with closing(_open(url)) as database:
            began = time.perf_counter()
            words = fill(database, articles)
            took = time.perf_counter() - began
            count_words(database)
        row = ask_for(url, list(words), seconds)
    filled = {"name": "kb: fill", "rate": articles / took, "note": f"{articles} articles"}
    return [filled, row]


def ask_for(url: str, words: list[str], seconds: float) -> Row:
    """Eight readers who look for this and that."""
    given = [(url, words, seconds, seed) for seed in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        late = sorted(one for some in pool.map(_ask, given) for one in some)
    at = {f"p{share}": late[int(len(late) * share / 100)] for share in (50, 95, 99)}
    readers = PROCESSES * THREADS
    note = f"{readers} readers, longest {late[-1]:.0f} ms, p95 at most {P95:.0f}"
    return {"name": "kb: search", "rate": len(late) / seconds, **at, "note": note}


def _ask(given: tuple[str, list[str], float, int]) -> list[float]:
    url, words, seconds, seed = given
    with closing(_open(url)) as database, ThreadPoolExecutor(THREADS) as threads:
        # Each has its dictionary loaded and its connection open before it counts.
        list(threads.map(lambda n: _read(database, words, 2.0, 100 * seed + n), range(THREADS)))
        found = threads.map(
            lambda n: _read(database, words, seconds, 100 * seed + 50 + n), range(THREADS)
        )
        return [one for some in found for one in some]


def _read(database: Database, words: Sequence[str], seconds: float, seed: int) -> list[float]:
    dice, late = random.Random(seed), []
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        query, narrowing = _question(words, dice)
        began = time.perf_counter()
        with database.begin(read_only=True) as uow:
            orjson.dumps(search(uow.session, narrowing, query))
        late.append((time.perf_counter() - began) * 1000)
        time.sleep(dice.expovariate(1 / _PAUSE))
    return late


def _question(words: Sequence[str], dice: random.Random) -> tuple[str, Narrowing]:
    """One to four words, the common ones mostly; some rare, mistyped, narrowed, or none."""
    narrowing = Narrowing(["state = :state"], {"state": "published"})
    if dice.random() < 0.3:
        narrowing.add("kind = :kind", kind=dice.choice(("faq", "solution", "document")))
    if dice.random() < 0.3:
        narrowing.add("audience = :audience", audience="public")
    fate = dice.random()
    if fate < 0.1:
        return "", narrowing
    if fate < 0.2:
        return dice.choice(words), narrowing
    common = [dice.choice(words[:140]) for _ in range(dice.randint(1, 4))]
    if fate < 0.3:
        common.append(dice.choice(words)[::-1])
    return " ".join(common), narrowing


def _open(url: str) -> Database:
    return Database.connect("kb", Config.read({"DATABASE_URL": url, "DATABASE_POOL": "10"}))


if __name__ == "__main__":
    print_table(measure_search(20))
