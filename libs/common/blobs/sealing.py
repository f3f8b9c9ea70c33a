"""Encryption of whole blobs in chunks, so that they are streamed and read from the middle.

Every blob has a key of its own, derived from the ring's key, a salt and the blob key: a blob that
is moved, cut short, reordered or changed does not open.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.common.crypto.key_ring import MAX_KEY_ID, KeyRing, Undecryptable

CHUNK = 65_536  # bytes of content in a chunk; all but the last are full
TAG = 16
_VERSION = 1
_SALT = 16
HEADER = 1 + MAX_KEY_ID + _SALT  # version, key id padded with zeros, salt


@dataclass(frozen=True)
class Span:
    """Which stored bytes hold a range of the content, and how to cut it out of them."""

    first_chunk: int
    offset: int  # of the first chunk, in the stored blob
    length: int  # of all its chunks, stored
    skip: int  # bytes of content before the range
    take: int


def seal(content: Iterable[bytes], ring: KeyRing, blob_key: str) -> Iterator[bytes]:
    """Header and encrypted chunks; an empty content is one empty chunk."""
    # Asked once: the ring may change between the two uses.
    salt, key_id = os.urandom(_SALT), ring.active_id
    cipher = _cipher(ring, key_id, salt, blob_key)
    yield bytes((_VERSION,)) + key_id.encode().ljust(MAX_KEY_ID, b"\0") + salt
    number, waiting = 0, bytearray()
    for piece in content:
        waiting += piece
        # A full chunk is kept back until more comes: only the last is marked as such.
        while len(waiting) > CHUNK:
            yield cipher.encrypt(_nonce(number, False), bytes(waiting[:CHUNK]), None)
            del waiting[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, True), bytes(waiting), None)


def content_size(stored_size: int) -> int:
    """Size of the content in a sealed blob of `stored_size` bytes."""
    return stored_size - HEADER - TAG * _chunks(stored_size)


def span(stored_size: int, start: int, length: int | None) -> Span:
    """Where to read for `length` bytes of content from `start` (None: to the end)."""
    size = content_size(stored_size)
    start = min(start, size)
    take = size - start if length is None else min(length, size - start)
    first = min(start // CHUNK, _chunks(stored_size) - 1)
    last = max(first, (start + take - 1) // CHUNK)
    offset = HEADER + first * (CHUNK + TAG)
    end = min(HEADER + (last + 1) * (CHUNK + TAG), stored_size)
    return Span(first, offset, end - offset, start - first * CHUNK, take)


def unseal(
    file: BinaryIO, header: bytes, part: Span, stored_size: int, ring: KeyRing, blob_key: str
) -> Iterator[bytes]:
    """The content of a span; `file` yields its stored bytes. Raises Undecryptable."""
    cipher = open_header(header, ring, blob_key)
    skip, left, last = part.skip, part.take, _chunks(stored_size) - 1
    for number in range(part.first_chunk, part.first_chunk + _chunks(part.length + HEADER)):
        try:
            plain = cipher.decrypt(_nonce(number, number == last), file.read(CHUNK + TAG), None)
        except InvalidTag:
            raise Undecryptable(f"blob {blob_key} is damaged in chunk {number}") from None
        piece = plain[skip : skip + left]
        skip, left = 0, left - len(piece)
        if piece:
            yield piece


def open_header(header: bytes, ring: KeyRing, blob_key: str) -> AESGCM:
    """The cipher that a header names; raises Undecryptable."""
    if len(header) != HEADER or header[0] != _VERSION:
        raise Undecryptable(f"blob {blob_key} has no header that we know")
    key_id = header[1 : 1 + MAX_KEY_ID].rstrip(b"\0").decode("ascii", "replace")
    return _cipher(ring, key_id, header[1 + MAX_KEY_ID :], blob_key)


def _cipher(ring: KeyRing, key_id: str, salt: bytes, blob_key: str) -> AESGCM:
    return AESGCM(ring.subkey(key_id, salt, f"blob:{blob_key}"))


def _chunks(stored_size: int) -> int:
    """How many chunks a sealed blob has; at least one, which may be empty."""
    return max(1, -(-(stored_size - HEADER) // (CHUNK + TAG)))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11) + bytes((is_last,))
