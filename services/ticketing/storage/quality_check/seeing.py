"""Who may see a review: its own rule, asked with the shared scope."""

from libs.common.actor import Actor
from libs.common.scope import allows, watched_ids
from services.ticketing.domain.quality_check.review import Review


def sees(review: Review, actor: Actor) -> bool:
    """As the lists of reviews decide in SQL."""
    return review.is_seen_by(actor, watched_ids(actor), allows(actor, review.scope()))
