"""After a change of the dictionary or the rules: texts are cut anew, batch by batch."""

from libs.common.crash_points import crash_point
from libs.common.database.unit_of_work import Database
from services.kb.storage.articles import find_article
from services.kb.storage.search_rows import find_stale, put_rows
from services.kb.storage.settings_row import read_language

_BATCH = 100


def cut_anew(database: Database) -> bool:
    """One batch in one transaction; whether there was any.

    Each row remembers by which dictionary it was cut, so any replica goes on where one has ended;
    meanwhile the old words are found.
    """
    with database.begin() as uow:
        segmenter = read_language(uow.session).segmenter
        stale = find_stale(uow.session, segmenter.edition, _BATCH)
        for article_id in stale:
            article = find_article(uow.session, article_id)
            if article is not None:
                put_rows(uow.session, article, segmenter)
        if stale:
            crash_point("after_cut_anew_before_commit")
            uow.commit()
    return bool(stale)
