"""The README tells the truth: variables, roles and make targets are those of the code."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
READERS = [
    "libs/common/config.py",
    "libs/common/health.py",
    "libs/common/scanning.py",
    "libs/common/blobs/choose.py",
    "libs/common/http/__init__.py",
    "libs/common/operations/backup.py",
    "libs/common/http/client.py",
    "libs/common/web/headers.py",
    "gateway/settings.py",
    "gateway/audit/settings.py",
    "gateway/login/settings.py",
    "gateway/seed.py",
    "services/intake/service/settings.py",
    "services/intake/seed.py",
    "services/notify/clients/settings.py",
    "services/notify/mailbox/settings.py",
    "services/notify/service/settings.py",
    "services/reporting/service/settings.py",
]


def variables_read() -> set[str]:
    """Upper-case string literals in the modules that read the environment."""
    found = set()
    for path in READERS:
        text = (ROOT / path).read_text(encoding="utf-8")
        found |= set(re.findall(r"\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\"", text))
    return found


def test_every_variable_that_is_read_is_explained():
    assert variables_read() >= {"DATABASE_URL", "AMQP_URI", "GATEWAY_PORT", "DOOR_PORT"}
    missing = {name for name in variables_read() if f"`{name}`" not in README}
    assert missing == set()


def test_every_variable_that_is_explained_is_read():
    table = re.findall(r"^\| (`[A-Z].*?) \|", README, re.MULTILINE)
    named = set(re.findall(r"`([A-Z_0-9]+)`", " ".join(table)))
    assert named - variables_read() == set()


@pytest.mark.parametrize("target", ["run", "test", "demo", "bench", "help"])
def test_the_commands_that_it_names_exist(target: str):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"make {target}" in README
    assert re.search(rf"^{target}:.*##", makefile, re.MULTILINE)


def test_the_roles_that_it_names_exist():
    for owner, role in re.findall(r"`(\w+)\.(rpc|events|jobs|door|smtp|web)`", README):
        home = ROOT / ("gateway" if owner == "gateway" else f"services/{owner}/service")
        assert (home / f"{role}.py").exists(), f"{owner}.{role}"
