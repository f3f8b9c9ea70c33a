"""Live updates over HTTP, from two real processes of the web on one database."""

import socket
import threading
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
import requests
from sqlalchemy import text

from gateway.auth.sessions import revoke_all
from gateway.live.hub import MOST_PER_PERSON
from gateway.portal.sessions import Customer, end_portal_session, open_portal_session
from gateway.upkeep import forget_updates
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.supervisor.ports import free_port
from libs.common.supervisor.programs import Program, launcher
from libs.common.testing.eventually import eventually
from libs.common.testing.processes import Processes
from tests.support.live_events import Ticket, event_of
from tests.support.live_stream import listening

pytestmark = pytest.mark.services("gateway")

SECOND = "gateway.web second"


@pytest.fixture(scope="module")
def second_port() -> int:
    return free_port()


@pytest.fixture(scope="module", autouse=True)
def _running(database: Database, processes: Processes, second_port: int) -> None:
    """The second process takes four streams only."""
    web = launcher("gateway.web")
    env = {"GATEWAY_PORT": str(second_port), "GATEWAY_STREAMS": "4", "GATEWAY_THREADS": "2"}
    processes.run(web, Program(SECOND, web.argv, env, web.roles))
    processes.wait_ready(web.name, SECOND)


@pytest.fixture(scope="module")
def base(installation: dict[str, str]) -> str:
    return f"http://127.0.0.1:{installation['GATEWAY_PORT']}/api/v1"


@pytest.fixture(scope="module")
def second(second_port: int) -> str:
    return f"http://127.0.0.1:{second_port}/api/v1"


def test_a_stream_says_that_it_is_ready_and_then_what_happens(
    base: str, token_of: Any, happens: Any
) -> None:
    with listening(base, token_of("CS900")) as stream:
        headers = stream.response.headers
        assert headers["Content-Type"] == "text/event-stream"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Accel-Buffering"] == "no"
        ready = stream.hear()
        assert (ready.name, ready.id) == ("ready", str(ready.data["position"]))
        ticket = Ticket()
        happens(ticket.tells("ticket.created"))
        heard = stream.hear()
        assert heard.data["ticket_id"] == str(ticket.ticket_id)
        assert int(heard.id) > int(ready.id)


def test_everybody_hears_what_is_theirs(
    base: str, token_of: Any, person_of: Any, happens: Any
) -> None:
    """CS001 and CS002 see their own tickets and what waits; the notice is CS002's."""
    one, two = person_of("CS001"), person_of("CS002")
    with listening(base, token_of("CS001")) as first, listening(base, token_of("CS002")) as other:
        mine, theirs, end = Ticket(assignee=one), Ticket(assignee=two), Ticket()
        happens(mine.tells("ticket.created"), theirs.tells("ticket.created"))
        happens(event_of("notice.raised", recipient_id=two))
        happens(end.tells("ticket.created"))
        final = str(end.ticket_id)
        heard = [event.data["type"] for event in first.hear_until(ticket_id=final)[1:]]
        assert heard == ["ticket.created", "ticket.created"]
        heard = [event.data["type"] for event in other.hear_until(ticket_id=final)[1:]]
        assert heard == ["ticket.created", "notice.raised", "ticket.created"]


def test_whoever_loses_a_ticket_hears_so_and_not_who_has_it(
    base: str, token_of: Any, person_of: Any, happens: Any
) -> None:
    ticket = Ticket(assignee=person_of("CS001"))
    happens(ticket.tells("ticket.created"))
    with listening(base, token_of("CS001")) as stream:
        stream.hear()
        happens(ticket.goes_to(person_of("CS002")))
        gone = stream.hear().data
        assert gone["type"] == "ticket.gone"
        assert gone["number"] == ticket.number
        assert "assignee_id" not in gone


