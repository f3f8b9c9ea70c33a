"""What the code has: roles, metrics with their labels, environment variables."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.deploy.image import ROOT

_MAKERS = {"Counter", "Gauge", "Histogram", "GaugeMetricFamily", "CounterMetricFamily"}
_ROLES = ("rpc", "events", "jobs", "door", "smtp", "web")
# Read by libraries that we use, not by us.
_OTHERS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
_OWNED = re.compile(r"(GATEWAY|INTAKE|TICKETING|DISPATCH|SLA|NOTIFY|KB|REPORTING)_(\w+)")


def sources() -> Iterator[Path]:
    for folder in ("libs", "services", "gateway"):
        for path in (ROOT / folder).rglob("*.py"):
            if "node_modules" not in path.parts:
                yield path


@cache
def roles() -> frozenset[str]:
    """Every role that the launcher can start."""
    found = set()
    for path in ROOT.glob("services/*/service/*.py"):
        if path.stem in _ROLES:
            found.add(f"{path.parts[-3]}.{path.stem}")
    found |= {f"gateway.{role}" for role in _ROLES if (ROOT / "gateway" / f"{role}.py").exists()}
    return frozenset(found)


@cache
def metrics() -> dict[str, frozenset[str]]:
    """By name as Prometheus knows it, the labels."""
    found: dict[str, frozenset[str]] = {}
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if "tidedesk_" not in text:
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in _MAKERS and call.args:
                name = getattr(call.args[0], "value", None)
                if isinstance(name, str) and name.startswith("tidedesk_"):
                    found.update(_series(call, name))
    return found


def _series(call: ast.Call, name: str) -> dict[str, frozenset[str]]:
    given = [*call.args[2:3], *[one.value for one in call.keywords if one.arg == "labels"]]
    labels = frozenset(ast.literal_eval(given[0])) if given else frozenset()
    if getattr(call.func, "id", "") != "Histogram":
        return {name: labels}
    return {
        f"{name}_bucket": labels | {"le"},
        f"{name}_count": labels,
        f"{name}_sum": labels,
    }


@cache
def variables() -> frozenset[str]:
    """Names in capitals that stand in the code as strings."""
    found = set(_OTHERS)
    for path in sources():
        found |= set(re.findall(r"\"([A-Z][A-Z0-9_]{2,})\"", path.read_text(encoding="utf-8")))
    return frozenset(found)


def is_read(variable: str) -> bool:
    """Whether some process of ours looks at the variable."""
    owned = _OWNED.fullmatch(variable)
    if owned and owned[2] in ("DATABASE_URL", "AMQP_URI", "AMQP_PASSWORD"):
        return True
    return variable in variables()
