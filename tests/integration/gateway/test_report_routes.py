"""Figures, saved reports and exports over REST."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from gateway.parts import EXTENSION
from gateway.schemas.export import Export, ExportPage, SavedReport
from gateway.schemas.report import Dashboard, Rebuild, Report
from libs.common.actor import Actor
from libs.common.database.unit_of_work import Database
from libs.common.errors import Conflict, Gone
from tests.support.fake_services import FakeServices
from tests.support.gateway import Browser, problem_of
from tests.support.report_shapes import (
    DEFINITION,
    EXPORT_ID,
    REPORT_ID,
    dashboard,
    export,
    rebuild,
    report,
    saved,
)
from tests.support.routes import IF_MATCH

pytestmark = pytest.mark.services("gateway")

ASKED = {"metrics": ["new"], "period": {"unit": "month", "from": "2026-10-01"}, "by": "channel"}
ONE, FILE = f"/exports/{EXPORT_ID}", f"/exports/{EXPORT_ID}/file"
SAVED = f"/saved-reports/{REPORT_ID}"


def test_a_report_is_asked_for_as_it_is_named(supervisor: Browser, services: FakeServices) -> None:
    services.answer("reporting.get_report", report())
    asked = {**ASKED, "compare": "previous", "series": "week", "filters": {"group_id": [None]}}
    answer = supervisor.post("/reports/query", json={**asked, "language": "en"})
    assert (answer.status_code, answer.get_json()) == (200, report())
    assert Report().validate(report()) == {}
    [call] = services.calls("reporting.get_report")
    assert call.args == {**asked, "language": "en"}


def test_the_dashboard_takes_lists_separated_by_commas(
    supervisor: Browser, services: FakeServices
) -> None:
    services.answer("reporting.get_dashboard", dashboard())
    wanted = "unit=custom&from=2026-10-01&until=2026-10-09&kind=repair,none&score=1,2&language=en"
    answer = supervisor.get(f"/reports/dashboard?{wanted}")
    assert (answer.status_code, answer.get_json()) == (200, dashboard())
    assert Dashboard().validate(dashboard()) == {}
    [call] = services.calls("reporting.get_dashboard")
    assert call.args == {
        "period": {"unit": "custom", "from": "2026-10-01", "until": "2026-10-09"},
        "filters": {"kind": ["repair", ""], "score": [1, 2]},
        "language": "en",
    }


def test_the_tickets_behind_a_figure_come_in_pages(
    supervisor: Browser, services: FakeServices
) -> None:
    services.answer("reporting.list_tickets_of", {"items": [], "next_cursor": None})
    asked = {"metric": "new", "period": {"unit": "month"}, "by": "agent", "key": ""}
    assert supervisor.post("/reports/tickets", json=asked).status_code == 200
    [call] = services.calls("reporting.list_tickets_of")
    assert call.args == {**asked, "limit": 50}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/reports/query", {**ASKED, "metrics": []}),
        ("/reports/query", {**ASKED, "by": "mood"}),
        ("/reports/query", {**ASKED, "period": {"unit": "month", "from": "yesterday"}}),
        ("/reports/query", {**ASKED, "filters": {"mood": ["bad"]}}),
        ("/reports/tickets", {"metric": "new", "period": {"unit": "month"}, "by": "day"}),
        ("/exports", {"kind": "pdf", "what": "report", "report": ASKED}),
        ("/exports", {"kind": "csv", "what": "tickets", "report": ASKED}),
        ("/saved-reports", {"name": " ", "definition": DEFINITION}),
    ],
)
def test_what_cannot_be_asked_for_is_refused_here(
    supervisor: Browser, services: FakeServices, path: str, body: dict[str, Any]
) -> None:
    problem_of(supervisor.post(path, json=body), 422)
    assert services.asked == []


def test_figures_are_rebuilt_by_few(
    supervisor: Browser, administrator: Browser, services: FakeServices
) -> None:
    services.answer("reporting.rebuild_figures", rebuild())
    services.answer("reporting.get_rebuild", rebuild(phase="done"))
    problem_of(supervisor.post("/reports/rebuild"), 403)
    assert administrator.post("/reports/rebuild").status_code == 202
    shown = administrator.get("/reports/rebuild").get_json()
    assert shown["phase"] == "done"
    assert Rebuild().validate(shown) == {}

    def running(_args: dict[str, Any], _actor: Actor) -> None:
        raise Conflict("rebuild.running", "under way")

    services.answer("reporting.rebuild_figures", running)
    assert problem_of(administrator.post("/reports/rebuild"), 409)["code"] == "rebuild.running"


def test_agents_and_those_without_the_right_take_nothing_away(
    agent: Browser, services: FakeServices
) -> None:
    for path in ("/exports", ONE, FILE, "/saved-reports", "/report-metrics"):
        problem_of(agent.get(path), 403)
    problem_of(agent.post("/exports", json={}), 403)
    assert services.asked == []


def test_an_export_is_ordered_watched_and_removed(
    supervisor: Browser, services: FakeServices
) -> None:
    services.answer("reporting.create_export", {**export(), "audit": {"after": {"kind": "xlsx"}}})
    values = {"kind": "xlsx", "what": "report", "report": ASKED, "charts": [{"kind": "pie"}]}
    made = supervisor.post("/exports", json=values)
    assert (made.status_code, made.get_json()) == (202, export())
    assert made.headers["Location"] == f"/api/v1{ONE}"
    assert services.calls("reporting.create_export")[0].args == {"values": values}
    services.answer("reporting.get_export", export(status="running", progress=40))
    assert supervisor.get(ONE).get_json()["progress"] == 40
    services.answer("reporting.list_exports", {"items": [export()], "next_cursor": None})
    page = supervisor.get("/exports?limit=5").get_json()
    assert ExportPage().validate(page) == {}
    assert Export().validate(export()) == {}
    services.answer("reporting.remove_export", {"audit": {"before": {}, "after": {}}})
    assert supervisor.delete(ONE).status_code == 204


def stored(app: Flask, services: FakeServices, rows: int) -> bytes:
    content = "\ufeff工单号\r\n".encode()
    blob = app.extensions[EXTENSION].blobs.put("reporting", content, max_size=100)
    file = {
        "name": "月报-20261001.csv",
        "media_type": "text/csv; charset=utf-8",
        "size": blob.size,
        "rows": rows,
        "blob_key": blob.key,
    }
    services.answer("reporting.get_export_file", file)
    return content


def alerts(database: Database) -> list[Any]:
    with database.begin(read_only=True) as uow:
        query = text("SELECT facts FROM alerts WHERE kind = 'mass_export'")
        return list(uow.session.scalars(query))


def test_the_file_is_sent_under_its_chinese_name(
    app: Flask, supervisor: Browser, services: FakeServices, database: Database
) -> None:
    content = stored(app, services, rows=10_000)
    answer = supervisor.get(FILE)
    assert (answer.status_code, answer.data) == (200, content)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Length"] == str(len(content))
    name = "filename*=UTF-8''%E6%9C%88%E6%8A%A5-20261001.csv"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert name in answer.headers["Content-Disposition"]
    assert not any(facts.get("source") == "reporting" for facts in alerts(database))


def test_much_taken_away_raises_an_alert(
    app: Flask, supervisor: Browser, services: FakeServices, database: Database
) -> None:
    stored(app, services, rows=10_001)
    assert supervisor.get(FILE).status_code == 200
    assert {"rows_above": 10_000, "source": "reporting"} in alerts(database)


def test_an_old_file_is_gone(supervisor: Browser, services: FakeServices) -> None:
    def expired(_args: dict[str, Any], _actor: Actor) -> None:
        raise Gone("export.expired", "kept for seven days")

    services.answer("reporting.get_export_file", expired)
    assert problem_of(supervisor.get(FILE), 410)["code"] == "export.expired"


def test_saved_reports_have_versions(supervisor: Browser, services: FakeServices) -> None:
    services.answer("reporting.list_saved_reports", {"items": [saved()]})
    assert supervisor.get("/saved-reports?language=en").get_json() == {"items": [saved()]}
    assert SavedReport().validate(saved()) == {}
    services.answer("reporting.save_report", saved())
    values = {"name": "月报", "definition": DEFINITION}
    made = supervisor.post("/saved-reports", json=values)
    assert (made.status_code, made.headers["ETag"]) == (201, '"3"')
    assert made.headers["Location"] == f"/api/v1{SAVED}"
    services.answer("reporting.get_saved_report", saved())
    assert supervisor.get(SAVED).headers["ETag"] == '"3"'
    problem_of(supervisor.put(SAVED, json=values), 428)
    services.answer("reporting.replace_saved_report", saved(version=4))
    assert supervisor.put(SAVED, json=values, headers=IF_MATCH).headers["ETag"] == '"4"'
    services.answer("reporting.remove_saved_report", {"audit": {"before": {}, "after": {}}})
    assert supervisor.delete(SAVED, headers=IF_MATCH).status_code == 204
    [gone] = services.calls("reporting.remove_saved_report")
    assert gone.args == {"report_id": REPORT_ID, "version": 3}
