"""Looking into the log: every filter, page by page, fast however long it is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from sqlalchemy import text

from gateway.audit.recording import close_recording
from gateway.audit.search import resolve_actor, search_entries, statement_of
from gateway.schemas.audit import AuditAction, AuditFilters, AuditPage, SealState
from libs.common.clock import utc_now
from libs.common.database.unit_of_work import Database
from libs.common.ids import uuid7
from tests.support.audit import LI, Log, Who, entry_of, fill
from tests.support.gateway import Browser, problem_of

pytestmark = pytest.mark.services("gateway")

HAN = Who("staff", uuid7(), "CS002", "韩梅梅", "supervisor", uuid7())
ZHANG = Who("customer", uuid7(), None, "张三", "customer")


@pytest.fixture
def log(database: Database) -> Iterator[Log]:
    """Empty at first, whatever the fixtures of people have written."""
    log = Log(database)
    with log.as_owner_of_the_server() as connection:
        connection.execute(text("TRUNCATE audit_entries, audit_seals, audit_tail"))
    yield log
    with log.as_owner_of_the_server() as connection:
        connection.execute(text("TRUNCATE audit_entries, audit_seals, audit_tail"))


def listed(browser: Browser, query: str = "") -> list[dict[str, Any]]:
    """What the test has written, not what its own looking adds."""
    found = browser.get(f"/audit/entries?{query}")
    assert found.status_code == 200, found.get_data(as_text=True)
    page = found.get_json()
    assert AuditPage().validate(page) == {}
    own = ("list_audit_entries", "session.opened")
    return [entry for entry in page["items"] if entry["action"] not in own]


def test_the_newest_entries_come_first_sealed_or_not(administrator: Browser, log: Log) -> None:
    old, new = entry_of(now=utc_now() - timedelta(hours=1)), entry_of()
    log.write(old)
    log.seal()
    log.write(new)
    first, second = listed(administrator)
    assert [first["entry_id"], second["entry_id"]] == [str(new["entry_id"]), str(old["entry_id"])]
    assert [first["is_sealed"], second["is_sealed"]] == [False, True]
    assert second["detail"] == {"after": {"status": "solved"}, "before": {"status": "in_progress"}}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("action=solve_ticket", {"li"}),
        ("action=solve_ticket,edit_role", {"li", "han"}),
        (f"actor={LI.id}", {"li"}),
        ("actor=cs00", {"li", "han"}),
        ("actor=梅梅", {"han"}),
        ("actor=张", {"zhang"}),
        (f"actor={ZHANG.id}", {"zhang"}),
        ("actor=nobody%25", set()),
        ("actor=claimed", {"stranger"}),
        ("outcome=refused", {"han"}),
        ("outcome=refused,unknown", {"han", "zhang"}),
        ("phase=intent", {"stranger"}),
        ("phase=outcome,fact", {"li", "han", "zhang"}),
        ("object_kind=role", {"han"}),
        ("object_id=G20261122001", {"li", "zhang"}),
        ("object_kind=ticket&object_id=G20261122001&outcome=done", {"li"}),
        ("address=203.0.113.4", {"zhang"}),
        ("request_id=request-4711", {"li"}),
        ("actor=cs00&outcome=done", {"li"}),
    ],
)
@pytest.mark.parametrize("is_sealed", [True, False])
def test_every_filter_finds_its_entries(
    log: Log, query: str, expected: set[str], is_sealed: bool
) -> None:
    entries = {
        "li": entry_of(LI, request_id="request-4711"),
        "han": entry_of(
            HAN, action="edit_role", outcome="refused", object_kind="role", object_id="agent"
        ),
        "zhang": entry_of(ZHANG, action="reply", outcome="unknown", address="203.0.113.4"),
        "stranger": entry_of(
            Who("nobody", login="Claimed"), phase="intent", action="x", object_id=None, outcome=None
        ),
    }
    log.write(*entries.values())
    if is_sealed or "actor=" in query:  # names are known once they are sealed
        log.seal()
    names = {str(entry["entry_id"]): name for name, entry in entries.items()}
    wanted = AuditFilters().load(dict(parse_qsl(query)))
    with log.database.begin(read_only=True) as uow:
        found = search_entries(uow.session, wanted, 10, None)["items"]
    assert {names[str(entry["entry_id"])] for entry in found} == expected


def test_a_span_of_time_begins_with_from_and_ends_before_to(
    administrator: Browser, log: Log
) -> None:
    noon = utc_now().replace(minute=0, second=0, microsecond=0) - timedelta(days=3)
    entries = [entry_of(now=noon + timedelta(hours=hours)) for hours in range(4)]
    log.write(*entries)
    query = {"from": noon + timedelta(hours=1), "to": noon + timedelta(hours=3)}
    path = "&".join(f"{name}={value:%Y-%m-%dT%H:%M:%SZ}" for name, value in query.items())
    found = [entry["entry_id"] for entry in listed(administrator, path)]
    assert found == [str(entries[2]["entry_id"]), str(entries[1]["entry_id"])]


def test_pages_follow_one_another_across_the_seal(administrator: Browser, log: Log) -> None:
    same = utc_now() - timedelta(days=1)
    entries = [entry_of(now=same, action="edit_role") for _ in range(7)]
    log.write(*entries[:4])
    log.seal()
    log.write(*entries[4:])
    found, cursor = [], ""
    while cursor is not None:
        query = "action=edit_role&limit=2" + (f"&cursor={cursor}" if cursor else "")
        page = administrator.get(f"/audit/entries?{query}").get_json()
        found += [entry["entry_id"] for entry in page["items"]]
        cursor = page["next_cursor"]
    assert found == sorted((str(entry["entry_id"]) for entry in entries), reverse=True)


def test_an_entry_is_shown_with_its_action(administrator: Browser, log: Log) -> None:
    intent = entry_of(phase="intent", status=None, outcome=None)
    outcome = entry_of(action_id=intent["action_id"])
    log.write(intent)
    log.seal()
    log.write(outcome)
    shown = administrator.get(f"/audit/entries/{outcome['entry_id']}").get_json()
    assert AuditAction().validate(shown) == {}
    assert [entry["entry_id"] for entry in shown["related"]] == [str(intent["entry_id"])]
    problem_of(administrator.get(f"/audit/entries/{uuid7()}"), 404)


def test_looking_is_in_the_log_with_what_was_looked_for(
    app: Flask, administrator: Browser, log: Log
) -> None:
    listed(administrator, "outcome=refused&actor=zhang@example.com")
    close_recording(app)
    query = "SELECT phase, detail FROM audit_tail WHERE action = 'list_audit_entries' ORDER BY 1"
    (_, detail), (phase, told) = log.rows(query)
    assert detail == told == '{"query":{"actor":"***@example.com","outcome":"refused"}}'
    assert phase == "outcome"


def test_the_log_is_for_those_who_may(agent: Browser, supervisor: Browser) -> None:
    for path in ("entries", f"entries/{uuid7()}", "seals", "export"):
        problem_of(agent.get(f"/audit/{path}"), 403)
        problem_of(supervisor.get(f"/audit/{path}"), 403)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("outcome=lost", "outcome"),
        ("phase=", "phase"),
        ("from=yesterday", "from"),
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
        ("from=2026-01-02T00:00:00", "from"),
        ("limit=201", "limit"),
        ("cursor=abc", "cursor"),
        ("actor=%00", "actor"),
        ("who=me", "who"),
    ],
)
def test_wrong_filters_are_named(administrator: Browser, query: str, field: str) -> None:
    problem = problem_of(administrator.get(f"/audit/entries?{query}"), 422)
    assert list(problem["errors"]) == [field]


@pytest.mark.parametrize(
    "query",
    [
        "from=0001-01-01T00:00:00%2B14:00",
        "to=9999-12-31T23:59:59-12:00",
        "action=%27;--,%22",
        "actor=%25%5C_",
        f"actor=urn:uuid:{LI.id}",
    ],
)
def test_odd_filters_are_only_filters(administrator: Browser, query: str) -> None:
    assert administrator.get(f"/audit/entries?{query}").status_code == 200


def test_the_state_of_the_seal_is_shown(administrator: Browser, log: Log) -> None:
    log.append(3)
    log.write(entry_of())
    state = administrator.get("/audit/seals").get_json()
    assert SealState().validate(state) == {}
    assert state["last_seal"]["last_position"] >= 3
    assert state["unsealed"] >= 1
    assert state["oldest_unsealed_at"] is not None


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"phase": "outcome,fact"},
        {"actor": "CS17"},
        {"actor": "客服1"},
        {"actor": "00000000-0000-0000-0000-000000000000"},
        {"actor": "nobody at all"},
        {"action": "edit_role"},
        {"object_id": "G777"},
        {"object_kind": "ticket", "object_id": "G778", "outcome": "done"},
        {"outcome": "unknown"},
        {"outcome": "refused"},
        {"address": "192.0.2.7"},
        {"request_id": "c4ca4238a0b923820dcc509a6f75849b"},
        {"from": "2026-01-01T00:00:00Z", "actor": "CS17", "action": "action_3"},
    ],
    ids=str,
)
def test_no_search_walks_through_a_long_log(long_log: Log, query: dict[str, str]) -> None:
    with long_log.database.begin(read_only=True) as uow:
        filters = resolve_actor(uow.session, AuditFilters().load(query))
        statement, values = statement_of(filters, 51, None)
        explained = uow.session.execute(
            text(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"), values
        )
        plan = explained.scalar_one()[0]["Plan"]
    assert visited(plan) <= 6_666, "of 100,000"


def test_a_later_page_is_as_near_as_the_first(long_log: Log) -> None:
    with long_log.database.begin(read_only=True) as uow:
        after = (utc_now() - timedelta(days=20), uuid7())
        statement, values = statement_of({}, 51, after)
        explained = uow.session.execute(
            text(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"), values
        )
        plan = explained.scalar_one()[0]["Plan"]
    assert visited(plan) <= 1_000


@pytest.fixture(scope="module")
def long_log(database: Database) -> Log:
    fill(database, 100_000)
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO audit_actors SELECT 'CS' || n, '客服' || n "
                "FROM generate_series(0, 299) AS n ON CONFLICT DO NOTHING"
            )
        )
    return Log(database)


def visited(plan: dict[str, Any]) -> int:
    """Rows that the plan's scans have looked at."""
    own = 0
    if "Scan" in plan["Node Type"] and "Plans" not in plan:
        removed = plan.get("Rows Removed by Filter", 0) + plan.get(
            "Rows Removed by Index Recheck", 0
        )
        own = (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    return int(own + sum(visited(inner) for inner in plan.get("Plans", ())))
