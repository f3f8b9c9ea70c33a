"""What a virus scanner is asked, and what is made of its answers."""

from collections.abc import Iterator

import pytest

from libs.common.config import ConfigError
from libs.common.errors import Unavailable
from libs.common.scanning import Scanner, Verdict, open_scanner
from tests.support.clamd import EICAR, MOST, THREAT, clamd


@pytest.fixture(scope="module")
def scanner() -> Iterator[Scanner]:
    with clamd() as address:
        found = open_scanner({"CLAMAV_URL": address})
        assert found is not None
        yield found


@pytest.mark.parametrize(
    ("pieces", "verdict"),
    [
        ([b"hello"], Verdict("clean")),
        ([], Verdict("clean")),
        ([b"", b"x" * 70_000, b""], Verdict("clean")),
        ([EICAR], Verdict("harmful", THREAT)),
        ([EICAR[:20], EICAR[20:]], Verdict("harmful", THREAT)),
        ([b"x" * MOST, b"x"], Verdict("unscannable", "INSTREAM size limit exceeded. ERROR")),
    ],
    ids=["clean", "empty", "empty pieces", "a threat", "a threat in two pieces", "too large"],
)
def test_the_answer_is_a_verdict(scanner: Scanner, pieces: list[bytes], verdict: Verdict) -> None:
    assert scanner.scan(pieces) == verdict


def test_a_stream_far_over_the_limit_has_its_answer_too(scanner: Scanner) -> None:
    assert scanner.scan(b"x" * 65_536 for _ in range(300)).state == "unscannable"


def test_a_scanner_that_is_away_is_unavailable() -> None:
    with clamd() as address:
        pass
    with pytest.raises(Unavailable):
        Scanner(address).scan([b"hello"])


def test_without_an_address_there_is_none() -> None:
    assert open_scanner({}) is None
    assert open_scanner({"CLAMAV_URL": ""}) is None
    assert open_scanner({"CLAMAV_URL": "unix:///run/clamav/clamd.sock"}) is not None


@pytest.mark.parametrize("address", ["clamd:3310", "http://clamd:3310", "tcp://", "unix://", "x"])
def test_an_address_that_is_none_is_refused_by_name(address: str) -> None:
    with pytest.raises(ConfigError, match="CLAMAV_URL"):
        open_scanner({"CLAMAV_URL": address})
