"""The real processes at the broker: calls in, events out, deaths between."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.database.unit_of_work import Database
from libs.common.errors import Forbidden
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.support.actors import actor
from tests.support.directory import person
from tests.support.outside import Outside

pytestmark = pytest.mark.services("kb")

AUTHOR, BOSS = actor("agent", "李雷"), actor("supervisor", "王主管")


def publish(outside: Outside, **values: Any) -> str:
    """Written by the author, approved by the supervisor."""
    made = outside.command("create_article", AUTHOR, values=values)
    key: str = made["article_id"]
    outside.command("submit_article", AUTHOR, article_id=key)
    outside.command("approve_article", article_id=key)
    return key


@pytest.fixture(scope="module")
def outside(installation: dict[str, str], processes: Processes) -> Iterator[Outside]:
    made = Outside(installation, "kb", BOSS)
    processes.start("kb.rpc", "kb.events")
    processes.start("kb.jobs", replicas=2)
    with closing(made):
        yield made


@pytest.fixture(scope="module")
def stored(environment: dict[str, str]) -> Iterator[Database]:
    with closing(Database.connect("kb")) as database:
        yield database


def count(stored: Database, query: str, **parameters: Any) -> int:
    with stored.engine.connect() as connection:
        return int(connection.execute(text(query), parameters).scalar_one())


def test_an_article_is_written_published_found_and_told(outside: Outside, stored: Database) -> None:
    key = publish(outside, title="退款多久到账", body_html="<p>三个工作日</p>", audience="public")
    assert outside.ask("list_articles", q="退款到账")["items"][0]["article_id"] == key
    with pytest.raises(Forbidden):
        outside.command("approve_article", AUTHOR, article_id=key)
    eventually(lambda: count(stored, "SELECT count(*) FROM outbox") == 0)
    views = "SELECT coalesce(sum(staff_views), 0) FROM days WHERE article_id = :id"
    outside.ask("get_article", article_id=key)
    eventually(lambda: count(stored, views, id=key) == 1)


def test_a_command_that_comes_twice_is_done_once(outside: Outside, stored: Database) -> None:
    values = {"title": "只写一次"}
    for _ in range(2):
        outside.command("create_article", AUTHOR, "kb-again-1", values=values)
    assert count(stored, "SELECT count(*) FROM versions WHERE title = '只写一次'") == 1


def test_authors_are_called_as_the_organisation_calls_them(
    outside: Outside, stored: Database
) -> None:
    made = outside.command("create_article", AUTHOR, values={"title": "署名"})
    told = person(person_id=AUTHOR.subject, name="李雷雷")
    # Told twice, as the bus may.
    outside.tell(told, told)

    def name() -> str:
        found = outside.ask("get_article", article_id=made["article_id"])
        return str(found["author"]["name"])

    eventually(lambda: name() == "李雷雷", 30)
    assert count(stored, "SELECT count(*) FROM inbox_failures") == 0


def test_texts_are_cut_anew_though_a_replica_dies_over_it(
    outside: Outside, processes: Processes, stored: Database
) -> None:
    keys = [publish(outside, title=f"小潮管家说明 {n}", summary="绑定小潮管家") for n in range(5)]
    processes.arm("after_cut_anew_before_commit", "kb.jobs")
    outside.command("edit_settings", changes={"words": ["小潮管家"]})
    whole = "SELECT count(*) FROM search_rows WHERE words @@ CAST(:word AS tsquery)"
    eventually(lambda: count(stored, whole, word="'小潮管家'") == len(keys), 60)
    assert not processes.is_armed("after_cut_anew_before_commit", "kb.jobs")
    eventually(lambda: count(stored, "SELECT count(DISTINCT edition) FROM search_rows") == 1, 30)
