"""Whoever changes their own proofs must be a person: programs with keys have none."""

from gateway.auth.caller import Caller
from gateway.auth.guard import caller
from libs.common.errors import Forbidden


def own_person() -> Caller:
    """The present caller; raises Forbidden for an API key."""
    who = caller()
    if who.kind not in ("cookie", "bearer"):
        raise Forbidden("session.person_only", "only people have a password and sessions")
    return who
