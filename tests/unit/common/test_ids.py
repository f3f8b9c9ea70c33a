"""UUIDv7: sorted by creation, whatever the clock does."""

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import RFC_4122, UUID

import time_machine

from libs.common.ids import uuid7


def milliseconds_of(identifier: UUID) -> int:
    return identifier.int >> 80


def test_each_id_is_greater_than_the_one_before() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert all(one < other for one, other in pairwise(made))


def test_the_form_is_that_of_rfc_9562() -> None:
    for made in (uuid7() for _ in range(200)):
        assert made.version == 7
        assert made.variant == RFC_4122


def test_an_id_tells_when_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert before <= milliseconds_of(made) <= after + 1


def test_ids_go_on_rising_while_the_clock_goes_back() -> None:
    before = uuid7()
    with time_machine.travel("2001-01-01T00:00:00Z"):
        during = [uuid7() for _ in range(10_000)]
    after = uuid7()
    assert all(one < other for one, other in pairwise([before, *during, after]))


def test_threads_never_get_the_same_id() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: [uuid7() for _ in range(2_000)], range(8)))
    for one in made:
        assert all(earlier < later for earlier, later in pairwise(one))
    assert len({identifier for one in made for identifier in one}) == 16_000
