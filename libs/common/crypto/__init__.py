"""Keeping contact data unreadable at rest and findable all the same; tokens kept as hashes only."""

from libs.common.crypto.blind_index import BlindIndex
from libs.common.crypto.contacts import normalise_email, normalise_phone
from libs.common.crypto.key_file import find_ring, open_ring
from libs.common.crypto.key_ring import KeyRing, Undecryptable, field_context
from libs.common.crypto.tokens import hash_token, new_token, same_secret

__all__ = [
    "BlindIndex",
    "KeyRing",
    "Undecryptable",
    "field_context",
    "find_ring",
    "hash_token",
    "new_token",
    "normalise_email",
    "normalise_phone",
    "open_ring",
    "same_secret",
]
