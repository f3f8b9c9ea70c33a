"""Nobody overwrites what somebody else has changed meanwhile."""

from libs.common.errors import Stale


def check_version(present: int, given: int | None) -> None:
    """Raises Stale with the present version in its details; None: whichever it is."""
    if given is not None and present != given:
        raise Stale("version.stale", "somebody changed it meanwhile", {"version": present})
