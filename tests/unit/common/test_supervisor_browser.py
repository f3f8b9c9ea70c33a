"""Which browser the tests take, and what is installed where there is none or a larger one."""

import sys
from pathlib import Path

import pytest

from libs.common.supervisor.browser import browser, provide_browser
from libs.common.supervisor.packages import Missing

SHELL = "chromium-headless-shell"
# Stands for the shell that runs our script of apt-get: packages bring a program of their name.
INSTALLER = """
import sys
from pathlib import Path

here = Path(__file__).parent
with (here / "asked").open("a") as asked:
    for name in sys.argv[2:]:
        print(name, file=asked)
if not {*sys.argv[2:]} <= {*(here / "known").read_text().split()}:
    sys.exit("E: Unable to locate package")
for name in sys.argv[2:]:
    (here / name).touch(0o755)
    if name == "fonts-noto-cjk":
        (here / "fonts").touch()
"""


class Machine:
    """A folder that is all of PATH, and a distribution that knows some packages."""

    def __init__(self, folder: Path, *packages: str) -> None:
        self.folder = folder
        (folder / "known").write_text(" ".join(packages))
        self.add("fc-list", "#!/bin/sh\n[ ! -e ${0%/*}/fonts ] || echo a font")
        self.fonts = folder / "fonts"
        self.fonts.touch()

    def add(self, name: str, content: str = "") -> None:
        (self.folder / name).write_text(content)
        (self.folder / name).chmod(0o755)

    def may_install(self) -> None:
        self.add("apt-get")
        self.add("sh", f"#!{sys.executable}\n{INSTALLER}")
        self.add("sudo", '#!/bin/sh\nshift\n[ "$1" = true ] || exec "$@"')

    def asked(self) -> list[str]:
        """The packages that were asked for."""
        told = self.folder / "asked"
        return told.read_text().split() if told.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("PATH", str(tmp_path))
    return Machine(tmp_path, SHELL, "chromium", "fonts-noto-cjk")


def test_the_headless_shell_goes_before_the_whole_browser(machine: Machine) -> None:
    assert browser() is None
    for name in ("chromium-browser", "chromium", SHELL):
        machine.add(name)
        assert browser() == machine.folder / name


def test_nothing_is_installed_where_all_is_there(machine: Machine) -> None:
    machine.may_install()
    machine.add(SHELL)
    assert provide_browser() == machine.folder / SHELL
    assert machine.asked() == []


@pytest.mark.parametrize("others", [(), ("chromium",)])
def test_the_headless_shell_is_installed_beside_what_there_is(
    machine: Machine, others: tuple[str, ...]
) -> None:
    machine.may_install()
    for name in others:
        machine.add(name)
    assert provide_browser() == machine.folder / SHELL
    assert machine.asked() == [SHELL]


def test_where_nobody_may_install_the_whole_browser_does(machine: Machine) -> None:
    machine.add("chromium")
    assert provide_browser() == machine.folder / "chromium"


def test_where_the_package_is_unknown_the_whole_browser_does(machine: Machine) -> None:
    machine.may_install()
    (machine.folder / "known").write_text("chromium")
    assert provide_browser() == machine.folder / "chromium"
    assert machine.asked() == [SHELL, "chromium"]
    (machine.folder / "asked").unlink()
    assert provide_browser() == machine.folder / "chromium"
    assert machine.asked() == [SHELL]


def test_without_any_browser_the_command_to_type_is_told(machine: Machine) -> None:
    with pytest.raises(Missing, match=r"apt-get install --no-install-recommends chromium\n"):
        provide_browser()


def test_a_font_that_has_chinese_is_installed(machine: Machine) -> None:
    machine.may_install()
    machine.add(SHELL)
    machine.fonts.unlink()
    assert provide_browser() == machine.folder / SHELL
    assert machine.asked() == ["fonts-noto-cjk"]
