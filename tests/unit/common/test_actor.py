"""A signed actor is good for one call, for a while, and for nobody else."""

import base64
import json
import time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.actor import SYSTEM, Actor, sign_actor, verify_actor
from libs.common.errors import Forbidden, Unauthenticated

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
LI = Actor(
    UUID(int=7),
    "李雷",
    roles=("agent", "supervisor"),
    scopes={"groups": ["a"], "depth": 2},
    permissions=frozenset({"ticket.reply", "ticket.note"}),
)
CALL: dict[str, Any] = {"method": "ticketing.assign_ticket", "request_id": "r-1", "key": KEY}


def signed(actor: Actor = LI, *, seconds: float = 10, **changed: Any) -> str:
    return sign_actor(actor, expires_at=time.time() + seconds, **{**CALL, **changed})


def refusal(token: object, **changed: Any) -> str:
    with pytest.raises(Unauthenticated) as refused:
        verify_actor(token, **{**CALL, **changed})
    return refused.value.code


def test_a_verified_actor_is_the_one_that_was_signed() -> None:
    assert verify_actor(signed(), **CALL) == LI
    assert verify_actor(signed(SYSTEM), **CALL) == SYSTEM


@given(
    name=st.text(),
    roles=st.lists(st.text()),
    scopes=st.dictionaries(st.text(), st.none() | st.booleans() | st.text() | st.lists(st.text())),
)
def test_any_name_role_and_scope_comes_through(
    name: str, roles: list[str], scopes: dict[str, Any]
) -> None:
    actor = Actor(UUID(int=1), name, kind="customer", roles=tuple(roles), scopes=scopes)
    assert verify_actor(signed(actor), **CALL) == actor


def test_another_key_does_not_verify() -> None:
    assert refusal(signed(key=OTHER_KEY)) == "actor.forged"


def test_a_changed_claim_does_not_verify() -> None:
    body, _, signature = signed().partition(".")
    claims = json.loads(base64.urlsafe_b64decode(body))
    claims["roles"] = ["supervisor"]
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
    assert refusal(f"{forged}.{signature}") == "actor.forged"


@given(st.data())
def test_every_changed_character_is_noticed(data: st.DataObject) -> None:
    token = sign_actor(LI, expires_at=4e9, **CALL)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters().filter(lambda one: one != token[place]))
    assert refusal(token[:place] + letter + token[place + 1 :]) == "actor.forged"


@pytest.mark.parametrize(
    "token", [None, "", ".", "a.b", "a", 7, b"a.b", ["a.b"], {}, "\ud800.\ud800", "客.服"]
)
def test_what_is_no_token_is_refused_as_forged(token: object) -> None:
    assert refusal(token) == "actor.forged"


def test_an_empty_key_is_never_good_for_a_token() -> None:
    with pytest.raises(ValueError, match="key"):
        signed(key=b"")


def test_a_token_for_another_method_is_misplaced() -> None:
    assert refusal(signed(), method="ticketing.solve_ticket") == "actor.misplaced"
    assert refusal(signed(), method="notify.assign_ticket") == "actor.misplaced"


def test_a_token_of_another_request_is_misplaced() -> None:
    assert refusal(signed(), request_id="r-2") == "actor.misplaced"
    assert refusal(signed(), request_id="") == "actor.misplaced"


def test_a_token_ends_with_its_time() -> None:
    assert refusal(signed(seconds=-0.001)) == "actor.expired"


def test_an_actor_may_what_its_signed_permissions_say_and_nothing_else() -> None:
    assert LI.may("ticket.reply")
    LI.demand("ticket.reply")
    assert not SYSTEM.may("ticket.reply")
    with pytest.raises(Forbidden, match=r"ticket\.assign"):
        LI.demand("ticket.assign")


def test_a_timeline_shows_kind_id_and_name_alone() -> None:
    assert LI.as_fact() == {"kind": "staff", "id": UUID(int=7), "name": "李雷"}
    assert SYSTEM.as_fact() == {"kind": "system", "id": None, "name": "系统"}
