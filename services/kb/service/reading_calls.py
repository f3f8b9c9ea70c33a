"""What readers among the staff do, suggestions among it. Searches note what is not found."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query, signal
from libs.common.config import Config
from libs.common.errors import field_error
from services.kb.queries import articles as shown
from services.kb.queries.figures import get_figures
from services.kb.queries.narrowing import for_staff
from services.kb.queries.searching import search
from services.kb.queries.suggesting import MOST, suggest
from services.kb.service import arguments as args
from services.kb.use_cases.count_readers import judge_article
from services.kb.use_cases.note_reading import note_search, note_view
from services.kb.use_cases.use_suggestion import Use, use_suggestion

Json = dict[str, Any]


class ReadingCalls:
    """Readers see what is published; whoever writes or reviews, the rest as well."""

    config: Config

    @signal("article.read")
    def list_articles(
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
        narrowing = for_staff(call.uow.session, call.actor, wanted)
        page = search(call.uow.session, narrowing, q, sort=sort, limit=limit, cursor=cursor)
        if not wanted:
            note_search(call.uow, q, page, "staff", call.now, self.config.business_zone)
        return page

    @signal("article.read")
    def get_article(self, call: Call, *, article_id: str, is_read: bool = True) -> Json:
        """One; `is_read`: it counts as a view."""
        key = args.uuid_of("article_id", article_id)
        article = shown.get_article(call.uow, call.actor, key)
        if is_read and article["state"] == "published":
            note_view(call.uow, key, "staff", call.now, self.config.business_zone)
        return article

    @command("article.read")
    def judge_article(self, call: Call, *, article_id: str, is_helpful: bool) -> None:
        """Whether it helped; everybody has one opinion, and may change it."""
        judge_article(
            call.uow,
            args.uuid_of("article_id", article_id),
            is_helpful=args.flag_of("is_helpful", is_helpful),
            reader="staff",
            key=f"staff:{call.actor.subject}",
            source=None,
            now=call.now,
            today=call.now.astimezone(self.config.business_zone).date(),
            is_public=False,
        )

    @query("article.read")
    def suggest_articles(
        self,
        call: Call,
        *,
        subject: str,
        text: str = "",
        kind: str | None = None,
        language: str | None = None,
        limit: int = 5,
    ) -> Json:
        """What may help with a ticket of these words."""
        if not 1 <= args.count_of("limit", limit) <= MOST:
            raise field_error("limit", f"must be 1 to {MOST}", "filter.invalid")
        items = suggest(
            call.uow.session,
            subject=args.text_of("subject", subject),
            words=args.text_of("text", text),
            kind=args.text_of("kind", kind) or None,
            language=args.text_of("language", language) or None,
            limit=limit,
        )
        return {"items": items}

    @command("article.use")
    def use_suggestion(
        self, call: Call, *, article_id: str, ticket_id: str, number: str, rank: int | None = None
    ) -> Json:
        """Take an article into an answer; the gateway has asked whether the ticket may be read."""
        if call.actor.subject is None:
            raise field_error("actor", "must be somebody")
        use = Use(
            args.uuid_of("ticket_id", ticket_id),
            args.text_of("number", number)[:40],
            call.actor.subject,
            args.optional_count("rank", rank),
        )
        key = args.uuid_of("article_id", article_id)
        article = use_suggestion(call.uow, key, use, call.now, self.config.business_zone)
        content = article.shown().content
        told = {"article": content.title, "number": use.number}
        return {
            "article_id": article_id,
            "title": content.title,
            "audience": content.audience,
            "language": content.language,
            "answer_html": content.answer_html(),
            "answer_text": content.answer_text(),
            "audit": {"object": article_id, "before": {}, "after": told},
        }

    @query("report.read")
    def get_figures(self, call: Call, *, first: str, last: str) -> Json:
        """Whether knowledge helps."""
        return get_figures(call.uow, args.day_of("from", first), args.day_of("until", last))
