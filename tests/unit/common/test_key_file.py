"""A ring that follows its file: new keys without a restart, and never fewer than it can read."""

import logging
import os
import threading
from itertools import count
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from libs.common.config import Config, ConfigError
from libs.common.crypto import KeyRing, Undecryptable, find_ring, open_ring
from libs.common.crypto.key_file import KeyFile

OLD, NEW = "11" * 32, "22" * 32
HERE = "contacts.value:7"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0
        self.asked = 0

    def __call__(self) -> float:
        self.asked += 1
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "keys"
    made.write_text(f"k1:{OLD}\n")
    return made


@pytest.fixture
def ring(path: Path, clock: Clock) -> KeyFile:
    return KeyFile(str(path), clock)


def replace_file(path: Path, text: str) -> None:
    """As operators and Kubernetes do it: another file takes the name."""
    fresh = path.with_name("fresh")
    fresh.write_text(text)
    fresh.rename(path)


def test_a_key_that_is_appended_opens_and_does_not_seal_yet(
    ring: KeyFile, path: Path, clock: Clock
) -> None:
    replace_file(path, f"k1:{OLD}\nk2:{NEW}\n")
    clock.now += 1
    assert ring.ids == ("k1", "k2")
    elsewhere = KeyRing.parse(f"k2:{NEW},k1:{OLD}").encrypt(b"x", HERE)
    assert ring.decrypt(elsewhere, HERE) == b"x"
    assert not ring.needs_rotation(ring.encrypt(b"x", HERE))


def test_a_key_that_is_moved_to_the_front_seals(ring: KeyFile, path: Path, clock: Clock) -> None:
    old = ring.encrypt(b"x", HERE)
    replace_file(path, f"k2:{NEW},k1:{OLD}")
    clock.now += 1
    assert ring.needs_rotation(old)
    fresh = ring.rotate(old, HERE)
    replace_file(path, f"k2:{NEW}")
    clock.now += 1
    assert ring.decrypt(fresh, HERE) == b"x"
    with pytest.raises(Undecryptable, match="k1"):
        ring.decrypt(old, HERE)


def test_the_file_is_looked_at_once_a_second(ring: KeyFile, path: Path, clock: Clock) -> None:
    replace_file(path, f"k2:{NEW}")
    clock.now += 0.99
    assert ring.ids == ("k1",)
    clock.now += 0.01
    assert ring.ids == ("k2",)


def test_a_file_written_in_place_is_noticed_too(ring: KeyFile, path: Path, clock: Clock) -> None:
    path.write_text(f"k9:{OLD}\n")
    os.utime(path, ns=(1, 1))
    clock.now += 1
    assert ring.ids == ("k9",)


@pytest.mark.parametrize(
    "broken",
    [None, "", f"k1:{OLD}\nk2:", f"k2:{NEW[:40]}", "k2:zz", "k2:密", "\udc80", f"a b:{NEW}"],
    ids=repr,
)
def test_a_broken_file_leaves_the_keys_and_is_told_once_without_them(
    ring: KeyFile, path: Path, clock: Clock, broken: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    if broken is None:
        path.unlink()
    else:
        path.write_bytes(broken.encode("utf-8", "surrogateescape"))
    for _ in range(3):
        clock.now += 1
        assert ring.ids == ("k1",)
    [told] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "FIELD_KEYS_FILE" in told.getMessage()
    assert OLD not in caplog.text
    assert NEW[:40] not in caplog.text
    replace_file(path, f"k2:{NEW}")
    clock.now += 1
    assert ring.ids == ("k2",)


def test_threads_see_one_whole_state_or_the_other(path: Path) -> None:
    """Each look meets another file; whatever is sealed meanwhile opens."""
    ring = KeyFile(str(path), count(step=1.0).__next__)
    both = [f"k1:{OLD}\nk2:{NEW}\n", f"k2:{NEW},k1:{OLD},"]
    failed: list[BaseException] = []
    over = threading.Event()

    def seal_and_open() -> None:
        try:
            while not over.is_set():
                assert ring.decrypt(ring.encrypt(b"x", HERE), HERE) == b"x"
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=seal_and_open) for _ in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(200):
        replace_file(path, both[turn % 2])
    over.set()
    for thread in threads:
        thread.join(30)
    assert failed == []


class TestOpening:
    def test_the_file_takes_the_place_of_the_variable(self, path: Path) -> None:
        both = {"FIELD_KEYS": f"k9:{NEW}", "FIELD_KEYS_FILE": str(path)}
        assert open_ring(Config.read(both)).ids == ("k1",)
        assert open_ring(Config.read({"FIELD_KEYS": f"k9:{NEW}"})).ids == ("k9",)

    def test_without_either_there_is_no_ring(self) -> None:
        assert find_ring(Config.read({})) is None
        with pytest.raises(ConfigError, match="FIELD_KEYS"):
            open_ring(Config.read({}))

    @pytest.mark.parametrize("text", [None, "", f"k1:{OLD}x", f"k1:{OLD},k1:{NEW}"])
    def test_a_file_that_is_broken_at_the_start_is_refused_by_name(
        self, path: Path, text: str | None
    ) -> None:
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
        with pytest.raises(ConfigError, match=r"^FIELD_KEYS_FILE") as refusal:
            open_ring(Config.read({"FIELD_KEYS_FILE": str(path)}))
        assert OLD not in str(refusal.value)

    def test_its_repr_shows_no_key(self, ring: KeyFile) -> None:
        assert OLD not in repr(ring)

    def test_operators_see_which_keys_a_process_holds(self, path: Path) -> None:
        open_ring(Config.read({"FIELD_KEYS": f"k2:{NEW},k1:{OLD}"}))
        shown = [REGISTRY.get_sample_value("tidedesk_field_key", {"key": k}) for k in ("k1", "k2")]
        assert shown == [0, 1]
        open_ring(Config.read({"FIELD_KEYS_FILE": str(path)}))
        shown = [REGISTRY.get_sample_value("tidedesk_field_key", {"key": k}) for k in ("k1", "k2")]
        assert shown == [1, None]
