"""Keys, media types and the sealed form of blobs, without any store."""

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.blobs import INLINE_TYPES, sniff_media_type
from libs.common.blobs.keys import check_key, is_sealed, new_key
from libs.common.blobs.sealing import CHUNK, HEADER, TAG, content_size, seal, span, unseal
from libs.common.blobs.streams import Measured, as_file, pieces, read_pieces
from libs.common.crypto import KeyRing, Undecryptable
from libs.common.crypto.key_ring import HeldKeys
from libs.common.errors import InvalidInput, TooLarge, Unsupported

RING = KeyRing({"k1": bytes(32)})
KEY = "intake/2023/10/01/aaaaaaaaaaaaaaaaaaaaaaaaaa.sealed"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
ELF = b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00" + bytes(60)
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(40)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


class TestKeys:
    def test_a_key_has_owner_day_and_random_name(self) -> None:
        key = new_key("intake", date(2023, 10, 1), sealed=False)
        assert re.fullmatch(r"intake/2023/10/01/[a-z2-7]{26}", key)
        assert check_key(key) == key
        assert key != new_key("intake", date(2023, 10, 1), sealed=False)

    def test_the_key_says_that_a_blob_is_sealed(self) -> None:
        assert is_sealed(check_key(new_key("intake", date(2023, 10, 1), sealed=True)))
        assert not is_sealed(new_key("intake", date(2023, 10, 1), sealed=False))

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "../../../../etc/passwd",
            "/etc/passwd",
            "intake/2023/10/01/../01/aaaaaaaaaaaaaaaaaaaaaaaaaa",
            "intake/2023/10/01/aaaaaaaaaaaaaaaaaaaaaaaaaa\n",
            "intake/2023/10/01/aaaaaaaaaaaaaaaaaaaaaaaaaa\0",
            "intake/2023/10/01/aaaaaaaaaaaaaaaaaaaaaaaaa",
            "intake/2023/10/01/AAAAAAAAAAAAAAAAAAAAAAAAAA",
            "intake\\2023\\10\\01\\aaaaaaaaaaaaaaaaaaaaaaaaaa",
            ".incoming/2023/10/01/aaaaaaaaaaaaaaaaaaaaaaaaaa",
            "intake/２０２３/10/01/aaaaaaaaaaaaaaaaaaaaaaaaaa",
        ],
    )
    def test_what_is_no_key_is_refused(self, key: str) -> None:
        with pytest.raises(InvalidInput, match="blob_key"):
            check_key(key)

    @pytest.mark.parametrize("owner", ["", "..", "In", "a/b", "1a", "x" * 33])
    def test_what_is_no_owner_is_refused(self, owner: str) -> None:
        with pytest.raises(InvalidInput, match="owner"):
            new_key(owner, date(2023, 10, 1), sealed=False)


class TestStreams:
    def test_size_and_hash_are_those_of_what_went_past(self) -> None:
        measured = Measured([b"ab", b"", b"c"], 3)
        assert b"".join(measured) == b"abc"
        assert (measured.size, measured.sha256[:8]) == (3, "ba7816bf")

    def test_the_limit_is_named_and_nothing_past_it_is_asked_for(self) -> None:
        def endless() -> Iterator[bytes]:
            yield b"123"
            yield b"456"
            raise AssertionError("asked for more")

        with pytest.raises(TooLarge) as refusal:
            list(Measured(endless(), 5))
        assert refusal.value.details == {"limit": 5}

    @pytest.mark.parametrize(
        "content", [b"abc", bytearray(b"abc"), io.BytesIO(b"abc"), [b"a", b"bc"], iter([b"abc"])]
    )
    def test_all_kinds_of_content_are_taken(self, content: object) -> None:
        assert b"".join(pieces(content)) == b"abc"  # type: ignore[arg-type]

    def test_an_iterator_reads_like_a_file_and_is_closed_once(self) -> None:
        closed: list[str] = []
        with as_file(iter([b"one\nt", b"", b"wo\n"]), lambda: closed.append("x")) as file:
            assert file.readline() == b"one\n"
            assert file.read() == b"two\n"
        file.close()
        assert closed == ["x"]

    def test_a_file_is_read_up_to_a_length(self) -> None:
        assert b"".join(read_pieces(io.BytesIO(b"abcdef"), 4)) == b"abcd"
        assert b"".join(read_pieces(io.BytesIO(b"ab"), 4)) == b"ab"


def unsealed(stored: bytes, start: int = 0, length: int | None = None, key: str = KEY) -> bytes:
    part = span(len(stored), start, length)
    file = io.BytesIO(stored[part.offset : part.offset + part.length])
    return b"".join(unseal(file, stored[:HEADER], part, len(stored), RING, key))


