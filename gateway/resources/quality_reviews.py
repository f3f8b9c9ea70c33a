"""Reviews (质检单): drawn, scored, disputed, confirmed."""

from typing import Any
from uuid import UUID

from flask import Response

from gateway.answers import answer
from gateway.auth.access import requires
from gateway.blueprint import ApiBlueprint
from gateway.calls import command, query
from gateway.preconditions import ETAG_HEADER, LOCATION_HEADER, expected_version
from gateway.resources.versioned import EDIT_ERRORS, IF_MATCH, present
from gateway.schemas.entry import TimelinePage, TimelineQuery
from gateway.schemas.quality import (
    AppealDecision,
    Calibration,
    CalibrationQuery,
    DrawnReview,
    DrawnSample,
    NewAppeal,
    NewReview,
    NewReviewer,
    NewSample,
    NewScore,
    Review,
    ReviewPage,
    ReviewQuery,
)

blueprint = ApiBlueprint(
    "quality reviews",
    __name__,
    url_prefix="/quality-reviews",
    description="How the handling of single tickets was judged",
)

_ONE = "/<uuid:review_id>"


@blueprint.operation("GET", "")
@requires("quality.read")
@blueprint.arguments(ReviewQuery, location="query")
@blueprint.response(200, ReviewPage)
def list_quality_reviews(wanted: dict[str, Any]) -> Response:
    """Those that the caller's scope reaches, last drawn first."""
    return _page("list_quality_reviews", wanted)


@blueprint.operation("GET", "/for-me")
@requires("quality.review")
@blueprint.arguments(ReviewQuery, location="query")
@blueprint.response(200, ReviewPage)
def list_reviews_for_me(wanted: dict[str, Any]) -> Response:
    """Those that the caller, or a group of theirs, is to review."""
    return _page("list_reviews_for_me", wanted)


@blueprint.operation("GET", "/own")
@requires("quality.own")
@blueprint.arguments(ReviewQuery, location="query")
@blueprint.response(200, ReviewPage)
def list_own_results(wanted: dict[str, Any]) -> Response:
    """Results of the caller's own work."""
    return _page("list_own_results", wanted)


@blueprint.operation("GET", "/calibration")
@requires("quality.read")
@blueprint.arguments(CalibrationQuery, location="query")
@blueprint.response(200, Calibration)
def compare_reviewers(wanted: dict[str, Any]) -> Response:
    """How each reviewer judges, of what the caller's scope reaches."""
    return answer(query("ticketing", "compare_reviewers", {"filters": plain(wanted)}))


@blueprint.operation("POST", "", is_command=True)
@requires("quality.draw")
@blueprint.arguments(NewReview)
@blueprint.response(201, DrawnReview, headers=LOCATION_HEADER)
def draw_review(values: dict[str, Any]) -> Response:
    """Check this ticket; without a reviewer the caller does."""
    made = command("ticketing", "draw_review", plain(values))
    return answer(made, 201, {"Location": f"/api/v1/quality-reviews/{made['review_id']}"})


@blueprint.operation("POST", "/samples", is_command=True)
@requires("quality.draw")
@blueprint.arguments(NewSample)
@blueprint.response(200, DrawnSample)
def draw_sample(values: dict[str, Any]) -> Response:
    """Check some of the ended tickets that fit and that the caller sees: 100 at most."""
    return answer(command("ticketing", "draw_sample", plain(values)))


@blueprint.operation("GET", _ONE, errors=(404,))
@requires("quality.own")
@blueprint.response(200, Review, headers=ETAG_HEADER)
def get_quality_review(review_id: UUID) -> Response:
    """One with its sheet, its points and its steps."""
    return present(query("ticketing", "get_quality_review", {"review_id": str(review_id)}))


@blueprint.operation("GET", f"{_ONE}/timeline", errors=(404,))
@requires("quality.own")
@blueprint.arguments(TimelineQuery, location="query")
@blueprint.response(200, TimelinePage)
def list_review_timeline(page: dict[str, Any], review_id: UUID) -> Response:
    """The checked ticket's timeline, for whoever may see the review."""
    args = {"review_id": str(review_id), **page}
    return answer(query("ticketing", "list_review_timeline", args))


@blueprint.operation(
    "PUT", f"{_ONE}/reviewer", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("quality.draw")
@blueprint.arguments(NewReviewer)
@blueprint.response(200, DrawnReview)
def reassign_review(values: dict[str, Any], review_id: UUID) -> Response:
    """Somebody else reviews it, as long as nobody has."""
    return _change("reassign_review", review_id, values)


@blueprint.operation(
    "POST", f"{_ONE}/score", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("quality.review")
@blueprint.arguments(NewScore)
@blueprint.response(200, Review, headers=ETAG_HEADER)
def score_review(values: dict[str, Any], review_id: UUID) -> Response:
    """The reviewer's judgement; what is missing is named by item."""
    return _change("score_review", review_id, values)


@blueprint.operation(
    "POST", f"{_ONE}/appeal", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("quality.own")
@blueprint.arguments(NewAppeal)
@blueprint.response(200, Review, headers=ETAG_HEADER)
def appeal_review(values: dict[str, Any], review_id: UUID) -> Response:
    """The handler disputes the result: once, in time."""
    return _change("appeal_review", review_id, values)


@blueprint.operation(
    "POST", f"{_ONE}/decision", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("quality.decide")
@blueprint.arguments(AppealDecision)
@blueprint.response(200, Review, headers=ETAG_HEADER)
def decide_appeal(values: dict[str, Any], review_id: UUID) -> Response:
    """The result stands, or `scores` make another of it; never by who was concerned."""
    return _change("decide_appeal", review_id, values)


@blueprint.operation(
    "POST", f"{_ONE}/confirmation", errors=EDIT_ERRORS, is_command=True, parameters=IF_MATCH
)
@requires("quality.own")
@blueprint.response(200, Review, headers=ETAG_HEADER)
def confirm_review(review_id: UUID) -> Response:
    """The handler agrees before time does."""
    return _change("confirm_review", review_id, {})


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Ids and instants as RPC carries them."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _page(method: str, wanted: dict[str, Any]) -> Response:
    page: dict[str, Any] = {
        name: wanted.pop(name) for name in ("limit", "cursor") if name in wanted
    }
    return answer(query("ticketing", method, {"filters": plain(wanted), **page}))


def _change(method: str, review_id: UUID, values: dict[str, Any]) -> Response:
    version = expected_version(is_required=True)
    args = {"review_id": str(review_id), "version": version, **plain(values)}
    changed = command("ticketing", method, args)
    return present(changed) if "version" in changed else answer(changed)
