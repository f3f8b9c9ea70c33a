"""What our servers speak: forward secrecy always, authenticated ciphers first."""

from pathlib import Path

from tests.support.certificates import Authority


def test_every_cipher_has_forward_secrecy_and_enough_bits(tmp_path: Path) -> None:
    context = Authority(tmp_path).issue("localhost").context()
    for cipher in context.get_ciphers():
        is_newest = cipher["protocol"] == "TLSv1.3"
        assert is_newest or cipher["kea"] in ("kx-ecdhe", "kx-dhe"), cipher["name"]
        assert cipher["strength_bits"] >= 128, cipher["name"]


def test_the_newest_and_authenticated_ciphers_are_preferred(tmp_path: Path) -> None:
    ciphers = Authority(tmp_path).issue("localhost").context().get_ciphers()
    assert ciphers[0]["protocol"] == "TLSv1.3"
    older = [cipher for cipher in ciphers if cipher["protocol"] != "TLSv1.3"]
    assert older[0]["aead"]
