"""Every operation of the OpenAPI document with inputs that nobody would think of.

No answer may be a 5xx, an undocumented status, or of another shape than the document says.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from libs.common.testing.processes import Processes
from tests.e2e.system import desk_of, start_everything

LONG, SHORT = 100, 3  # examples per operation
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


@pytest.fixture(scope="module")
def system(processes: Processes) -> dict[str, str]:
    start_everything(processes, split="nothing")
    return processes.env


@pytest.fixture(scope="module")
def key(system: dict[str, str]) -> str:
    """A program's key that may do all that anybody may do."""
    administrator = desk_of(system, "AD001")
    role = {
        "key": "everything",
        "name_zh": "全部",
        "name_en": "Everything",
        "ticket_scope": "all",
        "sees_pools": True,
        "permissions": administrator.ask("GET", "/permissions")["items"],
    }
    administrator.ask("POST", "/roles", role)
    wanted = {"name": "schemathesis", "role": "everything", "rate_per_minute": 1_000_000}
    return str(administrator.ask("POST", "/api-keys", wanted)["token"])


@pytest.mark.timeout(1500)
def test_every_operation_answers_as_documented(
    system: dict[str, str], key: str, is_long: bool, processes: Processes
) -> None:
    base = f"http://127.0.0.1:{system['GATEWAY_PORT']}"
    options = ["--phases", "examples,fuzzing", "--checks", ",".join(CHECKS), "--seed", "1"]
    options += ["--max-examples", str(LONG if is_long else SHORT), "--request-timeout", "30"]
    # Streams end when their reader leaves; tests/integration/gateway/live reads them.
    options += ["--exclude-path-regex", "/live$"]
    options += ["--generation-database", "none", "--no-color", "--workers", "2"]
    told = subprocess.run(
        [
            Path(sys.executable).with_name("st"),
            *("run", f"{base}/api/v1/openapi.json", "--url", base),
            *("-H", f"Authorization: Bearer {key}", *options),
        ],
        capture_output=True,
        text=True,
        timeout=3400 if is_long else 1400,
    )
    assert told.returncode == 0, told.stdout[:20_000]
    assert '"status":500' not in processes.log.read_text()
