"""Attachments and raw messages outside the database: random keys, never overwritten.

A directory by default, an S3 bucket when BLOB_S3_BUCKET names one; both pass the same tests.
"""

from libs.common.blobs.choose import open_blobs
from libs.common.blobs.directory import DirectoryBlobs
from libs.common.blobs.media_types import INLINE_TYPES, SNIFF_BYTES, sniff_media_type
from libs.common.blobs.store import Blobs, BlobStream, StoredBlob

__all__ = [
    "INLINE_TYPES",
    "SNIFF_BYTES",
    "BlobStream",
    "Blobs",
    "DirectoryBlobs",
    "StoredBlob",
    "open_blobs",
    "sniff_media_type",
]
