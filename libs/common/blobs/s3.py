# mypy: disable-error-code="import-untyped"
"""Blobs in an S3 bucket (or what speaks its protocol); needs the extra `s3` (boto3)."""

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from libs.common.blobs.store import Blobs
from libs.common.clock import utc_now
from libs.common.crypto.key_ring import KeyRing
from libs.common.errors import NotFound, Unavailable

_IN_MEMORY = 4 << 20  # bytes; larger blobs wait in a temporary file until their size is known
_GONE = {"404", "NoSuchKey", "NotFound"}
_PAST_THE_END = "InvalidRange"

# Checksums only where required: many compatible stores do not know the newer ones.
_CLIENT = ClientConfig(
    connect_timeout=5,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 3},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class S3Blobs(Blobs):
    """Objects below a prefix of one bucket. Credentials come from the usual AWS_* variables.

    An object is put by one request, hence whole or not at all.
    """

    def __init__(
        self,
        bucket: str,
        *,
        prefix: str = "",
        endpoint: str | None = None,
        keys: KeyRing | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(keys, clock)
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client: Any = boto3.client("s3", endpoint_url=endpoint, config=_CLIENT)

    def _write(self, key: str, content: Iterable[bytes]) -> None:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as waiting:
            for piece in content:
                waiting.write(piece)
            waiting.seek(0)
            with _refusals(key):
                self._client.put_object(**self._object(key), Body=waiting)

    def _open(self, key: str, start: int, length: int | None) -> BinaryIO:
        if length == 0:
            self._stored_size(key)
            return io.BytesIO()
        end = "" if length is None else start + length - 1
        wanted = {"Range": f"bytes={start}-{end}"} if start or length is not None else {}
        try:
            with _refusals(key):
                return self._client.get_object(**self._object(key), **wanted)["Body"]
        except _PastTheEnd:
            return io.BytesIO()

    def _stored_size(self, key: str) -> int:
        with _refusals(key):
            return self._client.head_object(**self._object(key))["ContentLength"]

    def _delete(self, key: str) -> None:
        with _refusals(key):
            self._client.delete_object(**self._object(key))

    def _list(self, prefix: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2")
        with _refusals(prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix):
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(self._prefix)

    def _object(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}


class _PastTheEnd(Exception):
    """The range begins behind the last byte."""


@contextmanager
def _refusals(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in _GONE:
            raise NotFound("blob.missing", f"no blob {key}") from None
        if code == _PAST_THE_END:
            raise _PastTheEnd from None
        raise Unavailable("blobs.unavailable", f"the blob store refused: {code}") from error
    except BotoCoreError as error:
        raise Unavailable("blobs.unavailable", "the blob store does not answer") from error