def test_a_stream_goes_on_at_another_process_where_it_was_broken_off(
    base: str, second: str, token_of: Any, happens: Any
) -> None:
    token, tickets = token_of("CS900"), [Ticket() for _ in range(4)]
    with listening(base, token) as stream:
        stream.hear()
        happens(tickets[0].tells("ticket.created"))
        last = stream.hear()
    happens(tickets[1].tells("ticket.created"))
    happens(tickets[2].tells("ticket.created"))
    with listening(second, token, after=last.id) as stream:
        assert stream.hear().name == "ready"
        happens(tickets[3].tells("ticket.created"))
        heard = stream.hear_until(ticket_id=str(tickets[3].ticket_id))
    assert [event.data["ticket_id"] for event in heard] == [
        str(ticket.ticket_id) for ticket in tickets[1:]
    ]


def test_nothing_is_lost_or_told_twice_while_streams_come_and_go(
    base: str, second: str, token_of: Any, happens: Any
) -> None:
    token, tickets = token_of("CS900"), [Ticket() for _ in range(60)]
    begun = threading.Event()

    def write() -> None:
        begun.wait()
        for ticket in tickets:
            happens(ticket.tells("ticket.created"))

    writer = threading.Thread(target=write)
    writer.start()
    heard: list[str] = []
    with listening(base, token) as stream:
        position = stream.hear().id
    begun.set()
    while len(heard) < len(tickets):
        for place in (base, second):
            with listening(place, token, after=position) as stream:
                assert stream.hear().name == "ready"
                told = [stream.hear() for _ in range(min(7, len(tickets) - len(heard)))]
            heard += [event.data["ticket_id"] for event in told]
            position = told[-1].id if told else position
    writer.join()
    assert heard == [str(ticket.ticket_id) for ticket in tickets]


def test_whoever_was_away_for_too_long_begins_anew(
    base: str, token_of: Any, happens: Any, database: Database
) -> None:
    token = token_of("CS900")
    with listening(base, token, wait=0) as stream:
        early = stream.hear().id
    happens(Ticket().tells("ticket.created"), Ticket().tells("ticket.created"))
    with database.begin() as uow:
        uow.session.execute(text("UPDATE live_updates SET created_at = '2020-01-01'"))
        uow.commit()
    forget_updates(database, utc_now())
    with listening(base, token, after=early, wait=0) as stream:
        [reset] = stream.rest()
        assert reset.name == "reset"
    with listening(base, token, after=reset.id, wait=0) as stream:
        assert [event.name for event in stream.rest()] == ["ready"]


@pytest.mark.parametrize("position", ["999999999999", "0"])
def test_a_position_that_never_was_or_is_no_more_is_none(
    base: str, token_of: Any, happens: Any, database: Database, position: str
) -> None:
    happens(Ticket().tells("ticket.created"))
    with database.begin() as uow:
        uow.session.execute(text("UPDATE live_updates SET created_at = '2020-01-01'"))
        uow.commit()
    forget_updates(database, utc_now())
    with listening(base, token_of("CS900"), after=position, wait=0) as stream:
        assert [event.name for event in stream.rest()] == ["reset"]


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({"Last-Event-ID": "12x"}, {}),
        ({"Last-Event-ID": "9" * 30}, {}),
        ({}, {"after": "-1"}),
        ({}, {"after": str(2**63)}),
        ({}, {"wait": "61"}),
        ({}, {"wait": "soon"}),
        ({}, {"since": "1"}),
    ],
)
def test_a_position_that_is_none_is_refused_by_name(
    base: str, token_of: Any, headers: dict[str, str], query: dict[str, str]
) -> None:
    authorised = {"Authorization": f"Bearer {token_of('CS001')}", **headers}
    answer = requests.get(f"{base}/live", headers=authorised, params=query, timeout=20)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {*headers, *query}


