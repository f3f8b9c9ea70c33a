"""Who is told what: the same as the shared scope, and nothing overtakes anything."""

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from gateway.live.seeing import Batch, Viewer, beat, frame
from gateway.live.storage import Row
from libs.common.actor import Actor
from libs.common.scope import allows

PEOPLE = [uuid4() for _ in range(3)]
UNITS = [uuid4() for _ in range(3)]
ME, HAN, WANG = PEOPLE
GROUP, ELSEWHERE, _ = UNITS

some_unit = st.none() | st.sampled_from(UNITS)
scopes = st.fixed_dictionaries(
    {
        "assignee": st.none() | st.sampled_from(PEOPLE),
        "group": some_unit,
        "department": some_unit,
        "region": some_unit,
        "requester": st.sampled_from(PEOPLE),
    }
)
units = st.lists(st.sampled_from(UNITS).map(str), max_size=2)
rights = st.fixed_dictionaries(
    {"tickets": st.sampled_from(["own", "group", "department", "region", "all", "none"])},
    optional={
        "pools": st.booleans(),
        "groups": units,
        "departments": units,
        "regions": units,
    },
)


def as_json(scope: dict[str, UUID | None]) -> dict[str, Any]:
    return {name: value and str(value) for name, value in scope.items()}


_ids = count(1)


def row(
    scope: dict[str, Any] | None = None,
    previous: tuple[dict[str, Any], ...] = (),
    *,
    place: int | None = None,
    kind: str = "ticket",
    ticket_id: UUID | None = None,
    recipients: tuple[UUID, ...] = (),
    is_public: bool = True,
    **body: Any,
) -> Row:
    place = place or next(_ids)
    return Row(
        id=place,
        created_at=datetime(2026, 10, 1, tzinfo=UTC),
        kind=kind,
        ticket_id=ticket_id or uuid4(),
        scope=as_json(scope) if scope else None,
        previous=[as_json(one) for one in previous],
        recipients=[str(one) for one in recipients],
        is_public=is_public,
        body={"type": "ticket.replied", "number": "G1", "seq": place, "status": "open", **body},
    )


def viewer(subject: UUID = ME, **rights: Any) -> Viewer:
    return Viewer.of(reader(rights or {"tickets": "own"}, subject))


def reader(scopes: dict[str, Any], subject: UUID = ME) -> Actor:
    return Actor(subject, "李雷", scopes=scopes, permissions=frozenset({"ticket.read"}))


def told(frames: bytes) -> list[dict[str, Any]]:
    lines = [line for line in frames.decode().splitlines() if line.startswith("data: ")]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def ids(frames: bytes) -> list[int]:
    return [int(line[4:]) for line in frames.decode().splitlines() if line.startswith("id: ")]


@given(rights=rights, scope=scopes)
def test_whoever_may_see_a_ticket_is_told_of_it_and_nobody_else(rights, scope):
    actor = reader(rights)
    frames = Batch([row(scope)]).frames_for(Viewer.of(actor))
    assert bool(frames) == allows(actor, scope)


def test_whoever_may_not_read_tickets_hears_only_what_is_sent_to_them():
    author = Actor(ME, "李雷", scopes={"tickets": "all", "pools": True})
    mine = row(None, kind="notice", recipients=(ME,), type="notice.raised")
    of_others = row({"assignee": ME, "group": None}, (), type="ticket.assigned")
    found = told(Batch([of_others, mine]).frames_for(Viewer.of(author)))
    assert [one["type"] for one in found] == ["notice.raised"]


@given(rights=rights, before=scopes, now=scopes)
def test_whoever_could_see_a_ticket_is_told_that_it_is_gone(rights, before, now):
    actor = reader(rights)
    found = told(Batch([row(now, (before,))]).frames_for(Viewer.of(actor)))
    expected = ["ticket.replied"] if allows(actor, now) else ["ticket.gone"] * allows(actor, before)
    assert [one["type"] for one in found] == expected


@given(rights=st.lists(rights, max_size=4), changes=st.lists(scopes, max_size=6))
def test_what_is_found_out_for_one_viewer_does_not_change_what_another_is_told(rights, changes):
    rows = [row(scope) for scope in changes]
    viewers = [Viewer.of(reader(one)) for one in rights]
    together = Batch(rows)
    assert [together.frames_for(one) for one in viewers] == [
        Batch(rows).frames_for(one) for one in viewers
    ]


def test_that_a_ticket_is_gone_says_nothing_of_where_to():
    frames = Batch([row({"assignee": HAN}, ({"assignee": ME},), assignee_id=str(HAN))])
    [gone] = told(frames.frames_for(viewer()))
    assert set(gone) == {"type", "ticket_id", "number", "seq", "occurred_at"}


def test_several_updates_of_a_ticket_are_told_as_the_newest_in_its_place():
    one, other = uuid4(), uuid4()
    mine = {"assignee": ME}
    batch = Batch(
        [
            row(mine, place=101, ticket_id=one),
            row(mine, place=102, ticket_id=other),
            row(mine, place=103, ticket_id=one),
        ]
    )
    assert ids(batch.frames_for(viewer())) == [102, 103]


def test_what_was_heard_before_is_not_told_again():
    mine = {"assignee": ME}
    batch = Batch([row(mine, place=place) for place in (201, 202, 203)])
    assert ids(batch.frames_for(viewer(), 202)) == [203]
    assert ids(batch.frames_for(viewer())) == [201, 202, 203]


def test_a_notice_reaches_its_recipient_alone():
    batch = Batch([row(kind="notice", recipients=(ME,))])
    assert told(batch.frames_for(viewer()))
    assert not batch.frames_for(viewer(HAN, tickets="all"))


def test_an_offer_reaches_whoever_sees_the_pool_too():
    batch = Batch([row({"assignee": None, "group": GROUP}, kind="offer", recipients=(HAN,))])
    assert told(batch.frames_for(viewer(HAN)))
    assert told(batch.frames_for(viewer(tickets="own", pools=True, groups=[str(GROUP)])))
    assert not batch.frames_for(viewer(tickets="own", pools=True, groups=[str(ELSEWHERE)]))


def test_requesters_hear_that_something_public_has_happened_and_no_more():
    requester = viewer(WANG, tickets="requested", requester=str(WANG))
    mine = {"assignee": HAN, "requester": WANG}
    [heard] = told(Batch([row(mine, status="in_progress")]).frames_for(requester))
    assert heard == {"type": "request.changed", "number": "G1", "occurred_at": None}
    assert not Batch([row(mine, is_public=False)]).frames_for(requester)
    assert not Batch([row(mine, kind="clock")]).frames_for(requester)
    assert not Batch([row({"requester": HAN})]).frames_for(requester)


def test_frames_are_server_sent_events():
    assert frame(7, {"a": 1}) == b'id: 7\ndata: {"a":1}\n\n'
    assert frame(7, {}, "ready") == b"id: 7\nevent: ready\ndata: {}\n\n"
    assert beat(7) == b": here\nid: 7\n\n"
