"""Writes dashboards/*.json: `python deploy/k8s/components/monitoring/dashboards.py [--check]`.

A dashboard is a few rows of panels, and a panel a title, a unit and its expressions.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("dashboards")
_OURS = 'namespace="$namespace"'
_SOURCE = {"type": "prometheus", "uid": "${source}"}


@dataclass(frozen=True)
class Panel:
    """`lines`: an expression and how its series are called, per line of the graph."""

    title: str
    unit: str
    lines: tuple[tuple[str, str], ...]


def panel(title: str, unit: str, *lines: tuple[str, str]) -> Panel:
    """`$ours` in an expression stands for the labels of our namespace."""
    return Panel(title, unit, tuple((one.replace("$ours", _OURS), name) for one, name in lines))


def p95(metric: str, by: str, more: str = "") -> str:
    """The 95th percentile of a histogram."""
    return (
        f"histogram_quantile(0.95, sum by ({by}, le) "
        f"(rate({metric}_bucket{{$ours{more}}}[$__rate_interval])))"
    )


def rate(metric: str, by: str, more: str = "") -> str:
    """Per second."""
    return f"sum by ({by}) (rate({metric}{{$ours{more}}}[$__rate_interval]))"


def most(metric: str, by: str, more: str = "") -> str:
    """Of what every replica tells alike."""
    return f"max by ({by}) ({metric}{{$ours{more}}})"


OVERVIEW = (
    panel(
        "Messages taken",
        "ops",
        (rate("tidedesk_accepted_messages_total", "channel"), "{{channel}}"),
    ),
    panel("Requests", "reqps", (rate("tidedesk_request_seconds_count", "status"), "{{status}}")),
    panel("Requests, p95", "s", (p95("tidedesk_request_seconds", "method"), "{{method}}")),
    panel(
        "Outbox, oldest event", "s", (most("tidedesk_outbox_age_seconds", "service"), "{{service}}")
    ),
    panel("Queue lag, p95", "s", (p95("tidedesk_queue_lag_seconds", "service"), "{{service}}")),
    panel("Timers late", "s", (most("tidedesk_timers_late_seconds", "service"), "{{service}}")),
    panel("Tickets that wait", "short", (most("tidedesk_waiting_tickets", "namespace"), "waiting")),
    panel("Hub lag", "s", (most("tidedesk_hub_lag_seconds", "pod"), "{{pod}}")),
    panel(
        "Database connections",
        "short",
        (
            'sum by (service) (tidedesk_pool_connections{$ours, state="used"})',
            "{{service}}",
        ),
    ),
)
BUS = (
    panel(
        "Events published",
        "ops",
        (rate("tidedesk_relayed_events_total", "service, outcome"), "{{service}} {{outcome}}"),
    ),
    panel(
        "Outbox rows",
        "short",
        (most("tidedesk_outbox_rows", "service, lane"), "{{service}} {{lane}}"),
    ),
    panel(
        "Outbox, oldest event",
        "s",
        (most("tidedesk_outbox_age_seconds", "service, lane"), "{{service}} {{lane}}"),
    ),
    panel(
        "Events handled",
        "ops",
        (rate("tidedesk_handled_events_total", "service, outcome"), "{{service}} {{outcome}}"),
    ),
    panel("Queue lag, p95", "s", (p95("tidedesk_queue_lag_seconds", "service"), "{{service}}")),
    panel(
        "Messages in queues",
        "short",
        ('max by (queue) (rabbitmq_detailed_queue_messages_ready{vhost="tidedesk"})', "{{queue}}"),
    ),
    panel(
        "Handlers and jobs, p95",
        "s",
        (p95("tidedesk_handler_seconds", "service, handler"), "{{service}} {{handler}}"),
    ),
    panel(
        "Handlers and jobs that fail",
        "ops",
        (
            rate("tidedesk_handler_seconds_count", "service, handler", ', outcome="failed"'),
            "{{service}} {{handler}}",
        ),
    ),
    panel(
        "Failures",
        "short",
        (most("tidedesk_inbox_failures", "service, parked"), "{{service}} parked {{parked}}"),
    ),
    panel(
        "Gaps and cut chains",
        "short",
        (
            "sum by (service) (increase(tidedesk_sequence_gaps_total{$ours}[1h]))",
            "gaps {{service}}",
        ),
        (
            "sum by (service) (increase(tidedesk_stopped_chains_total{$ours}[1h]))",
            "chains {{service}}",
        ),
    ),
)
WORK = (
    panel(
        "Undecided tickets",
        "short",
        (most("tidedesk_undecided_tickets", "namespace"), "undecided"),
        (most("tidedesk_waiting_tickets", "namespace"), "waiting"),
    ),
    panel(
        "Undecided and waiting, the oldest",
        "s",
        (most("tidedesk_undecided_age_seconds", "namespace"), "undecided"),
        (most("tidedesk_waiting_age_seconds", "namespace"), "waiting"),
    ),
    panel(
        "Drains, p95",
        "s",
        (
            p95(
                "tidedesk_handler_seconds",
                "handler",
                ', service="dispatch", handler=~"drain_group|sweep_groups|open_offers"',
            ),
            "{{handler}}",
        ),
    ),
    panel("Timers due", "short", (most("tidedesk_timers_due", "service"), "{{service}}")),
    panel("Timers late", "s", (most("tidedesk_timers_late_seconds", "service"), "{{service}}")),
    panel(
        "Timers, p95 of a batch",
        "s",
        (
            p95(
                "tidedesk_handler_seconds",
                "handler",
                ', service="sla", handler=~"run_timers|recompute_tickets"',
            ),
            "{{handler}}",
        ),
    ),
    panel(
        "Loads mended",
        "short",
        ("sum(increase(tidedesk_mended_loads_total{$ours}[1h]))", "per hour"),
    ),
)
NOTIFY = (
    panel(
        "Deliveries due", "short", (most("tidedesk_deliveries_waiting", "channel"), "{{channel}}")
    ),
    panel(
        "Deliveries, how late",
        "s",
        (most("tidedesk_deliveries_late_seconds", "channel"), "{{channel}}"),
    ),
    panel(
        "Handed over",
        "ops",
        (rate("tidedesk_outbound_seconds_count", "purpose, outcome"), "{{purpose}} {{outcome}}"),
    ),
    panel("Handing over, p95", "s", (p95("tidedesk_outbound_seconds", "purpose"), "{{purpose}}")),
    panel(
        "Jobs, p95",
        "s",
        (p95("tidedesk_handler_seconds", "handler", ', service="notify"'), "{{handler}}"),
    ),
)
GATEWAY = (
    panel("Requests", "reqps", (rate("tidedesk_request_seconds_count", "route"), "{{route}}")),
    panel(
        "Requests, p95",
        "s",
        (p95("tidedesk_request_seconds", "route", ', route!~".*/live"'), "{{route}}"),
    ),
    panel(
        "Failed requests",
        "reqps",
        (
            rate("tidedesk_request_seconds_count", "route, status", ', status=~"5.."'),
            "{{status}} {{route}}",
        ),
    ),
    panel(
        "Requests under way",
        "short",
        ("sum by (pod) (tidedesk_requests_under_way{$ours})", "{{pod}}"),
    ),
    panel(
        "Calls",
        "ops",
        (rate("tidedesk_rpc_seconds_count", "service, outcome"), "{{service}} {{outcome}}"),
    ),
    panel(
        "Calls, p95",
        "s",
        (p95("tidedesk_rpc_seconds", "service, method"), "{{service}} {{method}}"),
    ),
    panel(
        "Database connections",
        "short",
        (
            'sum by (pod, state) (tidedesk_pool_connections{$ours, service="gateway"})',
            "{{pod}} {{state}}",
        ),
    ),
)
DASHBOARDS = {
    "overview": ("Tidedesk: overview", OVERVIEW),
    "bus": ("Tidedesk: bus", BUS),
    "work": ("Tidedesk: dispatch and SLA", WORK),
    "notify": ("Tidedesk: deliveries", NOTIFY),
    "gateway": ("Tidedesk: gateway", GATEWAY),
}


def dashboard(name: str) -> dict[str, Any]:
    """As Grafana imports it: three panels a row."""
    title, panels = DASHBOARDS[name]
    return {
        "uid": f"tidedesk-{name}",
        "title": title,
        "tags": ["tidedesk"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [_source_choice(), _namespace_choice()]},
        "panels": [_show(place, one) for place, one in enumerate(panels)],
    }


def _show(place: int, one: Panel) -> dict[str, Any]:
    return {
        "id": place + 1,
        "type": "timeseries",
        "title": one.title,
        "datasource": _SOURCE,
        "gridPos": {"x": place % 3 * 8, "y": place // 3 * 8, "w": 8, "h": 8},
        "fieldConfig": {"defaults": {"unit": one.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}},
        "targets": [
            {
                "refId": chr(65 + number),
                "datasource": _SOURCE,
                "expr": expression,
                "legendFormat": legend,
            }
            for number, (expression, legend) in enumerate(one.lines)
        ],
    }


def _source_choice() -> dict[str, Any]:
    return {"name": "source", "type": "datasource", "query": "prometheus", "label": "Prometheus"}


def _namespace_choice() -> dict[str, Any]:
    return {
        "name": "namespace",
        "type": "query",
        "datasource": _SOURCE,
        "query": "label_values(tidedesk_outbox_rows, namespace)",
        "refresh": 2,
        "current": {"text": "tidedesk", "value": "tidedesk"},
    }


def files() -> Iterator[tuple[Path, str]]:
    """Each file and what stands in it."""
    for name in DASHBOARDS:
        text = json.dumps(dashboard(name), indent=1, ensure_ascii=False) + "\n"
        yield FOLDER / f"{name}.json", text


def main(arguments: list[str]) -> int:
    """The command; returns the exit code."""
    if arguments == ["--check"]:
        stale = [path.name for path, text in files() if path.read_text(encoding="utf-8") != text]
        print("\n".join(stale) or "current")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for path, text in files():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