def test_without_events_a_poll_ends_with_the_first_updates_or_when_its_time_is_over(
    base: str, token_of: Any, happens: Any
) -> None:
    token = token_of("CS900")
    with listening(base, token, wait=1) as stream:
        assert [event.name for event in stream.rest()] == ["ready", "end"]
        position = stream.last_id
    ticket = Ticket()
    with listening(base, token, after=position, wait=60) as stream:
        stream.hear()
        happens(ticket.tells("ticket.created"))
        assert [event.data["ticket_id"] for event in stream.rest()] == [str(ticket.ticket_id)]
    with listening(base, token, after=position, wait=60) as stream:
        assert [event.name for event in stream.rest()] == ["ready", ""]


def test_a_revoked_session_hears_no_more(
    base: str, token_of: Any, person_of: Any, database: Database
) -> None:
    with listening(base, token_of("CS001")) as stream:
        stream.hear()
        with database.begin() as uow:
            revoke_all(uow.session, person_of("CS001"), utc_now())
            uow.commit()
        [end] = stream.rest()
        assert (end.name, end.data) == ("end", {"reason": "session"})


def test_a_token_that_expires_ends_its_stream(
    base: str, token_of: Any, person_of: Any, database: Database
) -> None:
    with listening(base, token_of("CS002")) as stream:
        stream.hear()
        with database.begin() as uow:
            over = text("UPDATE sessions SET expires_at = now() WHERE person_id = :id")
            uow.session.execute(over, {"id": person_of("CS002")})
            uow.commit()
        assert [event.name for event in stream.rest()] == ["end"]


def test_rights_are_those_of_now(
    base: str, token_of: Any, person_of: Any, happens: Any, database: Database
) -> None:
    """An agent who becomes a supervisor sees everything without connecting again."""
    person = person_of("CS002")

    def become(role: str) -> None:
        with database.begin() as uow:
            change = text("UPDATE people SET role = :role WHERE person_id = :id")
            uow.session.execute(change, {"role": role, "id": person})
            uow.commit()

    with listening(base, token_of("CS002")) as stream:
        stream.hear()
        become("supervisor")
        try:
            hidden = person_of("CS001")
            found: list[str] = []

            def hears() -> bool:
                ticket = Ticket(assignee=hidden)
                happens(ticket.tells("ticket.created"))
                happens(event_of("notice.raised", recipient_id=person, notice_id=uuid4()))
                heard = stream.hear_until(type="notice.raised")
                found.extend(event.data["type"] for event in heard)
                return "ticket.created" in found

            assert eventually(hears, 10, pause=0.3)
        finally:
            become("agent")


def test_whoever_has_too_many_streams_is_asked_to_come_later(second: str, token_of: Any) -> None:
    """The second process takes four; a place that becomes free is given again."""
    with ExitStack() as open_ones:
        streams = [
            open_ones.enter_context(listening(second, token_of(login)))
            for login in ("CS001", "CS001", "CS002", "CS900")
        ]
        assert [stream.hear().name for stream in streams] == ["ready"] * 4
        headers = {"Authorization": f"Bearer {token_of('CS900')}"}
        refused = requests.get(f"{second}/live", headers=headers, timeout=20)
        assert refused.status_code == 503
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.json()["code"] == "live.full"
        assert int(refused.headers["Retry-After"]) > 0

        def answers() -> bool:
            # Two threads, four streams: requests are answered all the same.
            return requests.get(f"{second}/session", headers=headers, timeout=20).ok

        assert all(answers() for _ in range(10))

    def is_let_in() -> bool:
        with listening(second, token_of("CS900")) as stream:
            return stream.hear().name == "ready"

    assert eventually(is_let_in, 10)


def test_one_person_does_not_take_all_places(base: str, token_of: Any) -> None:
    token = token_of("CS001")
    with ExitStack() as open_ones:
        streams = [open_ones.enter_context(listening(base, token)) for _ in range(MOST_PER_PERSON)]
        assert [stream.hear().name for stream in streams] == ["ready"] * MOST_PER_PERSON
        headers = {"Authorization": f"Bearer {token}"}
        assert requests.get(f"{base}/live", headers=headers, timeout=20).status_code == 503
        with listening(base, token_of("CS002")) as stream:
            assert stream.hear().name == "ready"


