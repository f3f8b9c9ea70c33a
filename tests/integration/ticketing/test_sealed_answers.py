"""One answer to all tickets of a problem, kept sealed where texts are."""

import secrets
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from libs.common.clock import utc_now
from libs.common.crypto import KeyRing
from libs.common.database.unit_of_work import Database
from services.ticketing.queries.problems import get_problem
from services.ticketing.use_cases.problem_answers import answer_next, start_answer
from services.ticketing.use_cases.problems import create_problem, link_problem
from services.ticketing.use_cases.seal_texts import seal_texts
from tests.integration.ticketing.desk import Desk
from tests.integration.ticketing.test_sealed_texts import clear_outbox, desk_with
from tests.support.dump import places_of

FIRST, SECOND = {"k1": secrets.token_bytes(32)}, {"k2": secrets.token_bytes(32)}
ANSWER = "支付已恢复，请您再试一次"


@pytest.fixture
def plain(database: Database) -> Desk:
    """The desk of a process without keys."""
    return Desk(Database(database.engine, "ticketing"))


@pytest.fixture
def sealing(database: Database) -> Desk:
    """The desk of a process with TICKET_BODIES=sealed."""
    return desk_with(database, KeyRing(FIRST))


@pytest.fixture(autouse=True)
def _empty(database: Database) -> None:
    with database.engine.begin() as connection:
        tables = "tickets, timeline_entries, outbox, problem_answers, problem_answer_items"
        connection.execute(text(f"TRUNCATE {tables} CASCADE"))


def ordered(desk: Desk) -> tuple[str, str]:
    """The numbers of a problem with an answer under way, and of its ticket."""
    about = {"title": "支付回调超时", "description": "银行侧超时"}
    problem = desk.do(create_problem, desk.boss, zone=ZoneInfo("Asia/Shanghai"), values=about)
    ticket = desk.open()["number"]
    desk.do(link_problem, desk.boss, number=problem.number, tickets=[ticket])
    desk.do(start_answer, desk.boss, number=problem.number, text=ANSWER, solves=False)
    return problem.number, ticket


def test_it_is_sealed_from_the_start_and_answers_all_the_same(sealing: Desk, database: Database):
    problem, ticket = ordered(sealing)
    clear_outbox(sealing)
    assert not places_of(database, ANSWER)
    assert answer_next(database=sealing.database, now=utc_now())
    assert sealing.show(ticket)["timeline"]["items"][-1]["text"] == ANSWER
    [shown] = sealing.ask(get_problem, problem)["answers"]
    assert shown["text"] == ANSWER


def test_a_plain_one_is_sealed_later_and_goes_on(plain: Desk, sealing: Desk, database: Database):
    _, ticket = ordered(plain)
    clear_outbox(plain)
    assert places_of(database, ANSWER)
    while seal_texts(sealing.database):
        pass
    assert not places_of(database, ANSWER)
    answer_next(database=sealing.database, now=utc_now())
    assert sealing.show(ticket)["timeline"]["items"][-1]["text"] == ANSWER


def test_what_no_key_opens_answers_nobody(sealing: Desk, database: Database):
    problem, ticket = ordered(sealing)
    other = desk_with(database, KeyRing(SECOND))
    assert answer_next(database=other.database, now=utc_now())
    assert sealing.show(ticket)["timeline"]["items"][-1]["text"] != ANSWER
    items = sealing.ask(get_problem, problem)["answers"]
    assert (items[0]["answered"], items[0]["skipped"]) == (0, 1)
