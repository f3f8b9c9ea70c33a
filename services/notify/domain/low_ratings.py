"""What staff are told of customers' judgements: that somebody is not satisfied (B9)."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.notify.domain.happenings import STAFF, Happening


def happenings_of_ratings(ratings: Iterable[Mapping[str, Any]]) -> list[Happening]:
    """From the data of `ticket.rated`; of a judgement that is neither good nor bad, none."""
    return [_happening(one) for one in ratings if one.get("is_satisfied") is False]


def _happening(rating: Mapping[str, Any]) -> Happening:
    score, comment = rating.get("rated_score"), rating.get("comment") or ""
    return Happening(
        occasion="rated_low",
        occasion_key=f"{rating['ticket_id']}:{rating['seq']}",
        header=rating,
        extra={"score": "" if score is None else score, "comment": comment},
        facts={"score": score, "source": rating["source"]},
        audiences=(STAFF,),
    )
