"""What an installation decides about its tickets."""

import pytest

from libs.common.errors import InvalidInput
from services.ticketing.domain.settings import Settings


def test_what_is_not_named_stays():
    settings = Settings().changed({"close_days": 7, "urge_words": [" 催 ", "催"]})
    assert (settings.close_days, settings.urge_words) == (7, ("催",))
    assert settings.bin_days == Settings().bin_days


def test_they_are_read_as_they_were_kept():
    settings = Settings(reopen_days=3, urge_words=("催",))
    assert Settings.read(settings.as_json()) == settings


def test_of_another_release_what_is_known_counts():
    assert Settings.read({"reopen_days": 3, "unheard_of": 1}) == Settings(reopen_days=3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reopen_days", -1),
        ("reopen_days", None),
        ("close_days", 0),
        ("close_days", True),
        ("archive_days", "30"),
        ("urge_hours", 0),
        ("bin_days", 99_999),
        ("needs_confirmation", "yes"),
        ("urge_words", []),
        ("urge_words", ["词" * 41]),
        ("urge_words", ["  "]),
        ("lost", 1),
    ],
)
def test_each_that_cannot_stand_is_named(name, value):
    with pytest.raises(InvalidInput) as refusal:
        Settings().changed({name: value})
    assert set(refusal.value.details["errors"]) == {name}


def test_days_that_are_null_mean_never():
    assert Settings(close_days=3).changed({"close_days": None}).close_days is None
