"""A desk to test at: writes and publishes articles, lets jobs run, shows what was told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from services.kb.use_cases import count_readers
from services.kb.use_cases.cut_anew import cut_anew
from services.kb.use_cases.run_timers import run_timers

Json = dict[str, Any]
VISITOR = Actor(None, "访客", "gateway", permissions=frozenset({"help.read", "help.judge"}))


class Desk:
    """Runs use cases as the shell would."""

    def __init__(
        self, database: Database, ask: Callable[..., Any], author: Actor, boss: Actor
    ) -> None:
        self.database = database
        self.ask = ask
        self.author = author
        self.boss = boss

    def write(self, **values: Any) -> Json:
        """A draft of the author's."""
        usual = {"title": f"文章 {uuid4().hex[:8]}", "body_html": "<p>正文</p>"}
        made: Json = self.ask("create_article", actor=self.author, values={**usual, **values})
        return made

    def publish(self, **values: Any) -> Json:
        """Written by the author, approved by the supervisor."""
        return self.approve(self.write(**values)["article_id"])

    def approve(self, article_id: str) -> Json:
        """What is being written goes before its readers."""
        self.ask("submit_article", actor=self.author, article_id=article_id)
        approved: Json = self.ask("approve_article", article_id=article_id)
        return approved

    def search(self, q: str | None = None, **filters: Any) -> list[Json]:
        """What a reader finds."""
        found: list[Json] = self.ask("list_articles", q=q, filters=filters)["items"]
        return found

    def titles(self, q: str, **filters: Any) -> list[str]:
        return [one["title"] for one in self.search(q, **filters)]

    def run_jobs(self) -> None:
        """Whatever is due by the real clock."""
        while run_timers(self.database):
            pass
        while cut_anew(self.database):
            pass
        zone = utc_now().tzinfo
        assert zone is not None
        while count_readers.fold_hits(self.database, zone):
            pass

    def count_words(self) -> None:
        """As if ten minutes had passed."""
        past = utc_now() - timedelta(hours=1)
        self.do("UPDATE lexeme_counts SET counted_at = :past", past=past)
        count_readers.count_words(self.database)

    def told(self, article_id: str) -> list[Json]:
        """The data of the events about this article, oldest first."""
        query = (
            "SELECT body FROM outbox WHERE CAST(body AS json)->>'subject' = :id ORDER BY outbox_id"
        )
        bodies = [orjson.loads(row["body"]) for row in self.rows(query, id=article_id)]
        return [{"type": body["type"], **body["data"]} for body in bodies]

    def types(self, article_id: str) -> list[str]:
        return [one["type"] for one in self.told(article_id)]

    def rows(self, query: str, **parameters: Any) -> list[Json]:
        with self.database.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(query), parameters).mappings()]

    def do(self, statement: str, **parameters: Any) -> None:
        with self.database.engine.begin() as connection:
            connection.execute(text(statement), parameters)
