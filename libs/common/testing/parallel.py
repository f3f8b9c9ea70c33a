"""Several pytest processes beside one another (`make test`): how many, where, in what order.

Each has servers of its own; a file's tests stay together. `ARGS="-n 0"` runs all in one.
"""

import os
import re
from collections import Counter
from collections.abc import Generator, Sequence
from pathlib import PurePath
from typing import Any

import pytest

_MOST = 4  # each takes about 2 GB
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Of the folders below tests/, the first and the last; the others come between, mixed.
_FIRST, _LAST = ("chaos",), ("contracts", "unit")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than cores, as tests wait, too; in a vhost that is named there is place for one."""
    return 0 if os.environ.get("AMQP_URI") else min(len(os.sched_getaffinity(0)) + 1, _MOST)


def pytest_make_parametrize_id(val: object) -> str | None:
    """A test has the same name in every process, though the ids in its arguments differ."""
    return _ID.sub("id", val) if isinstance(val, str) and _ID.search(val) else None


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """What a test has written may be no Unicode, and yet must reach the process that prints it."""
    return _printable((yield))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest file first, the shortest at the end, so that all processes end together.

    Between them folders are mixed: browsers on all cores at once would wait for one another.
    """
    if not hasattr(config, "workerinput"):
        return
    files = {_file(item): None for item in items}
    is_long = config.getoption("--long")
    longest = {_file(one) for one in items if is_long and "is_long" in _fixtures(one)}
    folders = Counter(map(_folder, files))
    seen: Counter[str] = Counter()
    places: dict[str, tuple[int, float]] = {}
    for file in files:
        folder = _folder(file)
        seen[folder] += 1
        is_first = folder in _FIRST or file in longest
        rank = 0 if is_first else 2 if folder in _LAST else 1
        places[file] = rank, seen[folder] / folders[folder]
    items.sort(key=lambda item: places[_file(item)])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have recorded to be read, as property `said`: nobody hears other processes."""
    if terminalreporter.config.getoption("dist", "no") == "no":
        return
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            said = [words for name, words in report.user_properties if name == "said"]
            if said and report.when == "call":
                terminalreporter.section(report.nodeid)
                terminalreporter.write("".join(f"  {line}\n" for line in said))


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {name: _printable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_printable, value))
    return value


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _fixtures(item: pytest.Item) -> Sequence[str]:
    return getattr(item, "fixturenames", ())


def _folder(file: str) -> str:
    return PurePath(file).parts[:2][-1]
