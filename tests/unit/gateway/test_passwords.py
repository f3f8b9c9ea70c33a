from gateway.auth.passwords import hash_password, is_password, needs_rehash


def test_only_the_password_fits_its_hash() -> None:
    stored = hash_password("正确的密码")
    assert is_password("正确的密码", stored)
    assert not is_password("正确的密码 ", stored)


def test_a_hash_is_argon2id_and_never_twice_the_same() -> None:
    first, second = hash_password("secret"), hash_password("secret")
    assert first.startswith("$argon2id$")
    assert first != second
    assert not needs_rehash(first)


def test_nobody_has_no_password() -> None:
    assert not is_password("nobody has this password", None)


def test_a_broken_hash_lets_nobody_in() -> None:
    assert not is_password("secret", "not a hash")


def test_an_old_hash_is_made_anew() -> None:
    assert needs_rehash("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21l$" + "A" * 43)
