"""质检: score sheets, sampling rules, reviews and what becomes of them."""

from typing import Any

from libs.common.bus.call import Call
from libs.common.bus.rpc import command, query
from libs.common.config import Config
from services.ticketing.domain import checks
from services.ticketing.domain.quality_check.review import Review, Reviewer
from services.ticketing.domain.quality_check.sampling import (
    MOST_DRAWN,
    PERSON,
    REVIEWER_KINDS,
)
from services.ticketing.domain.quality_check.sheets import whole_number
from services.ticketing.domain.rule_fields import read_condition
from services.ticketing.queries.quality_check import reviews
from services.ticketing.service import arguments as args
from services.ticketing.storage.known_things import KnownThings
from services.ticketing.storage.quality_check.seeing import sees
from services.ticketing.use_cases.quality_check import drawing, judging

Json = dict[str, Any]

_MOST_DAYS = 90
# What the operation log keeps of a review: never what was written.
_LOGGED = ("state", "total", "is_passed")


class QualityCalls:
    """Each answers with the review as the actor may see it."""

    config: Config

    @query("quality.read")
    def list_quality_reviews(
        self,
        call: Call,
        *,
        filters: Json | None = None,
        limit: int = 25,
        cursor: str | None = None,
    ) -> Json:
        """A page of what the actor's scope reaches."""
        narrowed = args.object_of("filters", filters)
        return reviews.list_reviews(call.uow, call.actor, reviews.ALL, narrowed, limit, cursor)

    @query("quality.review")
    def list_reviews_for_me(
        self,
        call: Call,
        *,
        filters: Json | None = None,
        limit: int = 25,
        cursor: str | None = None,
    ) -> Json:
        """A page of what the actor, or a group of theirs, is to review."""
        narrowed = args.object_of("filters", filters)
        return reviews.list_reviews(call.uow, call.actor, reviews.FOR_ME, narrowed, limit, cursor)

    @query("quality.own")
    def list_own_results(
        self,
        call: Call,
        *,
        filters: Json | None = None,
        limit: int = 25,
        cursor: str | None = None,
    ) -> Json:
        """A page of results of the actor's own work."""
        narrowed = args.object_of("filters", filters)
        return reviews.list_reviews(call.uow, call.actor, reviews.OWN, narrowed, limit, cursor)

    @query("quality.own")
    def get_quality_review(self, call: Call, *, review_id: str) -> Json:
        """One of them."""
        wanted = args.uuid_of("review_id", review_id)
        return reviews.get_review(call.uow, call.actor, wanted, call.now)

    @query("quality.own")
    def list_review_timeline(
        self, call: Call, *, review_id: str, limit: int = 50, cursor: str | None = None
    ) -> Json:
        """What was said and done in the checked ticket."""
        wanted = args.uuid_of("review_id", review_id)
        return reviews.list_review_timeline(call.uow, call.actor, wanted, limit, cursor)

    @query("quality.read")
    def compare_reviewers(self, call: Call, *, filters: Json | None = None) -> Json:
        """How reviewers judge."""
        narrowed = args.object_of("filters", filters)
        return reviews.compare_reviewers(call.uow, call.actor, narrowed)

    @command("quality.draw")
    def draw_review(
        self,
        call: Call,
        *,
        number: str,
        sheet_id: str,
        reviewer_kind: str = PERSON,
        reviewer_id: str | None = None,
    ) -> Json:
        """Check this ticket."""
        review = drawing.draw_review(
            call.uow,
            call.actor,
            call.now,
            number=args.number_of(number),
            sheet_id=args.uuid_of("sheet_id", sheet_id),
            reviewer=_reviewer(call, reviewer_kind, reviewer_id),
        )
        # Whoever draws may lack the rights to look at it afterwards: the answer says no more.
        told = {"ticket": args.number_of(number), "handler": review.handler_name}
        trace = {"object": str(review.review_id), "before": {}, "after": told}
        return {"review_id": str(review.review_id), "audit": trace}

    @command("quality.draw")
    def draw_sample(
        self,
        call: Call,
        *,
        condition: Json | None = None,
        days: int,
        count: int,
        sheet_id: str,
        reviewer_kind: str = PERSON,
        reviewer_id: str | None = None,
    ) -> Json:
        """Some of what fits."""
        drawn = drawing.draw_sample(
            call.uow,
            call.actor,
            call.now,
            self.config.business_zone,
            condition=read_condition(condition, KnownThings(call.uow.session)),
            days=whole_number("days", days, 1, _MOST_DAYS),
            count=whole_number("count", count, 1, MOST_DRAWN),
            sheet_id=args.uuid_of("sheet_id", sheet_id),
            reviewer=_reviewer(call, reviewer_kind, reviewer_id),
        )
        numbers = [number for _, number in drawn]
        trace = {"before": {}, "after": {"drawn": numbers}}
        return {"drawn": len(numbers), "numbers": numbers, "audit": trace}

    @command("quality.draw")
    def reassign_review(
        self,
        call: Call,
        *,
        review_id: str,
        version: int | None = None,
        reviewer_kind: str = PERSON,
        reviewer_id: str,
        reason: str | None = None,
    ) -> Json:
        """Somebody else reviews it."""
        review = judging.reassign_review(
            call.uow,
            call.actor,
            call.now,
            review_id=args.uuid_of("review_id", review_id),
            version=args.optional_count("version", version),
            reviewer=_reviewer(call, reviewer_kind, reviewer_id),
            reason=reason,
        )
        return _answer(call, review)

    @command("quality.review")
    def score_review(
        self,
        call: Call,
        *,
        review_id: str,
        version: int | None = None,
        scores: Json,
        comment: str | None = None,
        entry_ids: list[str] | None = None,
    ) -> Json:
        """The reviewer's judgement."""
        review = judging.score_review(
            call.uow,
            call.actor,
            call.now,
            review_id=args.uuid_of("review_id", review_id),
            version=args.optional_count("version", version),
            scores=args.object_of("scores", scores),
            comment=comment,
            entry_ids=args.uuids_of("entry_ids", entry_ids),
        )
        return _answer(call, review)

    @command("quality.own")
    def appeal_review(
        self, call: Call, *, review_id: str, version: int | None = None, reason: str
    ) -> Json:
        """The handler disputes the result."""
        review = judging.appeal_review(
            call.uow,
            call.actor,
            call.now,
            review_id=args.uuid_of("review_id", review_id),
            version=args.optional_count("version", version),
            reason=reason,
        )
        return _answer(call, review)

    @command("quality.decide")
    def decide_appeal(
        self,
        call: Call,
        *,
        review_id: str,
        version: int | None = None,
        reason: str,
        scores: Json | None = None,
    ) -> Json:
        """The result stands, or `scores` make another of it."""
        review = judging.decide_appeal(
            call.uow,
            call.actor,
            call.now,
            review_id=args.uuid_of("review_id", review_id),
            version=args.optional_count("version", version),
            scores=None if scores is None else args.object_of("scores", scores),
            reason=reason,
        )
        return _answer(call, review)

    @command("quality.own")
    def confirm_review(self, call: Call, *, review_id: str, version: int | None = None) -> Json:
        """The handler agrees."""
        review = judging.confirm_review(
            call.uow,
            call.actor,
            call.now,
            review_id=args.uuid_of("review_id", review_id),
            version=args.optional_count("version", version),
        )
        return _answer(call, review)


def _reviewer(call: Call, kind: str, reviewer_id: str | None) -> Reviewer:
    return drawing.find_reviewer(
        call.uow.session,
        call.actor,
        checks.one_of("reviewer_kind", kind, REVIEWER_KINDS),
        args.optional_uuid("reviewer_id", reviewer_id),
    )


def _answer(call: Call, review: Review) -> Json:
    told = {name: getattr(review, name) for name in _LOGGED}
    told["reviewer"] = review.reviewer_name or review.reviewer_group_name
    trace = {"object": str(review.review_id), "before": {}, "after": told}
    if not sees(review, call.actor):  # handed to somebody else by who saw it as a reviewer
        return {"review_id": str(review.review_id), "audit": trace}
    return reviews.show_whole(call.uow, call.actor, review, call.now) | {"audit": trace}
