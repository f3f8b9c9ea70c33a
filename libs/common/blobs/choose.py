"""Which store the configuration names."""

import os
from collections.abc import Mapping

from libs.common.blobs.directory import DirectoryBlobs
from libs.common.blobs.store import Blobs
from libs.common.config import Config
from libs.common.crypto.key_file import find_ring


def open_blobs(config: Config, environ: Mapping[str, str] | None = None) -> Blobs:
    """The bucket of BLOB_S3_BUCKET (BLOB_S3_PREFIX, BLOB_S3_ENDPOINT), else the BLOB_DIR.

    Without FIELD_KEYS it opens, but refuses what is or should be encrypted (ConfigError).
    """
    env = os.environ if environ is None else environ
    keys = find_ring(config)
    bucket = env.get("BLOB_S3_BUCKET")
    if not bucket:
        return DirectoryBlobs(config.blob_dir, keys)
    from libs.common.blobs.s3 import S3Blobs  # boto3 costs 30 MB and is an extra

    prefix, endpoint = env.get("BLOB_S3_PREFIX", ""), env.get("BLOB_S3_ENDPOINT") or None
    return S3Blobs(bucket, prefix=prefix, endpoint=endpoint, keys=keys)
