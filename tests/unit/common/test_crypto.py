"""Fields, indexes and tokens: readable only with the right key, in the right place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.config import ConfigError
from libs.common.crypto import (
    BlindIndex,
    KeyRing,
    Undecryptable,
    field_context,
    hash_token,
    new_token,
    normalise_email,
    normalise_phone,
    same_secret,
)
from libs.common.errors import InvalidInput

OLD, NEW = "11" * 32, "22" * 32
HERE = field_context("contacts", "value", 7)
RING = KeyRing.parse(f"k1:{OLD}")


class TestKeyRing:
    @settings(deadline=None)  # a loaded machine is slow, not wrong
    @given(st.text(), st.text())
    def test_every_text_comes_back_where_it_was_put(self, text: str, row: str) -> None:
        context = field_context("contacts", "value", row)
        try:
            text.encode()
            row.encode()
        except UnicodeEncodeError:
            return
        assert RING.decrypt_text(RING.encrypt_text(text, context), context) == text

    def test_equal_values_look_different(self) -> None:
        assert RING.encrypt(b"same", HERE) != RING.encrypt(b"same", HERE)

    def test_a_sealed_value_has_the_documented_form(self) -> None:
        sealed = RING.encrypt(b"12345", HERE)
        assert sealed[:4] == b"\x01\x02k1"
        assert len(sealed) == 4 + 12 + 5 + 16

    def test_a_new_first_key_encrypts_and_the_old_one_still_reads(self) -> None:
        old = RING.encrypt_text("13800138000", HERE)
        ring = KeyRing.parse(f"k2:{NEW}, k1:{OLD}")
        assert ring.decrypt_text(old, HERE) == "13800138000"
        assert ring.needs_rotation(old)
        rotated = ring.rotate(old, HERE)
        assert not ring.needs_rotation(rotated)
        assert KeyRing.parse(f"k2:{NEW}").decrypt_text(rotated, HERE) == "13800138000"

    def test_a_value_moved_to_another_row_does_not_open(self) -> None:
        sealed = RING.encrypt(b"mine", HERE)
        with pytest.raises(Undecryptable, match=r"contacts\.value:8"):
            RING.decrypt(sealed, field_context("contacts", "value", 8))

    def test_a_retired_key_is_named(self) -> None:
        with pytest.raises(Undecryptable, match="k1"):
            KeyRing.parse(f"k2:{NEW}").decrypt(RING.encrypt(b"x", HERE), HERE)

    @settings(deadline=None)  # a loaded machine is slow, not wrong
    @given(st.binary(max_size=80))
    def test_garbage_is_undecryptable_and_nothing_else(self, garbage: bytes) -> None:
        with pytest.raises(Undecryptable):
            RING.decrypt(garbage, HERE)

    @settings(deadline=None)  # a loaded machine is slow, not wrong
    @given(st.integers(0, 10_000), st.integers(1, 255))
    def test_every_changed_byte_is_noticed(self, place: int, change: int) -> None:
        sealed = bytearray(RING.encrypt(b"a phone number", HERE))
        sealed[place % len(sealed)] ^= change
        with pytest.raises(Undecryptable):
            RING.decrypt(bytes(sealed), HERE)

    def test_what_a_database_driver_returns_is_accepted(self) -> None:
        assert RING.decrypt(memoryview(RING.encrypt(b"x", HERE)), HERE) == b"x"  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " , ",
            "k1",
            "k1:",
            "k1:xyz",
            "k1:1234",
            f"k1:{OLD},k1:{NEW}",
            f"a b:{OLD}",
            f":{OLD}",
        ],
    )
    def test_a_wrong_variable_is_refused_by_name_without_showing_it(self, text: str) -> None:
        with pytest.raises(ConfigError, match="FIELD_KEYS") as refusal:
            KeyRing.parse(text)
        assert OLD not in str(refusal.value)

    def test_keys_may_stand_in_lines(self) -> None:
        assert KeyRing.parse(f"\nk2:{NEW}\r\nk1:{OLD},\n").ids == ("k2", "k1")

    def test_a_fingerprint_is_recognised_under_any_key_and_names_its_own(self) -> None:
        both, new = KeyRing.parse(f"k2:{NEW},k1:{OLD}"), KeyRing.parse(f"k2:{NEW}")
        [old] = RING.fingerprints(b"13800138000", "x")
        assert old in both.fingerprints(b"13800138000", "x")
        assert old not in both.fingerprints(b"13800138001", "x")
        assert old not in both.fingerprints(b"13800138000", "y")
        assert len(old) > 32
        assert both.can_repeat(old)
        assert not new.can_repeat(old)

    def test_its_repr_shows_no_key(self) -> None:
        assert repr(RING) == "KeyRing(k1)"

    def test_subkeys_differ_by_purpose_and_salt(self) -> None:
        subkeys = {RING.subkey("k1", salt, to) for salt in (b"a", b"b") for to in ("x", "y")}
        assert len(subkeys) == 4
        with pytest.raises(Undecryptable):
            RING.subkey("k9", b"", "x")


class TestBlindIndex:
    index = BlindIndex(bytes(32))

    def test_spellings_of_one_address_have_one_index(self) -> None:
        assert self.index.of_email("Zhang@Example.COM ") == self.index.of_email("zhang@example.com")
        assert self.index.of_phone("138 0013 8000") == self.index.of_phone("+86-13800138000")

    def test_the_kind_and_the_key_matter(self) -> None:
        assert self.index.of("email", "x") != self.index.of("phone", "x")
        assert self.index.of("email", "x") != BlindIndex(bytes(31) + b"1").of("email", "x")

    def test_a_short_key_is_refused(self) -> None:
        with pytest.raises(ConfigError, match="INDEX_KEY"):
            BlindIndex(b"short")


class TestEmail:
    @pytest.mark.parametrize(
        ("written", "normal"),
        [
            (" Li.Lei+Shop@Example.COM", "li.lei+shop@example.com"),
            ("ｌｉ＠１６３．ｃｏｍ", "li@163.com"),
            ("客服@例子.中国", "客服@xn--fsqu00a.xn--fiqs8s"),
            ("li@例子。中国", "li@xn--fsqu00a.xn--fiqs8s"),
            ("o'neil@mail.example.co.uk", "o'neil@mail.example.co.uk"),
        ],
    )
    def test_an_address_has_one_normal_form(self, written: str, normal: str) -> None:
        assert normalise_email(written) == normal
        assert normalise_email(normal) == normal

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "@",
            "li",
            "li@",
            "@example.com",
            "li@example",
            "li lei@example.com",
            "li@exa mple.com",
            "li@example..com",
            "li@example.com.",
            "li@-example.com",
            "li@10.0.0.1",
            ".li@example.com",
            "a@b@example.com",
            "li@example.com\nBcc: x@example.com",
            "Li <li@example.com>",
            "x" * 65 + "@example.com",
            "li@" + "x" * 64 + ".com",
            "li@" + "x.x" * 200 + ".com",
        ],
    )
    def test_no_address_names_the_field(self, text: str) -> None:
        with pytest.raises(InvalidInput) as refusal:
            normalise_email(text, "contact.email")
        assert list(refusal.value.details["errors"]) == ["contact.email"]

    @settings(deadline=None)  # a loaded machine is slow, not wrong
    @given(st.text(max_size=300))
    def test_any_text_is_normal_or_refused(self, text: str) -> None:
        try:
            normal = normalise_email(text)
        except InvalidInput:
            return
        assert normalise_email(normal) == normal


class TestPhone:
    @pytest.mark.parametrize(
        ("written", "normal"),
        [
            ("13800138000", "+8613800138000"),
            ("１３８ ００１３ ８０００", "+8613800138000"),
            ("+86 (138) 0013-8000", "+8613800138000"),
            ("0086 138 0013 8000", "+8613800138000"),
            ("010-62551234", "+861062551234"),
            ("(0755) 8613 2000", "+8675586132000"),
            ("400-810-0000", "+864008100000"),
            ("+1 650 253 0000", "+16502530000"),
            ("+852 2530 0000", "+85225300000"),
        ],
    )
    def test_a_number_has_one_normal_form(self, written: str, normal: str) -> None:
        assert normalise_phone(written) == normal
        assert normalise_phone(normal) == normal

    @pytest.mark.parametrize("text", ["", "110", "12345", "1380013800", "call me", "+", "1" * 500])
    def test_no_number_names_the_field(self, text: str) -> None:
        with pytest.raises(InvalidInput) as refusal:
            normalise_phone(text, "mobile")
        assert refusal.value.code == "phone.invalid"
        assert list(refusal.value.details["errors"]) == ["mobile"]

    def test_another_region_reads_its_own_numbers(self) -> None:
        assert normalise_phone("020 7946 0958", region="GB") == "+442079460958"


class TestTokens:
    def test_tokens_are_long_different_and_say_what_they_open(self) -> None:
        one, other = new_token("tds"), new_token("tds")
        assert one != other
        assert one.startswith("tds_")
        assert len(one) == 4 + 43

    def test_a_token_is_stored_as_its_sha256(self) -> None:
        assert hash_token("abc").hex().startswith("ba7816bf8f01cfea")

    def test_garbage_from_a_header_can_be_hashed(self) -> None:
        assert len(hash_token("\udcff密")) == 32

    def test_secrets_are_compared_across_text_and_bytes(self) -> None:
        assert same_secret("密钥", "密钥".encode())
        assert not same_secret("密钥", "密钥 ")
