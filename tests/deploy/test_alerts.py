"""Alerts fire when they should and only then, and know only metrics that exist."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.alert_cases import CASES, Case
from tests.deploy.code import metrics
from tests.deploy.image import DEPLOY

MONITORING = DEPLOY / "k8s" / "components" / "monitoring"
RULES = yaml.safe_load((MONITORING / "alerts.yaml").read_text(encoding="utf-8"))
DASHBOARDS = sorted((MONITORING / "dashboards").glob("*.json"))
# Of others, by who exports them.
OTHERS = {
    # RabbitMQ's plugin rabbitmq_prometheus
    "rabbitmq_detailed_queue_messages_ready": {"queue", "vhost"},
    "rabbitmq_alarms_memory_used_watermark": set(),
    "rabbitmq_alarms_free_disk_space_watermark": set(),
    # kube-state-metrics
    "kube_deployment_status_replicas_available": {"deployment"},
    "kube_cronjob_status_last_successful_time": {"cronjob"},
    # cert-manager, CloudNativePG's Barman Cloud plugin
    "certmanager_certificate_expiration_timestamp_seconds": {"name"},
    "barman_cloud_cloudnative_pg_io_last_available_backup_timestamp": set(),
}
# What Prometheus adds to whatever it scrapes.
SCRAPED = {"namespace", "pod", "container", "job", "instance"}


def rules() -> Iterator[dict[str, Any]]:
    for group in RULES["spec"]["groups"]:
        yield from group["rules"]


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is missing, and apt has no package prometheus")
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump(RULES["spec"], allow_unicode=True))
    return path


def test_the_rules_are_rules(written: Path):
    done = promtool("check", "rules", str(written))
    assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_fire_when_they_should_and_only_then(written: Path):
    # promtool would compare the annotations too, which are words and not behaviour.
    wordless = yaml.safe_load(written.read_text(encoding="utf-8"))
    for group in wordless["groups"]:
        for one in group["rules"]:
            del one["annotations"]
    written.write_text(yaml.safe_dump(wordless), encoding="utf-8")
    by_name = {one["alert"]: one for one in rules()}
    tests = [_as_promtool(case, by_name[case.alert]) for case in CASES]
    form = {"rule_files": [written.name], "evaluation_interval": "1m", "tests": tests}
    path = written.with_name("tests.yaml")
    path.write_text(yaml.safe_dump(form, allow_unicode=True))
    done = promtool("test", "rules", str(path))
    assert done.returncode == 0, done.stdout + done.stderr


def _as_promtool(case: Case, rule: dict[str, Any]) -> dict[str, Any]:
    expected = []
    if case.fires is not None:
        expected = [{"exp_labels": {**rule["labels"], **case.fires}}]
    return {
        "interval": "1m",
        "name": f"{case.alert}: {'fires' if expected else 'keeps quiet'}",
        "input_series": [{"series": one, "values": value} for one, value in case.series.items()],
        "alert_rule_test": [
            {
                "eval_time": f"{case.minutes}m",
                "alertname": case.alert,
                "exp_alerts": expected,
            }
        ],
    }


def test_every_alert_is_tried_both_ways():
    fires = {case.alert for case in CASES if case.fires is not None}
    quiet = {case.alert for case in CASES if case.fires is None}
    assert {one["alert"] for one in rules()} == fires == quiet


def test_every_alert_says_what_is_wrong_and_what_to_do():
    for one in rules():
        assert one["labels"]["severity"] in ("warning", "critical")
        assert one["annotations"]["summary"]
        assert one["annotations"]["description"]


def expressions() -> Iterator[tuple[str, str]]:
    """All of alerts, dashboards and scalers, with where they stand."""
    for one in rules():
        yield one["alert"], one["expr"]
    for path in DASHBOARDS:
        board = json.loads(path.read_text(encoding="utf-8"))
        for panel in board["panels"]:
            for target in panel["targets"]:
                yield f"{path.stem}: {panel['title']}", target["expr"]
        for choice in board["templating"]["list"]:
            if choice["type"] == "query":
                yield path.stem, choice["query"].removeprefix("label_values(").partition(",")[0]
    scaling = (DEPLOY / "k8s" / "components" / "autoscaling" / "scaling.yaml").read_text("utf-8")
    for one in yaml.safe_load_all(scaling):
        for trigger in one["spec"].get("triggers", ()):
            if trigger["type"] == "prometheus":
                yield one["metadata"]["name"], trigger["metadata"]["query"]


def known_metrics() -> dict[str, set[str]]:
    return {**{name: set(labels) for name, labels in metrics().items()}, **OTHERS}


def names_in(expression: str) -> set[str]:
    bare = re.sub(r"\{[^}]*\}|\"[^\"]*\"|\b(?:by|on)\s*\([^)]*\)", " ", expression)
    return {
        word
        for word in re.findall(r"\b[a-z]+_[a-z_]+\b", bare)
        if word not in ("histogram_quantile", "label_values")
    }


@pytest.mark.parametrize(("place", "expression"), list(expressions()))
def test_every_metric_and_label_exists(place: str, expression: str):
    known = known_metrics()
    names = names_in(expression)
    assert names, place
    assert names <= set(known), place
    for name, matchers in re.findall(r"\b([a-z]+_[a-z_]+)\{([^}]*)\}", expression):
        used = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers))
        assert used <= known[name] | SCRAPED, place
    together = set().union(*(known[name] for name in names)) | SCRAPED
    for group in re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", expression):
        assert {word.strip() for word in group.split(",") if word.strip()} <= together, place


def test_dashboards_are_what_their_script_writes():
    script = MONITORING / "dashboards.py"
    done = subprocess.run(
        ["python3", str(script), "--check"], capture_output=True, text=True, cwd=MONITORING
    )
    assert done.returncode == 0, done.stdout


def test_dashboards_are_panels_in_a_grid():
    assert len(DASHBOARDS) == 5
    for path in DASHBOARDS:
        board = json.loads(path.read_text(encoding="utf-8"))
        places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in board["panels"]]
        assert len(set(places)) == len(places) > 3
