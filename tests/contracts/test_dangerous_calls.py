"""What code of the product never does: run strings, trust pickles, hash weakly, look away.

A few files may do one of these things, for the reason that stands beside them.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Of a developer's machine: `make run` and the tests.
STARTS_PROGRAMS = (
    "libs/common/supervisor/",
    "libs/common/testing/",
    # An operator's backups: PostgreSQL's own programs.
    "libs/common/operations/postgres_tools.py",
    # An export is written beside the hub: by our own Python, with fixed arguments.
    "services/reporting/service/writers.py",
)
PRODUCT = sorted(
    path
    for folder in ("gateway", "libs", "services")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)

RUNS_STRINGS = {"eval", "exec", "compile", "os.system", "os.popen", "tempfile.mktemp"}
WEAK_HASHES = {"hashlib.md5", "hashlib.sha1", "hashlib.new"}
LOOKS_AWAY = {"ssl._create_unverified_context", "ssl._create_stdlib_context"}
# Keyword arguments that switch a protection off.
SWITCHES = {
    ("shell", True),
    ("verify", False),
    ("check_hostname", False),
    ("autoescape", False),
    ("usedforsecurity", False),
}
SWITCHED = {"check_hostname", "verify_mode"}
UNTRUSTWORTHY = {
    *("pickle", "marshal", "shelve", "dill", "yaml", "ftplib", "telnetlib", "code", "pty"),
    # Entities and bombs: XML from outside goes through defusedxml.
    *("xml.etree", "xml.dom", "xml.sax", "lxml", "xmlrpc"),
}
EXCEPTIONS = {
    "random": {
        "libs/common/bus/every.py": "spreads chores over time",
        "libs/common/operations/cut.py": "spreads attempts over time",
        "libs/common/supervisor/ports.py": "chooses free ports",
        "services/ticketing/fill/stories.py": "invents tickets for measurements",
        "services/ticketing/fill/__main__.py": "invents tickets for measurements",
    },
}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (node.module, *(f"{node.module}.{one.name}" for one in node.names))


def is_switched_off(call: ast.Call) -> bool:
    return any(
        isinstance(one.value, ast.Constant) and (one.arg, one.value.value) in SWITCHES
        for one in call.keywords
    )


def weakens_tls(node: ast.AST) -> bool:
    if not isinstance(node, ast.Assign):
        return False
    targets = {one.attr for one in node.targets if isinstance(one, ast.Attribute)}
    return bool(targets & SWITCHED) and ast.unparse(node.value) in ("False", "ssl.CERT_NONE")


def dangers(name: str, source: str) -> Iterator[str]:
    """Each dangerous thing in a file of that name."""
    tree = ast.parse(source)
    for call in calls(tree):
        called = ast.unparse(call.func)
        if called in RUNS_STRINGS | WEAK_HASHES | LOOKS_AWAY or is_switched_off(call):
            yield f"{name}:{call.lineno} {ast.unparse(call)}"
    for module in imported(tree):
        if any(module == one or module.startswith(f"{one}.") for one in UNTRUSTWORTHY):
            yield f"{name} imports {module}"
        if module == "random" and name not in EXCEPTIONS["random"]:
            yield f"{name} imports random, which can be foreseen: secrets cannot"
        if module == "subprocess" and not name.startswith(STARTS_PROGRAMS):
            yield f"{name} starts programs, which no process of the product does"
    for node in ast.walk(tree):
        if weakens_tls(node):
            yield f"{name} {ast.unparse(node)}"


def test_no_code_of_the_product_does_what_is_dangerous() -> None:
    assert len(PRODUCT) > 100
    found: list[str] = []
    for path in PRODUCT:
        found += dangers(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "eval(text)",
        "hashlib.md5(body)",
        "import pickle",
        "from xml.etree import ElementTree",
        "import random",
        "import subprocess",
        "run(words, shell=True)",
        "requests.get(url, verify=False)",
        "context.verify_mode = ssl.CERT_NONE",
        "context.check_hostname = False",
        "Environment(autoescape=False)",
    ],
)
def test_each_of_them_would_be_found(line: str) -> None:
    assert list(dangers("gateway/new.py", line))


def test_what_is_allowed_is_still_there() -> None:
    for name in EXCEPTIONS["random"]:
        assert "random" in imported(ast.parse((ROOT / name).read_text(encoding="utf-8")))
