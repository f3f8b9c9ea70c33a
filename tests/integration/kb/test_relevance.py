"""Judged queries: our search finds what is meant, and what LIKE does not."""

from libs.common.database.unit_of_work import Database
from tests.bench.kb_relevance import judge, ndcg


def test_judged_queries_are_answered_far_better_than_by_like(database: Database) -> None:
    scores = judge(database)
    assert scores["of our search"][0] > 0.93, scores
    assert scores["of LIKE"][0] < 0.5, scores


def test_the_measure_is_one_for_the_best_order_and_less_for_others() -> None:
    relevant = {"a": 3, "b": 1}
    assert ndcg(["a", "b", "c"], relevant) == 1
    assert 0 < ndcg(["b", "a"], relevant) < ndcg(["a", "c", "b"], relevant) < 1
    assert ndcg(["c"], relevant) == 0
