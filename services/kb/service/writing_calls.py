"""What authors and reviewers do."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from services.kb.domain.article import Act
from services.kb.queries import articles as shown
from services.kb.service import arguments as args
from services.kb.service.answers import article_answer, edited_answer
from services.kb.use_cases import review_articles as reviews
from services.kb.use_cases import write_articles as writing

Json = dict[str, Any]


class WritingCalls:
    """Every command but the first names the version that was read."""

    @command("article.write")
    def create_article(self, call: Call, *, values: Json) -> Json:
        """A draft."""
        made = writing.create_article(call.uow, _act(call), args.object_of("values", values))
        return article_answer(call, made)

    @command("article.write")
    def edit_article(
        self, call: Call, *, article_id: str, changes: Json, version: int | None = None
    ) -> Json:
        """Change the draft, or begin the next one; takes it out of a review."""
        before, article = writing.edit_article(
            call.uow,
            _act(call),
            args.uuid_of("article_id", article_id),
            args.optional_count("version", version),
            args.object_of("changes", changes),
        )
        return edited_answer(call, before, article)

    @command("article.write")
    def discard_draft(self, call: Call, *, article_id: str, version: int | None = None) -> Json:
        """Give the draft up; what is published stays."""
        key, known = _named(article_id, version)
        return article_answer(call, writing.discard_draft(call.uow, _act(call), key, known))

    @command("article.write")
    def restore_version(
        self, call: Call, *, article_id: str, number: int, version: int | None = None
    ) -> Json:
        """Write on from an earlier version."""
        key, known = _named(article_id, version)
        wanted = args.count_of("number", number)
        restored = writing.restore_version(call.uow, _act(call), key, known, wanted)
        return article_answer(call, restored, restored=wanted)

    @command("article.write")
    def submit_article(
        self, call: Call, *, article_id: str, comment: str | None = None, version: int | None = None
    ) -> Json:
        """Ask for a review."""
        key, known = _named(article_id, version)
        remark = args.remark_of("comment", comment)
        return article_answer(
            call, reviews.submit_article(call.uow, _act(call), key, known, remark), comment=remark
        )

    @command("article.review")
    def approve_article(
        self, call: Call, *, article_id: str, comment: str | None = None, version: int | None = None
    ) -> Json:
        """Publish the version under review."""
        key, known = _named(article_id, version)
        remark = args.remark_of("comment", comment)
        return article_answer(
            call, reviews.approve_article(call.uow, _act(call), key, known, remark), comment=remark
        )

    @command("article.review")
    def decline_article(
        self, call: Call, *, article_id: str, comment: str, version: int | None = None
    ) -> Json:
        """Send it back, with the reason."""
        key, known = _named(article_id, version)
        remark = args.reason_of("comment", comment)
        return article_answer(
            call, reviews.decline_article(call.uow, _act(call), key, known, remark), comment=remark
        )

    @command("article.review")
    def withdraw_article(self, call: Call, *, article_id: str, version: int | None = None) -> Json:
        """Take it from its readers."""
        key, known = _named(article_id, version)
        return article_answer(call, reviews.withdraw_article(call.uow, _act(call), key, known))

    @command("article.manage")
    def archive_article(self, call: Call, *, article_id: str, version: int | None = None) -> Json:
        """Put it away."""
        key, known = _named(article_id, version)
        return article_answer(call, reviews.archive_article(call.uow, _act(call), key, known))

    @query("article.write")
    def list_versions(self, call: Call, *, article_id: str) -> Json:
        """All versions and reviews."""
        return shown.list_versions(call.uow, args.uuid_of("article_id", article_id))

    @query("article.write")
    def get_version(self, call: Call, *, article_id: str, number: int) -> Json:
        """One with its words."""
        key = args.uuid_of("article_id", article_id)
        return shown.get_version(call.uow, key, args.count_of("number", number))

    @query("article.write")
    def compare_versions(self, call: Call, *, article_id: str, old: int, new: int) -> Json:
        """What has changed, word by word."""
        key = args.uuid_of("article_id", article_id)
        numbers = args.count_of("from", old), args.count_of("to", new)
        return shown.compare_versions(call.uow, key, *numbers)


def _act(call: Call) -> Act:
    return Act(call.actor, call.now)


def _named(article_id: object, version: object) -> tuple[Any, int | None]:
    return args.uuid_of("article_id", article_id), args.optional_count("version", version)