def test_a_peer_that_speaks_the_oldest_http_gets_no_chunks(
    installation: dict[str, str], token_of: Any, happens: Any
) -> None:
    ask = f"GET /api/v1/live HTTP/1.0\r\nAuthorization: Bearer {token_of('CS900')}\r\n\r\n"
    with (
        socket.create_connection(
            ("127.0.0.1", int(installation["GATEWAY_PORT"])), timeout=20
        ) as connection,
        connection.makefile("rb") as answer,
    ):
        connection.sendall(ask.encode())
        lines = iter(answer.readline, b"")
        head = list(iter(lambda: next(lines), b"\r\n"))
        assert b"200 OK" in head[0]
        assert not any(line.lower().startswith(b"transfer-encoding") for line in head)
        assert next(lines) == b"retry: 2000\n"
        assert [next(lines)[:4], next(lines)] == [b"id: ", b"event: ready\n"]
        next(lines), next(lines)
        happens(Ticket().tells("ticket.created"))
        assert next(lines).startswith(b"id: ")
        assert next(lines).startswith(b"data: {")


def test_requesters_hear_of_their_own_requests_in_public(
    base: str, token_of: Any, happens: Any, database: Database
) -> None:
    """A customer of the portal: not of notes, not of others' tickets; not after logging out."""
    customer_id = uuid4()
    with database.begin() as uow:
        customer = Customer(customer_id, None, "王女士", "zh")
        token, _ = open_portal_session(uow.session, customer, "bearer", "127.0.0.1", utc_now())
        uow.commit()
    mine, theirs = Ticket("G20261001007", requester=customer_id), Ticket()
    with listening(base, token, "/requests/live") as stream:
        stream.hear()
        happens(theirs.tells("ticket.created"))
        happens(mine.tells("ticket.note_added"))
        happens(mine.tells("ticket.replied"))
        heard = stream.hear().data
        assert heard.pop("occurred_at")
        assert heard == {"type": "request.changed", "number": "G20261001007"}
        with database.begin() as uow:
            own = text("SELECT portal_session_id FROM portal_sessions WHERE customer_id = :id")
            opened = uow.session.execute(own, {"id": customer_id}).scalar_one()
            end_portal_session(uow.session, opened, utc_now())
            uow.commit()
        assert [event.name for event in stream.rest()] == ["end"]


def test_a_programs_key_listens_until_it_is_revoked(base: str, token_of: Any, happens: Any) -> None:
    headers = {"Authorization": f"Bearer {token_of('AD001')}"}
    wanted = {"name": "a wall board", "role": "supervisor"}
    made = requests.post(f"{base}/api-keys", json=wanted, headers=headers, timeout=20).json()
    with listening(base, made["token"]) as stream:
        stream.hear()
        ticket = Ticket(assignee=uuid4())
        happens(ticket.tells("ticket.created"))
        assert stream.hear().data["number"] == ticket.number
        key = f"{base}/api-keys/{made['api_key_id']}"
        assert requests.delete(key, headers=headers, timeout=20).status_code == 204
        assert [event.name for event in stream.rest()] == ["end"]


def test_operators_see_how_many_listen(base: str, token_of: Any, processes: Processes) -> None:
    metrics = f"http://127.0.0.1:{processes.health_port('gateway.web')}/metrics"

    def count() -> float:
        lines = requests.get(metrics, timeout=20).text.splitlines()
        [line] = [one for one in lines if one.startswith("tidedesk_live_streams ")]
        return float(line.split()[1])

    assert eventually(lambda: count() == 0)
    with listening(base, token_of("CS900")) as stream:
        stream.hear()
        assert count() == 1
    assert eventually(lambda: count() == 0)


def test_a_process_that_stops_ends_its_streams_at_once(
    second: str, token_of: Any, processes: Processes
) -> None:
    with listening(second, token_of("CS900")) as stream:
        stream.hear()
        processes.stop(SECOND)
        assert [event.data for event in stream.rest()] == [{"reason": "stopping"}]
