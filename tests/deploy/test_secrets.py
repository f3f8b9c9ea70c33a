"""Fresh secrets where none are, and never others in the place of those that are in use."""

import importlib.util
import stat
from pathlib import Path
from types import ModuleType

import pytest

from libs.common.bus.broker_users import OWNERS
from libs.common.config import Config
from tests.deploy.image import DEPLOY


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_secrets", DEPLOY / "make_secrets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def examples(tmp_path: Path) -> dict[Path, Path]:
    (tmp_path / "a.example").write_text("# Of a.\nKEY=<key:KEY>\nRING=k1:<key:RING>\n")
    (tmp_path / "b.example").write_text("RING=k1:<key:RING>\nuser=b\npassword=<password>\n")
    return {tmp_path / f"{name}.example": tmp_path / "made" / f"{name}.env" for name in "ab"}


def lines(path: Path) -> dict[str, str]:
    pairs = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in pairs}


def test_a_key_is_the_same_everywhere_and_a_password_nowhere(
    script: ModuleType, examples: dict[Path, Path]
):
    script.fill(examples)
    a, b = map(lines, examples.values())
    assert a["RING"] == b["RING"] != f"k1:{a['KEY']}"
    assert len(a["KEY"]) == 64
    assert (b["user"], len(b["password"])) == ("b", 32)


def test_only_the_owner_reads_them(script: ModuleType, examples: dict[Path, Path]):
    script.fill(examples)
    for target in examples.values():
        assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_is_there_stays_and_what_is_new_is_added(
    script: ModuleType, examples: dict[Path, Path]
):
    assert len(script.fill(examples)) == 2
    before = {target: target.read_text() for target in examples.values()}
    assert script.fill(examples) == []
    (a, _) = examples
    a.write_text(a.read_text() + "LATER=<password>\n")
    assert script.fill(examples) == [examples[a]]
    assert examples[a].read_text().startswith(before[examples[a]])
    assert len(lines(examples[a])["LATER"]) == 32


def test_a_file_that_was_lost_gets_the_keys_of_the_others(
    script: ModuleType, examples: dict[Path, Path]
):
    script.fill(examples)
    first, second = examples.values()
    ring = lines(first)["RING"]
    second.unlink()
    script.fill(examples)
    assert lines(second)["RING"] == ring


def test_lines_of_an_administrators_own_are_kept(script: ModuleType, examples: dict[Path, Path]):
    script.fill(examples)
    target = next(iter(examples.values()))
    with target.open("a") as file:
        file.write("SMS_PROVIDER=aliyun\n")
    script.fill(examples)
    assert lines(target)["SMS_PROVIDER"] == "aliyun"


def test_everybody_gets_its_keys_on_kubernetes(script: ModuleType, tmp_path: Path):
    folder = DEPLOY / "k8s" / "secrets.example"
    script.fill({one: tmp_path / one.name for one in folder.glob("*.env")})
    for owner in OWNERS:
        config = Config.read(lines(tmp_path / f"{owner}.env"))
        assert config.require_actor_key()
        assert config.field_keys
        for server, name in (("postgres", f"tidedesk_{owner}"), ("broker", f"tidedesk-{owner}")):
            credentials = lines(tmp_path / f"{server}-{owner}.env")
            assert credentials["username"] == name
            assert credentials["password"]
    assert Config.read(lines(tmp_path / "intake.env")).thread_keys
    assert Config.read(lines(tmp_path / "notify.env")).thread_keys
    holders = [one.stem for one in folder.glob("*.env") if "AUDIT_KEY" in one.read_text()]
    assert sorted(holders) == ["backup", "sealer"]