class TestSealing:
    sizes = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 9])

    @settings(deadline=None)  # a loaded machine is slow, not wrong
    @given(sizes, st.integers(0, 3 * CHUNK), st.none() | st.integers(0, 3 * CHUNK))
    def test_every_range_comes_back(self, size: int, start: int, length: int | None) -> None:
        content = bytes(i % 251 for i in range(size))
        stored = b"".join(seal([content[:7], content[7:]], RING, KEY))
        end = None if length is None else start + length
        assert unsealed(stored, start, length) == content[start:end]
        assert content_size(len(stored)) == size

    def test_the_stored_bytes_do_not_show_the_content(self) -> None:
        assert b"secret" not in b"".join(seal([b"secret" * 100], RING, KEY))

    @pytest.mark.parametrize("cut", [1, TAG, TAG + 1, CHUNK + TAG])
    def test_a_blob_cut_short_does_not_open(self, cut: int) -> None:
        stored = b"".join(seal([bytes(2 * CHUNK)], RING, KEY))
        with pytest.raises(Undecryptable):
            unsealed(stored[:-cut])

    def test_chunks_in_another_order_do_not_open(self) -> None:
        stored = b"".join(seal([bytes(3 * CHUNK)], RING, KEY))
        size = CHUNK + TAG
        first, second = stored[HEADER : HEADER + size], stored[HEADER + size : HEADER + 2 * size]
        with pytest.raises(Undecryptable):
            unsealed(stored[:HEADER] + second + first + stored[HEADER + 2 * size :])

    def test_a_blob_under_another_key_does_not_open(self) -> None:
        with pytest.raises(Undecryptable):
            unsealed(b"".join(seal([b"x"], RING, KEY)), key=KEY.replace("a", "b"))

    def test_a_header_that_we_do_not_know_does_not_open(self) -> None:
        stored = b"".join(seal([b"x"], RING, KEY))
        with pytest.raises(Undecryptable, match="header"):
            unsealed(b"\x02" + stored[1:])


class FickleRing(KeyRing):
    """Its first key changes with every look."""

    def now(self) -> HeldKeys:
        self._held = HeldKeys({key: bytes([int(key[1])]) * 32 for key in self._held.ids[::-1]})
        return self._held


def test_a_blob_that_is_sealed_while_the_ring_changes_opens() -> None:
    for first in ("k1", "k2"):
        other = "k2" if first == "k1" else "k1"
        ring = FickleRing({first: bytes(32), other: bytes(32)})
        stored = b"".join(seal([b"abc"], ring, KEY))
        part = span(len(stored), 0, None)
        opened = unseal(
            io.BytesIO(stored[part.offset :]), stored[:HEADER], part, len(stored), ring, KEY
        )
        assert b"".join(opened) == b"abc"


class TestMediaTypes:
    @pytest.mark.parametrize(
        ("head", "name", "expected"),
        [
            (PNG, "photo.png", "image/png"),
            (JPEG, "照片.JPG", "image/jpeg"),
            (PNG, "letter.pdf", "image/png"),
            (b"GIF89a\x01\x00", "x", "image/gif"),
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "发票.pdf", "application/pdf"),
            (b"%PDF-1.4\nall of it printable", "a.pdf", "application/pdf"),
            (ZIP, "files.zip", "application/zip"),
            (ZIP, "app.apk", "application/vnd.android.package-archive"),
            (ZIP, "photo.jpg", "application/zip"),
            (OLE, "old.msg", "application/vnd.ms-outlook"),
            ("订单,数量\n甲,1".encode(), "orders.csv", "text/csv"),
            ("客户说明".encode("gb18030"), "说明.txt", "text/plain"),
            ("说明".encode()[:-1], "cut.txt", "text/plain"),
            (b'{"a": 1}', "a.json", "application/json"),
            (b"BMW needs repair", "note.txt", "text/plain"),
            (b"MZ is where I live", "note.txt", "text/plain"),
            (b"", "empty.txt", "text/plain"),
            (b"<!-- x -->\n<!DOCTYPE html><p>", "page.html", "text/html"),
            (b"<html><script>alert(1)</script>", "photo.png", "text/html"),
            (b"<?xml version='1.0'?><svg onload='x'>", "photo.png", "image/svg+xml"),
            (b"\x00\x01\x02\x03unknown", "x.dat", "application/octet-stream"),
            (b"\x00\x01\x02\x03unknown", "photo.png", "application/octet-stream"),
            (EXE, "setup.exe", "application/x-msdownload"),
            (b"#!/bin/sh\nls", "run.sh", "text/plain"),
        ],
    )
    def test_the_bytes_decide(self, head: bytes, name: str, expected: str) -> None:
        assert sniff_media_type(head, name) == expected

    @pytest.mark.parametrize("head", [EXE, ELF, b"#!/bin/sh\nrm -rf x", b"\xcf\xfa\xed\xfe" + ELF])
    @pytest.mark.parametrize("name", ["photo.jpg", "发票.pdf", "setup.exe.png", "a.docx"])
    def test_a_program_under_another_name_is_refused(self, head: bytes, name: str) -> None:
        with pytest.raises(Unsupported) as refusal:
            sniff_media_type(head, name)
        assert refusal.value.code == "attachment.disguised"

    def test_nothing_that_runs_scripts_is_shown_in_place(self) -> None:
        assert not INLINE_TYPES & {"image/svg+xml", "text/html", "application/xml"}

    @settings(deadline=None)  # a loaded machine is slow, not wrong
    @given(st.binary(max_size=300), st.text(max_size=20))
    def test_every_file_has_a_type_or_is_refused(self, head: bytes, name: str) -> None:
        with suppress(Unsupported):
            assert "/" in sniff_media_type(head, name)
