from datetime import UTC, datetime, timedelta

from gateway.auth.passwords import (
    hash_password,
    is_outdated,
    is_password,
    needs_rehash,
    new_initial_password,
)

NINE = datetime(2023, 10, 1, 9, tzinfo=UTC)


def test_only_the_password_fits_its_hash() -> None:
    stored = hash_password("正确的密码")
    assert is_password("正确的密码", stored)
    assert not is_password("正确的密码 ", stored)


def test_a_hash_is_argon2id_and_never_twice_the_same() -> None:
    first, second = hash_password("secret"), hash_password("secret")
    assert first.startswith("$argon2id$")
    assert first != second
    assert not needs_rehash(first)


def test_other_keyboards_write_the_same_password_differently() -> None:
    assert is_password("ｐａｓｓ1", hash_password("pass1"))


def test_nobody_has_no_password() -> None:
    assert not is_password("nobody has this password", None)


def test_a_broken_hash_lets_nobody_in() -> None:
    assert not is_password("secret", "not a hash")
    assert not is_password("nobody has this password", "!sso")


def test_an_old_hash_is_made_anew() -> None:
    assert needs_rehash("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21l$" + "A" * 43)


def test_an_initial_password_is_random_and_easily_read_out() -> None:
    made = {new_initial_password()[0] for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) == 20 and not set(one) & set("01ILOilo") for one in made)


def test_an_initial_password_fits_its_hash_however_it_is_typed() -> None:
    text, stored = new_initial_password()
    assert text not in stored
    assert is_password(text, stored)
    assert is_password(f" {text.lower()} ", stored)
    assert not is_password(text[:-1], stored)
    assert not needs_rehash(stored)


def test_an_initial_password_is_good_for_two_weeks() -> None:
    _, stored = new_initial_password(NINE)
    assert not is_outdated(stored, NINE + timedelta(days=14) - timedelta(seconds=1))
    assert is_outdated(stored, NINE + timedelta(days=14))
    assert not is_outdated(hash_password("secret"), NINE)
