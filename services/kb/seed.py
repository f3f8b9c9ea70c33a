"""Articles for a first look: `python -m services.kb.seed`. Where there are any it changes nothing.

They go the way of every article (draft, review, publication), so events tell of them too.
"""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import text

from libs.common.actor import Actor
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database, UnitOfWork
from libs.common.ids import uuid7
from services.kb.domain.article import Act, Article
from services.kb.domain.content import read_content
from services.kb.use_cases.count_readers import count_words
from services.kb.use_cases.edit_categories import create_category
from services.kb.use_cases.finding import close_article

_FILE = Path(__file__).with_name("demo_articles.json")
_AUTHOR = Actor(None, "知识库示例", "system")


def seed(database: Database) -> str:
    """Make what is missing; says what has been done."""
    given = orjson.loads(_FILE.read_bytes())
    with database.begin(timeout=60) as uow:
        uow.session.execute(text("LOCK TABLE articles IN SHARE ROW EXCLUSIVE MODE"))
        if uow.session.scalar(text("SELECT EXISTS (SELECT 1 FROM articles)")):
            return "articles: unchanged"
        categories = _make_categories(uow, given["categories"])
        for one in given["articles"]:
            _publish(uow, one, categories)
        uow.commit()
    count_words(database)
    return f"articles: {len(given['articles'])}"


def publish_demo(database: Database, articles: list[Mapping[str, Any]]) -> None:
    """More of the kind, without categories: for trials of search."""
    with database.begin(timeout=60) as uow:
        for one in articles:
            _publish(uow, one, {})
        uow.commit()


def _make_categories(uow: UnitOfWork, wanted: list[Mapping[str, Any]]) -> dict[str, str]:
    """Ids by key; parents come before their children."""
    made: dict[str, str] = {}
    for one in wanted:
        parent = made[one["parent"]] if one["parent"] else None
        names = {name: one[name] for name in ("name_zh", "name_en")}
        row = create_category(uow, {**names, "parent_id": parent})
        made[one["key"]] = str(row["category_id"])
    return made


def _publish(uow: UnitOfWork, one: Mapping[str, Any], categories: Mapping[Any, str]) -> None:
    act = Act(_AUTHOR, utc_now())
    words = {name: value for name, value in one.items() if name not in ("key", "category")}
    content = read_content({**words, "category_id": categories.get(one.get("category"))})
    article = Article(uuid7(), None, act.now, act.now)
    article.write(content, act, uuid7())
    article.submit(act, None)
    article.approve(act, None, needs_other=False)
    close_article(uow, article, act)


def main() -> None:
    """Seed the installation that the environment names, and say so."""
    with closing(Database.connect("kb")) as database:
        print(seed(database))


if __name__ == "__main__":
    main()
