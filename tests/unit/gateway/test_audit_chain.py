"""The canonical form: fixed for ever, for old logs must verify."""

import hashlib
from dataclasses import replace

import pytest

from gateway.audit.chain import GENESIS, Seal, entry_hash, sign
from gateway.audit.entry import FIELDS
from gateway.audit.settings import SealKeys, id_of_key
from libs.common.config import ConfigError

KEY = b"k" * 32
COLUMNS = (
    "0193540c-8f6e-7c4b-9a51-0a4a3f2c9b01",
    "0193540c-8f6e-7c4b-9a51-0a4a3f2c9b00",
    "outcome",
    1_732_240_800_123_456,
    "solve_ticket",
    "ticket.solve",
    "staff",
    "0193540c-8f6e-7c4b-9a51-000000000001",
    "CS001",
    "李雷",
    "agent",
    None,
    "192.0.2.7",
    'Fire"fox',
    "ticket",
    "G20261122001",
    200,
    "done",
    "request-1",
    None,
)
SEAL = Seal(2, 6, 10, 5, b"d" * 32, b"p" * 32, 1_732_240_801_000_000, id_of_key(KEY))


def test_a_link_is_the_hash_of_the_one_before_and_the_canonical_json() -> None:
    assert len(COLUMNS) == len(FIELDS)
    written = (
        '[7,"0193540c-8f6e-7c4b-9a51-0a4a3f2c9b01","0193540c-8f6e-7c4b-9a51-0a4a3f2c9b00",'
        '"outcome",1732240800123456,"solve_ticket","ticket.solve","staff",'
        '"0193540c-8f6e-7c4b-9a51-000000000001","CS001","李雷","agent",null,"192.0.2.7",'
        '"Fire\\"fox","ticket","G20261122001",200,"done","request-1",null]'
    )
    expected = hashlib.sha256(GENESIS + written.encode()).digest()
    assert entry_hash(GENESIS, 7, COLUMNS) == expected


def test_the_canonical_form_never_changes() -> None:
    link = entry_hash(GENESIS, 7, COLUMNS).hex()
    assert link == "db35125ccb448c9b218e3483b3b1d24889d201966f5ee78c72dd0849c461182c"
    assert (
        sign(SEAL, KEY).hex() == "043696a3974885b6ef5d61d5d88bb2371ed3067a0e2f4d6f4db373042fb18421"
    )


def test_an_empty_text_is_not_the_same_as_none() -> None:
    emptied = tuple("" if value is None else value for value in COLUMNS)
    assert entry_hash(GENESIS, 7, emptied) != entry_hash(GENESIS, 7, COLUMNS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", 3),
        ("first_position", 5),
        ("last_position", 11),
        ("count", 6),
        ("digest", b"e" * 32),
        ("previous_hmac", b"q" * 32),
        ("sealed_at", 1_732_240_801_000_001),
        ("key_id", "00000000"),
    ],
)
def test_a_signature_covers_everything_that_a_seal_says(name: str, value: object) -> None:
    assert sign(replace(SEAL, **{name: value}), KEY) != sign(SEAL, KEY)


def test_the_first_key_seals_and_all_are_found() -> None:
    old, new = b"o" * 32, b"n" * 32
    keys = SealKeys.read({"AUDIT_KEY": f"{new.hex()}, {old.hex()}"})
    assert keys.newest_id == id_of_key(new)
    assert keys.find(id_of_key(old)) == old
    assert keys.find("00000000") is None
    assert repr(keys) == "SealKeys()"


@pytest.mark.parametrize("value", ["", "xyz", "ab" * 31, "ab" * 32 + ",ab"])
def test_a_wrong_key_is_refused_by_the_variables_name(value: str) -> None:
    with pytest.raises(ConfigError, match="AUDIT_KEY"):
        SealKeys.read({"AUDIT_KEY": value})
