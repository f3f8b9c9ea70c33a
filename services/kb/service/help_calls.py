"""The public help centre: whoever asks, only what is published for everybody is shown.

The gateway asks on a visitor's behalf; its own routes hold nothing but this.
"""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query, signal
from libs.common.config import Config
from services.kb.queries.articles import find_public
from services.kb.queries.narrowing import for_visitors
from services.kb.queries.searching import search
from services.kb.queries.shapes import show_help_article
from services.kb.queries.vocabularies import list_help_categories
from services.kb.service import arguments as args
from services.kb.use_cases.count_readers import judge_article
from services.kb.use_cases.note_reading import note_search, note_view

Json = dict[str, Any]

_HIDDEN = ("state", "audience", "number")


class HelpCalls:
    """Without a login. Who reads is not known, and not asked."""

    config: Config

    @signal("help.read")
    def list_help_articles(
        self,
        call: Call,
        *,
        q: str | None = None,
        filters: Json | None = None,
        sort: str | None = None,
        limit: int = 20,
        cursor: str | None = None,
    ) -> Json:
        """A page of what was looked for."""
        wanted, q = args.object_of("filters", filters or {}), args.text_of("q", q)
        narrowing = for_visitors(call.uow.session, wanted)
        page = search(call.uow.session, narrowing, q, sort=sort, limit=limit, cursor=cursor)
        if not wanted:
            note_search(call.uow, q, page, "customer", call.now, self.config.business_zone)
        items = [{k: v for k, v in one.items() if k not in _HIDDEN} for one in page["items"]]
        return {**page, "items": items}

    @signal("help.read")
    def get_help_article(self, call: Call, *, name: str) -> Json:
        """One by id or slug."""
        article = find_public(call.uow, args.text_of("name", name))
        key, zone = article.article_id, self.config.business_zone
        note_view(call.uow, key, "customer", call.now, zone)
        return show_help_article(article)

    @query("help.read")
    def list_help_categories(self, call: Call) -> Json:
        """Categories with something in them."""
        return list_help_categories(call.uow)

    @command("help.judge")
    def judge_help_article(
        self, call: Call, *, article_id: str, is_helpful: bool, visitor: str, source: str
    ) -> None:
        """Whether it helped; `visitor` and `source` are the gateway's keyed hashes of today."""
        judge_article(
            call.uow,
            args.uuid_of("article_id", article_id),
            is_helpful=args.flag_of("is_helpful", is_helpful),
            reader="customer",
            key=args.text_of("visitor", visitor),
            source=args.text_of("source", source),
            now=call.now,
            today=call.now.astimezone(self.config.business_zone).date(),
            is_public=True,
        )
